/** registry/unknown-machine: a row for a machine that does not exist. */
import type { Matrix, MatrixRow } from '../../fleet/model.ts';
import { replaceName } from '../edits.ts';
import { PIPELINE } from '../examples.ts';
import { factsOf } from '../facts.ts';
import type { CheckContext, Report, Rule } from '../rule.ts';
import { didYouMean, suggest } from '../suggest.ts';

const FLAKE = `\
{
  outputs =
    { self, clan-core, ... }:
    clan-core.lib.clan {
      inherit self;
      inventory.machines = {
        emily = { };
        lea = { };
      };
    };
}
`;

export const unknownMachine: Rule = {
  id: 'registry/unknown-machine',
  severity: 'warning',
  summary: 'A row of the matrix for a machine that does not exist',
  documentation: `\
The matrix has a row for a machine that is neither in the inventory nor among the configurations, has no folder in
\`machines/\`, and whose row nobody reads.

Nix does not mind: an attribute that nobody asks for is never looked at. So a misspelled row is silent, and so are
the keys of a machine that has long been given away.

Mend the name, or remove the row. Nothing is reported while the workspace may have machines that
cannot be seen here.`,
  bad: [
    {
      title: 'A misspelled machine',
      files: {
        ...PIPELINE,
        'flake.nix': FLAKE,
        'lib/machine-env-matrix.nix': `\
{
  emily = [ "anthropic" ];
  laa = [ "gmail" ];
# ^^^ registry/unknown-machine: There is no machine "laa"
}
`,
      },
    },
  ],
  good: [
    {
      title: 'Every row is that of a machine, or a shared list',
      files: {
        ...PIPELINE,
        'flake.nix': FLAKE,
        'lib/machine-env-matrix.nix': `\
rec {
  sharedCore = [ "anthropic" ];
  emily = sharedCore ++ [ "gmail" ];
  lea = sharedCore;
}
`,
      },
    },
    {
      title: 'A machine is known because its row is read',
      files: {
        ...PIPELINE,
        'flake.nix': FLAKE,
        'lib/machine-env-matrix.nix': '{\n  emily = [ "anthropic" ];\n  guest = [ "gmail" ];\n}\n',
        'modules/guest.nix': `\
{ pkgs, ... }:
let
  envMatrix = import ../lib/machine-env-matrix.nix;
in
{
  clan.core.vars.generators = import ../lib/vars-generators.nix {
    keys = envMatrix.guest;
    inherit pkgs;
  };
}
`,
      },
    },
  ],
  check: function* (context) {
    const { machines } = factsOf(context.fleet);
    if (!context.fleet.machinesComplete) return;
    for (const matrix of context.fleet.matrices) {
      // A matrix that names no machine of ours lists something else.
      if (!matrix.rows.some(row => !row.shared && machines.has(row.machine))) continue;
      for (const row of matrix.rows)
        if (!row.shared && !machines.has(row.machine)) yield reportOf(context, matrix, row);
    }
  },
};

function reportOf({ fleet, sources }: CheckContext, matrix: Matrix, row: MatrixRow): Report {
  const rows = new Set(matrix.rows.map(each => each.machine));
  const meant = suggest(
    row.machine,
    fleet.machines.map(machine => machine.name).filter(name => !rows.has(name)),
  );
  const replacement = meant === null ? null : replaceName(sources, row.at, row.machine, meant);
  return {
    at: row.at,
    message: `There is no machine "${row.machine}", so nobody gets the keys of this row.${
      meant === null ? ' Remove the row, or declare the machine.' : didYouMean(meant)
    }`,
    fixes:
      replacement === null
        ? []
        : [{ title: `Replace with "${meant}"`, edits: [replacement], preferred: true, guess: true }],
  };
}
