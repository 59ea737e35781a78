/** use/undefined-file: a use of a file that its generator does not have. */

import type { Generator, Use } from '../../fleet/model.ts';
import { replaceName } from '../edits.ts';
import { hostOf, PIPELINE } from '../examples.ts';
import { type Facts, factsOf, mayBeDefinedElsewhere, mayInclude, plainUses } from '../facts.ts';
import { perUnit } from '../memory/per-unit.ts';
import type { CheckContext, Report, Rule } from '../rule.ts';
import { didYouMean, suggest } from '../suggest.ts';
import { quoted, sortedUnique } from '../wording.ts';

const MATRIX = '{\n  lea = [\n    "anthropic"\n    "gmail"\n  ];\n}\n';

export const undefinedFile: Rule = {
  id: 'use/undefined-file',
  severity: 'error',
  summary: 'A use of a file that its generator does not have',
  documentation: `\
A module reads a file that is not among the files of the generator. Evaluating it ends with
\`attribute '…' missing\`.

Reported only if all files of the generator in the workspace are known. The files of a generator are
those in \`files\` and one for each prompt with \`persist = true\`.

Mend the name, or declare the file.`,
  bad: [
    {
      title: 'The file has another name',
      files: {
        ...PIPELINE,
        'lib/machine-env-matrix.nix': MATRIX,
        'machines/lea/configuration.nix': hostOf(
          'lea',
          `\
  services.mail.passwordFile = config.clan.core.vars.generators.gmail-app-password.files.passwd.path;
  #                                                                                      ^^^^^^ use/undefined-file
`,
        ),
      },
    },
  ],
  good: [
    {
      title: 'A file of the generator',
      files: {
        ...PIPELINE,
        'lib/machine-env-matrix.nix': MATRIX,
        'machines/lea/configuration.nix': hostOf(
          'lea',
          `\
  services.mail.passwordFile = config.clan.core.vars.generators.gmail-app-password.files.password.path;
`,
        ),
      },
    },
  ],
  check: perUnit(function* (unit, context) {
    const facts = factsOf(context.fleet);
    for (const use of plainUses(unit)) {
      const files = filesWithoutUsed(facts, use);
      if (files !== null) yield reportOf(context, use, files);
    }
  }),
};

/** All files of the used generator if the used one is certainly not among them; else null. */
function filesWithoutUsed(facts: Facts, use: Use): string[] | null {
  const name = use.fileName;
  if (name === null || use.fileKind === 'pattern') return null;
  const generators = facts.generators.get(use.generator);
  if (generators === undefined || mayBeDefinedElsewhere(facts, use.generator)) return null;
  const files: string[] = [];
  for (const generator of generators) {
    if (mayHave(generator, name)) return null;
    files.push(...generator.body().files.map(file => file.name));
  }
  return sortedUnique(files);
}

const answers = new WeakMap<Generator, Map<string, boolean>>();

/** May the generator have a file of this name? Asked by each machine that uses it. */
function mayHave(generator: Generator, name: string): boolean {
  let known = answers.get(generator);
  if (known === undefined) {
    known = new Map();
    answers.set(generator, known);
  }
  let answer = known.get(name);
  if (answer === undefined) {
    const { complete, files } = generator.body();
    answer = !complete.files || mayInclude(files, name);
    known.set(name, answer);
  }
  return answer;
}

function reportOf({ sources }: CheckContext, use: Use, files: readonly string[]): Report {
  const name = use.fileName as string;
  const at = use.fileAt ?? use.at;
  const meant = suggest(name, files);
  const replacement = meant === null ? null : replaceName(sources, at, name, meant);
  const has = files.length === 0 ? 'it has none' : `it has ${quoted(files)}`;
  return {
    at,
    message: `The generator "${use.generator}" has no file "${name}"; ${has}.${didYouMean(meant)}`,
    fixes:
      replacement === null
        ? []
        : [{ title: `Replace with "${meant}"`, edits: [replacement], preferred: true, guess: true }],
  };
}
