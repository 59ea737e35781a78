/** sops/plaintext: a file that should be encrypted is not. */

import { findKey } from '../../../fleet/secrets/secrets-keys.ts';
import { firstTime } from '../../facts/fleet-facts.ts';
import { isMergedAge } from '../../facts/host/broken-data.ts';
import { startOf } from '../../facts/sops/agenix-rules.ts';
import { secretsOf } from '../../facts/sops/joined-secrets.ts';
import { type WrongFile, wrongFiles } from '../../facts/sops/named-sources.ts';
import { notSecrets } from '../../facts/sops/not-secrets.ts';
import { severityOf } from '../../facts/sops/secret-surroundings.ts';
import { coverOf, declaredFiles, filesUnderRules, isEncrypted } from '../../facts/sops/sops-files.ts';
import { wholeFile } from '../../facts/store/stored-index.ts';
import type { CheckContext, Report, Rule } from '../../rule.ts';

export const plaintext: Rule = {
  id: 'sops/plaintext',
  severity: 'error',
  summary: 'A file that should be encrypted but is not',
  documentation: `\
This file is plain text, although a secret of sops-nix or agenix uses it or a creation rule of \`.sops.yaml\` requires
it to be encrypted: it was written without \`sops\`, or decrypted in place and saved. Everyone who can read the
repository can read it and, with a flake, so can every user of every machine that builds it. Nor does it work:
sops-nix builds the system but fails when the machine is activated (\`sops metadata not found\`), and agenix ends with
\`failed to read header\`.

\`sops encrypt -i FILE\` encrypts it; for agenix, create it again with \`agenix -e FILE\`. If it was ever committed, treat
its content as compromised and change it.

A file that holds no secrets (\`.sops.yaml\`, \`secrets.nix\`, \`flake.lock\`, a public key) is reported where it is named: it
must not be encrypted, since other programs read it; another file is meant.

Reported for files that declarations name, with or without a \`.sops.yaml\`, and for YAML, JSON, \`.env\` and \`.ini\` files
that fit a rule which names a folder or a file; not for rules that take every file of a format, for empty files, for
examples and templates, or for files that git does not know. No value is read or shown.

Source: getsops/sops 15e36f97a, config/config.go and stores/; sops-nix 56b2406, pkgs/sops-install-secrets/main.go; age.`,
  examples: ({ encryptedYaml, moduleWith, SOPS_YAML, VALUE }) => ({
    bad: [
      {
        title: 'Saved without sops',
        files: {
          '.sops.yaml': SOPS_YAML,
          'secrets/lea.yaml': 'mail: correct horse\n',
        },
        found: ['secrets/lea.yaml'],
      },
      {
        title: 'Used by a machine, without a rule',
        files: {
          'configuration.nix': moduleWith('  sops.secrets.mail = { };\n'),
          'secrets/lea.yaml': 'mail: correct horse\n',
        },
        found: ['secrets/lea.yaml'],
      },
      {
        title: 'The configuration of sops in place of the secrets',
        files: {
          '.sops.yaml': SOPS_YAML,
          'configuration.nix': `\
{
  sops.defaultSopsFile = ./.sops.yaml;
  #                      ^^^^^^^^^^^^ sops/plaintext: name secrets/lea.yaml
  sops.secrets.mail = { };
}
`,
          'secrets/lea.yaml': encryptedYaml(`mail: ${VALUE}\n`),
        },
      },
      {
        title: 'A file for agenix',
        files: {
          'configuration.nix': '{\n  age.secrets.mail.file = ./mail.age;\n}\n',
          'mail.age': 'correct horse\n',
        },
        found: ['mail.age'],
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
  }),
  check: function* (context: CheckContext) {
    const tracked = context.sources.tracked?.() ?? null;
    const isJudged = (path: string) =>
      (tracked === null || tracked.has(path)) &&
      !EXAMPLE.test(path) &&
      notSecrets(context.sources, path) === null;
    const named = declaredFiles(context, 'sops');
    const isNew = firstTime();
    for (const wrong of wrongFiles(context)) if (isNew(wrong.named.source)) yield wrongReport(context, wrong);
    for (const path of named.keys())
      if (isJudged(path) && isEncrypted(context, path, true) === false) yield reportOf(context, path);
    for (const { path, rule } of filesUnderRules(context))
      if (rule !== null && !named.has(path) && isJudged(path) && isEncrypted(context, path) === false)
        yield reportOf(context, path);
    for (const [path, { at }] of declaredFiles(context, 'age'))
      if (isJudged(path) && isUnencryptedAge(startOf(context.sources, path)))
        yield {
          at: wholeFile(path),
          message: `This file is not encrypted, so agenix fails with "failed to read header", and everyone who can read the repository can read it. Create it again with \`agenix -e ${path}\`, and change its contents if it was ever committed.`,
          related: [{ at, message: 'the secret that uses it' }],
        };
  },
};

function reportOf(context: CheckContext, path: string): Report {
  const covered = coverOf(context, path);
  const rule = covered?.rule ?? null;
  const definition = declaredFiles(context, 'sops').get(path);
  const why =
    rule !== null && covered !== null
      ? `${covered.config.path} says that it is to be`
      : 'sops-nix must decrypt it: activation ends with "sops metadata not found"';
  return {
    at: wholeFile(path),
    message: `This file is not encrypted, and ${why}. Run \`sops encrypt -i ${path}\`, and change its contents if it was ever committed.`,
    related: [
      ...(rule === null ? [] : [{ at: rule.pathRegex?.at ?? rule.at, message: 'the rule that covers it' }]),
      ...(definition === undefined ? [] : [{ at: definition.at, message: 'a secret that uses it' }]),
    ],
  };
}

/** Reports a file that holds no secrets where it is named, with the file that is meant if only one can be. */
function wrongReport(context: CheckContext, { named, path, what }: WrongFile): Report {
  const { at } = named.source;
  const fails =
    named.keeper === 'age'
      ? 'agenix fails with "failed to read header"'
      : 'activation ends with "sops metadata not found"';
  const meant = named.keeper === 'sops' ? meantFile(context, path) : null;
  const name = meant === null ? 'the encrypted file' : `${meant.path}, which has "${meant.key}",`;
  return {
    at,
    severity: named.isTaken ? severityOf(context.fleet, at.file, named.conditional) : 'warning',
    message: `${path} is ${what}, not a file of secrets${named.isTaken ? `: ${fails}` : ''}. Do not encrypt it; name ${name} instead.`,
  };
}

/** Returns the only encrypted file that has the key of a secret which is to be taken from `path`, or null. */
function meantFile(
  context: CheckContext,
  path: string,
): { readonly path: string; readonly key: string } | null {
  const secrets = secretsOf(context);
  const keys = secrets.secrets.flatMap(({ keeper, nameKind, definitions }) =>
    keeper === 'sops' && nameKind !== 'pattern'
      ? definitions.flatMap(definition =>
          secrets.filesOf(definition).files.some(file => file.path === path)
            ? [definition.key?.value ?? definition.name]
            : [],
        )
      : [],
  );
  const [key] = keys;
  if (key === undefined) return null;
  const [only, another] = filesUnderRules(context).filter(file => {
    const content = secrets.encrypted(file.path);
    return content?.encrypted === true && keys.every(name => findKey(content, name).kind === 'found');
  });
  return only === undefined || another !== undefined ? null : { path: only.path, key };
}

/** Returns whether the file certainly is not encrypted for age. */
function isUnencryptedAge(start: string | null): boolean {
  if (start === null || start.trim() === '' || /^(version https:\/\/git-lfs|\0GITCRYPT)/.test(start))
    return false;
  if (isMergedAge(start)) return false;
  return !/^\s*(age-encryption\.org\/|-----BEGIN AGE ENCRYPTED FILE-----)/.test(start);
}

/** Matches files meant to be readable, with placeholders in them. */
const EXAMPLE = /(^|[/._-])(examples?|samples?|templates?|dist|schema)([/._-]|$)/i;
