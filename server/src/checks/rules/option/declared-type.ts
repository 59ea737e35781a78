/** option/declared-type: one of the fleet's own options has a value that its type does not accept. */

import { replaceWritten } from '../../../edits/edit-bindings.ts';
import { stringText } from '../../../edits/edits.ts';
import { didYouMean, suggest } from '../../../edits/suggest.ts';
import type { Fleet } from '../../../fleet/model/fleet.ts';
import type { WrittenEntry } from '../../../modules/options/option.ts';
import { sortedUnique } from '../../../std.ts';
import { isMisfit, ownProblems, type ProblemOnMachines } from '../../facts/option/undeclared-options.ts';
import { inBrackets } from '../../facts/wording.ts';
import type { CheckContext, Report, Rule } from '../../rule.ts';

export const declaredType: Rule = {
  id: 'option/declared-type',
  severity: 'error',
  summary: "An option of the fleet's own has a value that its type does not take",
  documentation: `\
A machine defines an option that a module of the fleet declares with \`mkOption\`, \`mkEnableOption\` or \`mkPackageOption\`, with a
value of another type: a string for a number, a word that is not among those of an \`enum\`, a list for a set. Evaluation
ends with \`A definition for option … is not of type …\`.

Values that are not fully known fit; definitions that a stronger one overrides are ignored, and definitions under an
unknown condition are warnings. Types that are not built with the functions of \`lib.types\` are assumed to accept
anything.`,
  examples: ({ FLEET }) => ({
    bad: [
      {
        title: 'Numbers, strings and sets',
        files: {
          ...FLEET,
          'hosts/server.nix': `\
{
  custom.web.enable = "yes";
  #                   ^^^^^ option/declared-type: takes true or false, not "yes"
  custom.web.port = 80000;
  #                 ^^^^^ option/declared-type: takes a whole number from 0 to 65535, not 80000
  custom.web.level = "quite";
  #                  ^^^^^^^ option/declared-type: Did you mean "quiet"?
  custom.web.sites."a.example".root = [ "/srv/a" ];
  #                                   ^^^^^^^^^^^^ option/declared-type: takes a path, not a list
}
`,
        },
      },
    ],
    good: [
      {
        title: 'What the types take',
        files: {
          ...FLEET,
          'hosts/server.nix': `\
{ lib, ... }:
{
  custom.web.enable = lib.mkDefault true;
  custom.web.port = lib.mkMerge [ (lib.mkDefault "80") 8080 ];
  custom.web.level = lib.mkIf true "verbose";
  custom.web.sites."a.example".root = ./a;
}
`,
        },
      },
    ],
  }),
  check: function* (context) {
    for (const ownProblem of ownProblems(context.fleet)) {
      const report = reportOf(context, ownProblem);
      if (report !== null) yield report;
    }
  },
};

function reportOf(
  { fleet, sources }: CheckContext,
  { problem, certain, likely }: ProblemOnMachines,
): Report | null {
  if (!isMisfit(problem)) return null;
  const { path, at, expected, actual, choices, scalar, priority } = problem;
  const machines = sortedUnique(certain.length > 0 ? certain : likely).filter(
    machine => strongest(fleet, machine, path) >= priority,
  );
  if (machines.length === 0) return null;
  const meant = typeof scalar === 'string' ? suggest(scalar, choices) : null;
  const edit =
    meant === null || typeof scalar !== 'string'
      ? null
      : replaceWritten(sources, at, text => text === stringText(scalar), stringText(meant));
  return {
    at,
    machines,
    ...(certain.length > 0 ? {} : { severity: 'warning' as const }),
    message: `"${path.join('.')}" takes ${expected}, not ${actual}${inBrackets(machines)}.${didYouMean(meant)}`,
    fixes:
      edit === null
        ? []
        : [{ title: `Replace with "${meant}"`, edits: [edit], preferred: true, guess: true }],
  };
}

/** Returns the effective priority of an option on a machine; weaker definitions are ignored. */
function strongest(fleet: Fleet, machine: string, path: readonly string[]): number {
  let strongestPriority = Number.POSITIVE_INFINITY;
  for (const { options } of fleet.options.machines.get(machine)?.modules ?? [])
    for (const entry of options.definitions.get(path[0] ?? '') ?? [])
      strongestPriority = Math.min(strongestPriority, strongestIn(entry, path, 1, 100));
  return strongestPriority;
}

function strongestIn(entry: WrittenEntry, path: readonly string[], depth: number, outer: number): number {
  let strongestPriority = Number.POSITIVE_INFINITY;
  for (const { value, priority, never } of entry.definitions) {
    if (never) continue;
    const here = outer === 100 ? priority : outer;
    const name = path[depth];
    // An unknown value may be anything, including mkForce.
    if (value.kind === 'unknown') return 0;
    if (name === undefined) strongestPriority = Math.min(strongestPriority, here);
    else {
      const inner = value.entries.get(name);
      if (inner !== undefined)
        strongestPriority = Math.min(strongestPriority, strongestIn(inner, path, depth + 1, here));
    }
  }
  return strongestPriority;
}
