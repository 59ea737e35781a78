/** sops/no-creation-rule: no rule of `.sops.yaml` matches an encrypted file. */

import { isEncrypted, namedFiles } from '../../facts/sops/sops-files.ts';
import { wholeFile } from '../../facts/store/stored-index.ts';
import type { CheckContext, Rule } from '../../rule.ts';

export const noCreationRule: Rule = {
  id: 'sops/no-creation-rule',
  severity: 'warning',
  summary: 'An encrypted file that no rule of `.sops.yaml` matches',
  documentation: `\
A sops-nix declaration reads a secret from this file, and no creation rule of \`.sops.yaml\` matches its path. The file
can still be edited, with the keys it was created with. But \`sops updatekeys\` fails ("no matching creation rules
found"), so it is not updated when a key is added or removed, and creating it again fails.

Add a rule with a matching \`path_regex\`, or fix the rule that was meant to match. Rules are tried in order, and a
\`path_regex\` is a regular expression: \`secrets/*.yaml\` does not mean the same as in a shell.

Reported only if there is one \`.sops.yaml\` above the file and all of its rules can be read. Files that clan keeps in
\`sops/\` and \`vars/\` need no rule.

Source: getsops/sops 15e36f97a, config/config.go.`,
  examples: ({ encryptedYaml, moduleWith, SOPS_YAML, VALUE }) => {
    const MODULE = moduleWith('  sops.secrets.mail = { };\n');
    const FILE = { 'configuration.nix': MODULE, 'secrets/lea.yaml': encryptedYaml(`mail: ${VALUE}\n`) };
    return {
      bad: [
        {
          title: "Moved out of the rule's folder",
          files: {
            ...FILE,
            '.sops.yaml': SOPS_YAML.replace('secrets/', 'hosts/'),
          },
          found: ['secrets/lea.yaml'],
        },
      ],
      good: [{ title: 'A matching rule', files: { ...FILE, '.sops.yaml': SOPS_YAML } }],
    };
  },
  check: function* (context: CheckContext) {
    for (const { path, rule, config } of namedFiles(context))
      if (rule === null && isEncrypted(context, path) === true)
        yield {
          at: wholeFile(path),
          message: `No creation rule of ${config.path} fits this file, so \`sops updatekeys\` fails on it. Add a rule with a \`path_regex\` for it.`,
        };
  },
};
