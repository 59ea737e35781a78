/** use/value-of-secret: the `.value` of a file that is secret. */
import type { Use } from '../../fleet/model.ts';
import { hostOf, PIPELINE } from '../examples.ts';
import { type Facts, factsOf } from '../facts.ts';
import type { Rule } from '../rule.ts';

const MATRIX = '{\n  lea = [\n    "anthropic"\n    "gmail"\n  ];\n}\n';

export const valueOfSecret: Rule = {
  id: 'use/value-of-secret',
  severity: 'error',
  summary: 'The value of a secret file is read during evaluation',
  documentation: `\
\`.value\` of a generator's file is read, and the file is secret (files are, unless they say \`secret = false\`).

Only the machine itself can decrypt a secret, so there is no value during evaluation: clan ends it with
\`Cannot access value of secret file\`. If it had one, everybody could read it in the Nix store.

Read \`.path\` and let the program open the file when it runs; or, if the file is not secret at all, declare it with
\`secret = false\`.`,
  bad: [
    {
      title: 'A password in a file of the store',
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
  check: function* ({ fleet, sources }) {
    const facts = factsOf(fleet);
    for (const unit of fleet.units.values()) {
      for (const use of unit.uses) {
        if (use.by !== 'option' || use.attribute !== 'value' || use.guarded || !isSecret(facts, use))
          continue;
        const at = use.attributeAt ?? use.key?.at ?? use.at;
        const written =
          use.attributeAt === null
            ? null
            : sources.parse(use.attributeAt.file)?.text.slice(use.attributeAt.start, use.attributeAt.end);
        yield {
          at,
          message:
            `The file "${use.fileName}" of generator "${use.generator}" is secret: it has no value during evaluation. ` +
            'Use .path and read the file when the program runs.',
          fixes:
            use.attributeAt !== null && written === 'value'
              ? [
                  {
                    title: 'Replace with .path',
                    edits: [{ ...use.attributeAt, text: 'path' }],
                    preferred: true,
                    guess: true,
                  },
                ]
              : [],
        };
      }
    }
  },
};

/** Do all definitions of the file say that it is secret? */
function isSecret(facts: Facts, use: Use): boolean {
  if (use.generatorKind === 'pattern' || use.fileKind === 'pattern' || use.fileName === null) return false;
  const generators = facts.generators.get(use.generator) ?? [];
  if (generators.length === 0) return false;
  let known = false;
  for (const generator of generators) {
    const body = generator.body();
    const file = body.files.find(each => each.name === use.fileName);
    if (file === undefined && body.completeness === 'full') continue;
    if (file?.secret !== true) return false;
    known = true;
  }
  return known;
}
