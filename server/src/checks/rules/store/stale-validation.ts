/** store/stale-validation: stored files were made with another `validation` than the declared one. */

import type { SoleDeclaration } from '../../facts/store/declared-files.ts';
import { type DeclaredValidation, staleGenerators } from '../../facts/store/stale-generators.ts';
import { inBrackets } from '../../facts/wording.ts';
import type { CheckContext, Report, Rule } from '../../rule.ts';

const FOLDER = 'vars/per-machine/lea/mail/password';
const HASHES = {
  /** SHA-256 of `1`. */
  one: '6b86b273ff34fce19d6b804eff5a3f5747ada4eaa22f1d49c01e52ddb7875b4b',
  two: 'd4735e3a265e16eee03f59718b9b5d03019c07d8b6c51f90da3a666eec13ab35',
};

export const staleValidation: Rule = {
  id: 'store/stale-validation',
  severity: 'warning',
  summary: 'Stored files that were made from another `validation`',
  documentation: `\
A generator's \`validation\` describes the inputs of its files; clan stores its hash beside them. The hash in the store
differs from that of the declared value: the files were generated from other inputs, so the deployed files do not
match the configuration, and \`clan vars check\` fails. The same applies if a \`validation\` was added or removed later.

\`clan vars generate MACHINE\` and \`clan machines update\` generate all files of the generator again: keys and passwords
in them change.

Reported only if the whole value is known and the same for all machines.

Source: clan-core d7c35d912, modules/clan/export-modules/generic-generator.nix (\`validationHash\`) and
clan_lib/vars/generate.py.`,
  examples: ({ clanWith, EXAMPLE_SECRET, KEYS, linksOf, MAIL }) => {
    const VALIDATED = MAIL.replace('    prompts', '    validation = 1;\n    prompts');
    return {
      bad: [
        {
          title: 'The value was changed since',
          files: {
            ...clanWith(VALIDATED.replace('= 1;\n', '= 1;\n#   ^^^^^^^^^^ store/stale-validation\n')),
            ...KEYS,
            [`${FOLDER}/secret`]: EXAMPLE_SECRET,
            'vars/per-machine/lea/mail/.validation-hash': HASHES.two,
          },
          links: linksOf(FOLDER),
        },
      ],
      good: [
        {
          title: 'Made from the declared value',
          files: {
            ...clanWith(VALIDATED),
            ...KEYS,
            [`${FOLDER}/secret`]: EXAMPLE_SECRET,
            'vars/per-machine/lea/mail/.validation-hash': HASHES.one,
          },
          links: linksOf(FOLDER),
        },
      ],
    };
  },
  check: function* (context: CheckContext) {
    for (const { declared, validation, owners } of staleGenerators(context))
      yield reportOf(declared, validation, owners);
  },
};

function reportOf(
  { generator }: SoleDeclaration,
  { hash, at }: DeclaredValidation,
  stale: readonly string[],
): Report {
  const isShared = stale[0] === '';
  const machines = isShared ? (generator.machines ?? []) : stale;
  const why = hash === null ? 'with a `validation`, which was removed since' : 'from another `validation`';
  return {
    at,
    machines,
    message: `The stored files of "${generator.name}"${inBrackets(machines)} were generated ${why}: \`clan vars check\` fails, and the next run of Varsmith or clan generates them again.`,
  };
}
