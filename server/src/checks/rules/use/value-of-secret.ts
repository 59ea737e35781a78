/** use/value-of-secret: reads `.value` of a secret file. */

import { writtenAt } from '../../../edits/edits.ts';
import { editAt } from '../../../edits/text-edit.ts';
import { usesOfSecrets } from '../../facts/use/used-file.ts';
import type { Rule } from '../../rule.ts';

const MATRIX = '{\n  lea = [\n    "anthropic"\n    "gmail"\n  ];\n}\n';

export const valueOfSecret: Rule = {
  id: 'use/value-of-secret',
  severity: 'error',
  summary: 'The value of a secret file is read during evaluation',
  documentation: `\
The configuration reads \`.value\` of a generator's file, but the file is secret (files are, unless they set
\`secret = false\`).

Only the machine itself can decrypt a secret, so it has no value during evaluation, which ends with
\`Cannot access value of secret file\`. If it had one, everyone could read it in the Nix store.

Read \`.path\` and let the program open the file when it runs; or, if the file is not secret at all, declare it with
\`secret = false\`.`,
  examples: ({ hostOf, PIPELINE }) => ({
    bad: [
      {
        title: 'A password in a file of the Nix store',
        files: {
          ...PIPELINE,
          'lib/machine-env-matrix.nix': MATRIX,
          'machines/lea/configuration.nix': hostOf(
            'lea',
            `\
  environment.etc."msmtp/password".text =
    config.clan.core.vars.generators.gmail-app-password.files.password.value;
    #                                                                  ^^^^^ use/value-of-secret: .path
`,
          ),
        },
      },
    ],
    good: [
      {
        title: 'The path of a secret',
        files: {
          ...PIPELINE,
          'lib/machine-env-matrix.nix': MATRIX,
          'machines/lea/configuration.nix': hostOf(
            'lea',
            `\
  programs.msmtp.accounts.default.passwordeval =
    "cat \${config.clan.core.vars.generators.gmail-app-password.files.password.path}";
`,
          ),
        },
      },
    ],
  }),
  check: function* (context) {
    for (const { use } of values(context)) {
      if (use.by !== 'option' || use.guarded) continue;
      const { attributeAt } = use;
      const isWritten = attributeAt !== null && writtenAt(context.sources, attributeAt) === 'value';
      yield {
        at: attributeAt ?? use.key?.at ?? use.at,
        message:
          `The file "${use.fileName}" of generator "${use.generator}" is secret: it has no value during evaluation. ` +
          'Use .path and read the file when the program runs.',
        fixes: isWritten
          ? [
              {
                title: 'Replace with .path',
                edits: [editAt(attributeAt, 'path')],
                preferred: true,
                guess: true,
              },
            ]
          : [],
      };
    }
  },
};

const values = usesOfSecrets('value');
