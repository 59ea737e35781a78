/** registry/unknown-machine: a matrix row or session steps for a machine that does not exist. */

import { replaceName } from '../../../edits/edits.ts';
import { didYouMean, suggest } from '../../../edits/suggest.ts';
import type { Place } from '../../../nix/places.ts';
import { factsOf } from '../../facts/fleet-facts.ts';
import { machinesWithSteps } from '../../facts/registry/session-machines.ts';
import type { CheckContext, Report, Rule } from '../../rule.ts';

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

Nix accepts that, because it never evaluates an unused attribute. So a misspelled row goes unnoticed, and so do the
keys of a machine that no longer exists.

A list that other rows take keys from (\`emily = work ++ [ … ]\`), or that modules add to the row of their machine, is
not a machine, whatever its name.

The same applies to steps for individual machines in \`session-vars-spec.nix\`.

Correct the name, or remove the row. Nothing is reported while the workspace may have machines that Varsmith cannot
see.`,
  examples: ({ PIPELINE }) => ({
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
      {
        title: 'Steps for a misspelled machine',
        files: {
          ...PIPELINE,
          'flake.nix': FLAKE,
          'lib/machine-env-matrix.nix': '{\n  emily = [ "anthropic" ];\n  lea = [ "gmail" ];\n}\n',
          'lib/session-vars-spec.nix': `\
{
  shared = [ ];
  machines = {
    emily = [ ];
    laa = [ ];
#   ^^^ registry/unknown-machine: There is no machine "laa", so nobody does its steps. Did you mean "lea"?
  };
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
  work = [ "anthropic" ];
  emily = work ++ [ "gmail" ];
  lea = work;
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
  }),
  check: function* (context) {
    const { machines } = factsOf(context.fleet);
    if (!context.fleet.machinesComplete) return;
    for (const matrix of context.fleet.matrices) {
      // A matrix that names none of our machines lists something else.
      if (!matrix.rows.some(row => !row.shared && machines.has(row.machine))) continue;
      const rows = matrix.rows.filter(row => !row.shared);
      yield* unknownAmong(context, rows, 'so nobody gets the keys of this row', 'the row');
    }
    for (const { file } of context.fleet.registries) {
      const machines = machinesWithSteps(context.sources, file);
      yield* unknownAmong(context, machines, 'so nobody does its steps', 'its steps');
    }
  },
};

/**
 * Reports the names that are not machines.
 *
 * @param effect the consequence
 * @param what the thing to remove
 */
function* unknownAmong(
  { fleet, sources }: CheckContext,
  written: readonly { readonly machine: string; readonly at: Place }[],
  effect: string,
  what: string,
): Iterable<Report> {
  const { machines } = factsOf(fleet);
  const names = new Set(written.map(({ machine }) => machine));
  const free = fleet.machines.map(({ name }) => name).filter(name => !names.has(name));
  for (const { machine, at } of written) {
    if (machines.has(machine) || fleet.homes.includes(machine)) continue;
    const meant = suggest(machine, free);
    const replacement = meant === null ? null : replaceName(sources, at, machine, meant);
    const advice = meant === null ? ` Remove ${what}, or declare the machine.` : didYouMean(meant);
    yield {
      at,
      message: `There is no machine "${machine}", ${effect}.${advice}`,
      fixes:
        replacement === null
          ? []
          : [{ title: `Replace with "${meant}"`, edits: [replacement], preferred: true, guess: true }],
    };
  }
}
