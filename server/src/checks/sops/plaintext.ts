/** sops/plaintext: a file that is to be encrypted and is not. */
import type { CheckContext, Rule } from '../rule.ts';
import { wholeFile } from '../store/stored-index.ts';
import { encryptedYaml, SOPS_YAML, VALUE } from './examples.ts';
import { type CoveredFile, filesUnderRules, isEncrypted, namedFiles } from './files.ts';

export const plaintext: Rule = {
  id: 'sops/plaintext',
  severity: 'error',
  summary: 'A file that a rule of `.sops.yaml` covers and that is not encrypted',
  documentation: `\
A creation rule of \`.sops.yaml\` says that this file is to be encrypted, and it is plain text: it was written without
\`sops\`, or decrypted in place and saved. In git everybody who can read the repository can read it, and by way of a flake
every user of every machine that builds it. If sops-nix is to use it, it refuses: "sops metadata not found".

\`sops encrypt -i FILE\` encrypts it. If it was ever committed, what is in it is known: change it.

Reported for files that declarations of sops-nix name, and for YAML, JSON, \`.env\` and \`.ini\` files that fit a rule which
names a folder or a file; not for rules that take every file of a format, for empty files, for examples and templates,
or for files that git does not know. No value is read or shown.

Source: getsops/sops 15e36f97a, config/config.go and stores/.`,
  bad: [
    {
      title: 'Saved without sops',
      files: {
        '.sops.yaml': SOPS_YAML,
        'secrets/lea.yaml': 'mail: correct horse\n',
      },
      found: ['secrets/lea.yaml'],
    },
  ],
  good: [
    {
      title: 'An encrypted file',
      files: { '.sops.yaml': SOPS_YAML, 'secrets/lea.yaml': encryptedYaml(`mail: ${VALUE}\n`) },
    },
    {
      title: 'A file that git does not know',
      files: { '.sops.yaml': SOPS_YAML, 'secrets/lea.yaml': 'mail: correct horse\n' },
      tracked: ['.sops.yaml'],
    },
  ],
  check: function* (context: CheckContext) {
    const tracked = context.sources.tracked?.() ?? null;
    const files = new Map<string, CoveredFile>();
    for (const one of [...namedFiles(context), ...filesUnderRules(context)]) files.set(one.path, one);
    for (const { path, rule, config } of files.values()) {
      if (rule === null || (tracked !== null && !tracked.has(path))) continue;
      if (EXAMPLE.test(path) || isEncrypted(context, path) !== false) continue;
      yield {
        at: wholeFile(path),
        message: `This file is not encrypted, and ${config.path} says that it is to be. Run \`sops encrypt -i ${path}\`, and change what was in it if it was ever committed.`,
        related: [{ at: rule.pathRegex?.at ?? rule.at, message: 'the rule that covers it' }],
      };
    }
  },
};

/** Meant to be read: what is in them are placeholders. */
const EXAMPLE = /(^|[/._-])(examples?|samples?|templates?|dist|schema)([/._-]|$)/i;
