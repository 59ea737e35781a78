/** registry/missing-machine: a row is read that the matrix does not have. */

import { replaceName } from '../../../edits/edits.ts';
import { didYouMean, suggest } from '../../../edits/suggest.ts';
import type { Matrix, RowRead } from '../../../fleet/model/registries.ts';
import { placeIdentity } from '../../../nix/places.ts';
import { areIntact, factsOf } from '../../facts/fleet-facts.ts';
import { inBrackets } from '../../facts/wording.ts';
import { inUnits } from '../../memory/per-unit.ts';
import type { CheckContext, Report, Rule } from '../../rule.ts';

const MATRIX = '{\n  emily = [ "anthropic" ];\n  lea = [\n    "anthropic"\n    "gmail"\n  ];\n}\n';

export const missingMachine: Rule = {
  id: 'registry/missing-machine',
  severity: 'error',
  summary: 'Code reads a row that the matrix does not have',
  documentation: `\
A module reads the matrix row of a machine (\`envMatrix.lea\`), and the matrix has no such row.

Evaluating the machine ends with \`attribute 'lea' missing\`. This happens when a machine is copied or renamed and the
matrix is not updated.

Add the row, or correct the name. Nothing is reported while the matrix may have rows that Varsmith cannot see, or
where the code handles a missing row (\`envMatrix.lea or [ ]\`).`,
  examples: ({ hostOf, PIPELINE }) => ({
    bad: [
      {
        title: 'The machine was renamed',
        files: {
          ...PIPELINE,
          'lib/machine-env-matrix.nix': MATRIX,
          'machines/emily/configuration.nix': hostOf('emily'),
          'machines/leo/configuration.nix': hostOf('leo').replace(
            '    inherit pkgs;',
            `\
    #                ^^^ registry/missing-machine: has no row "leo" (machine leo). Did you mean "lea"?
    inherit pkgs;`,
          ),
        },
      },
    ],
    good: [
      {
        title: 'Every row that is read is there',
        files: {
          ...PIPELINE,
          'lib/machine-env-matrix.nix': MATRIX,
          'machines/emily/configuration.nix': hostOf('emily'),
          'machines/lea/configuration.nix': hostOf('lea'),
        },
      },
      {
        title: 'A missing row is provided for',
        files: {
          ...PIPELINE,
          'lib/machine-env-matrix.nix': MATRIX,
          'machines/lea/configuration.nix': hostOf('lea2').replace(
            'envMatrix.lea2',
            '(envMatrix.lea2 or envMatrix.lea)',
          ),
        },
      },
    ],
  }),
  check: function* (context) {
    const reported = new Set<string>();
    for (const read of failing(context.fleet)) {
      if (reported.has(placeIdentity(read.at))) continue;
      const matrix = context.fleet.matrices.find(candidate => candidate.file === read.matrix);
      if (matrix?.closed !== true || matrix.rows.some(row => row.machine === read.machine)) continue;
      if (!areIntact(context.sources, [matrix.file, matrix.at.file])) continue;
      reported.add(placeIdentity(read.at));
      yield reportOf(context, matrix, read);
    }
  },
};

const failing = inUnits(({ rowReads }) => rowReads.filter(({ found }) => !found));

function reportOf({ fleet, sources }: CheckContext, matrix: Matrix, read: RowRead): Report {
  const machines = factsOf(fleet).machines.has(read.machine) ? [read.machine] : [];
  const meant = suggest(
    read.machine,
    matrix.rows.map(row => row.machine),
  );
  const replacement = meant === null ? null : replaceName(sources, read.at, read.machine, meant);
  return {
    at: read.at,
    message: `${matrix.file} has no row "${read.machine}"${inBrackets(machines)}.${
      meant === null ? ' Add one.' : didYouMean(meant)
    }`,
    machines,
    related: [{ at: matrix.at, message: 'The matrix' }],
    fixes:
      replacement === null
        ? []
        : [{ title: `Replace with "${meant}"`, edits: [replacement], preferred: true, guess: true }],
  };
}
