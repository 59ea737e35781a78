/** eval/nix-error: what Nix does not evaluate, where it was asked. */

import type { Fleet } from '../../../fleet/model/fleet.ts';
import type { NixFailure } from '../../../fleet/model/nix-answer.ts';
import { placeIn } from '../../../nix/positions.ts';
import { groupBy, sortedUnique } from '../../../std.ts';
import { inputPlace } from '../../facts/eval/input-place.ts';
import { causeOf } from '../../facts/eval/nix-causes.ts';
import { slipOf } from '../../facts/eval/nix-slips.ts';
import { isIgnored, isInSubmodule } from '../../facts/host/missing-on-purpose.ts';
import { quoted } from '../../facts/wording.ts';
import type { CheckContext, Report, Rule } from '../../rule.ts';

const MAX_RELATED = 5;

interface Failed {
  readonly failure: NixFailure;
  /** Null for the flake as a whole. */
  readonly machine: string | null;
}

export const nixError: Rule = {
  id: 'eval/nix-error',
  severity: 'error',
  summary: 'An error of Nix, at the place in the fleet that leads to it',
  documentation: `\
Nix does not evaluate the flake, or one of its machines. The finding is in the fleet's own files: at the place that
the message names, or at the innermost place of the fleet in Nix's trace, which often ends in nixpkgs. Other places in
the trace are listed as related. Known messages are explained in plain language, and a fix replaces a misspelt name
with one that Nix suggests.

Reported only if Nix was asked (\`varsmith check --nix\`), and until an edit that may have fixed it. An input that is
not in the store, or a value that would have to be built first, is not a mistake in the fleet and is reported as
information: Nix is asked offline and builds nothing.

A machine that Nix has no answer about, since it reached the limit of time, memory or output, is a warning: what depends
on Nix was not checked there.

Source: \`showErrorInfo\` in src/libutil/error.cc of Nix, lib/modules.nix of nixpkgs.`,
  examples: ({ FLAKE_OF_WEB }) => ({
    bad: [
      {
        title: 'An option that no module of the machine declares',
        files: {
          'flake.nix': FLAKE_OF_WEB,
          'hosts/web.nix': `\
{
  services.ngnix.enable = true;
#          ^^^^^ eval/nix-error: Nix does not evaluate machine "web": The option
}
`,
        },
        nix: failing(
          "The option `services.ngnix' does not exist. Did you mean `services.nginx'?",
          ['services.nginx'],
          {
            ...{ file: 'hosts/web.nix', line: 1, column: 1 },
          },
        ),
      },
    ],
    good: [
      {
        title: 'A machine that evaluates',
        files: { 'flake.nix': FLAKE_OF_WEB, 'hosts/web.nix': '{ services.nginx.enable = true; }\n' },
      },
    ],
  }),
  check: function* ({ fleet, sources }) {
    if (fleet.nix === null) return;
    const { answer, asOf } = fleet.nix;
    const { failure } = answer;
    // An edit may have mended it, and has moved its place.
    const machines = answer.machines.filter(({ name }) => asOf(name) === null);
    const all: Failed[] = [
      ...(failure === null || asOf(null) !== null ? [] : [{ failure, machine: null }]),
      ...machines.flatMap(({ name, failures }) => failures.map(failure => ({ failure, machine: name }))),
    ].filter(failed => !isReportedElsewhere(failed, fleet, sources));
    const same = groupBy(all, ({ failure: { kind, message, at } }) => JSON.stringify([kind, message, at]));
    for (const failed of same.values())
      yield failed[0]?.failure.kind === 'error' ? reportOf(failed, sources) : unansweredReport(failed, fleet);
  },
};

/** Returns the report of machines that Nix has no answer about. */
function unansweredReport(failed: readonly Failed[], { machines: all }: Fleet): Report {
  const [{ failure, machine }] = failed as [Failed];
  const machines = sortedUnique(failed.flatMap(({ machine }) => machine ?? []));
  const at = all.find(({ name }) => name === machine)?.at ?? null;
  return {
    at: at ?? FLAKE,
    severity: 'warning',
    machines,
    message: `Nix has no answer about ${machine === null ? 'the flake' : machinesNamed(machines)}: ${failure.message} Only what can be read without Nix was checked there.`,
  };
}

/** Returns whether another rule certainly reports the cause as an error: a file that does not exist, or that cannot be parsed. */
function isReportedElsewhere(
  { failure, machine }: Failed,
  { faults }: Fleet,
  sources: CheckContext['sources'],
): boolean {
  const path = missingPath(failure);
  return faults.some(
    ({ file, reach, machines, syntax, absent }) =>
      reach === 'certain' &&
      machine !== null &&
      machines.includes(machine) &&
      ((syntax !== null && failure.at?.file === file && /^syntax error/.test(failure.message)) ||
        absent.some(
          ({ target, isNeeded }) =>
            isNeeded &&
            target === path &&
            sources.kind(target) === null &&
            !isInSubmodule(sources, target) &&
            !isIgnored(sources, target),
        )),
  );
}

/** Returns the path that Nix does not find, relative to the root of the fleet. */
function missingPath({ message }: NixFailure): string | null {
  return /^path '([^']+)' does not exist/.exec(message)?.[1] ?? null;
}

/** @param failed the same failure, of one machine or several */
function reportOf(failed: readonly Failed[], sources: CheckContext['sources']): Report {
  const [{ failure }] = failed as [Failed];
  const machines = sortedUnique(failed.flatMap(({ machine }) => machine ?? []));
  const isThere = (file: string) => sources.kind(file) !== null;
  const { explanation, isMistake } = causeOf(failure, isThere);
  const textOf = (file: string) => sources.text(file);
  // A path that does not exist is named by who reads it.
  const places = [failure.at, ...failure.frames].flatMap(at => (at && placeIn(at, textOf)) ?? []);
  const at = places[0] ?? inputPlace(failure, sources);
  const slip = at && slipOf(failure, at, sources);
  const message = `Nix does not evaluate ${whatOf(failed)}: ${/[.?!]$/.test(failure.message) ? failure.message : `${failure.message}.`}`;
  return {
    at: slip?.at ?? at ?? FLAKE,
    fixes: slip?.fixes ?? [],
    ...(isMistake ? {} : { severity: 'info' as const }),
    machines,
    message: explanation === null ? message : `${message} ${explanation}`,
    related: failure.frames
      .flatMap(frame => {
        const place = placeIn(frame, textOf);
        return place === null || (place.file === at?.file && place.start === at.start)
          ? []
          : [{ at: place, message: frame.message }];
      })
      .slice(0, MAX_RELATED),
  };
}

/** Returns what does not evaluate: `the flake`, `machines "a" and "b"`, `generator "key" of machine "a"`. */
function whatOf(failed: readonly Failed[]): string {
  const machines = sortedUnique(failed.flatMap(({ machine }) => machine ?? []));
  if (machines.length === 0) return 'the flake';
  const named = (word: string, names: readonly string[]) =>
    names.length === 0 ? [] : [`${names.length === 1 ? word : `${word}s`} ${quoted(names)}`];
  const parts = [
    ...named('generator', sortedUnique(failed.flatMap(({ failure }) => failure.generator ?? []))),
    ...named('secret', sortedUnique(failed.flatMap(({ failure }) => failure.secret ?? []))),
  ];
  const isWhole = failed.some(
    ({ failure }) => failure.generator === undefined && failure.secret === undefined,
  );
  return isWhole || parts.length === 0
    ? machinesNamed(machines)
    : `${parts.join(' and ')} of ${machinesNamed(machines)}`;
}

function machinesNamed(machines: readonly string[]): string {
  return `${machines.length === 1 ? 'machine' : 'machines'} ${quoted(machines)}`;
}

const FLAKE = { file: 'flake.nix', start: 0, end: 0 };

/** Returns an answer of Nix in which the machine "web" does not evaluate. */
function failing(message: string, suggestions: readonly string[], at: NixFailure['at']) {
  const failure = { kind: 'error' as const, message, suggestions, at, frames: [] };
  const machine = { name: 'web', class: 'nixos' as const, milliseconds: 900, isKept: false };
  return {
    ...{ version: '2.26.3', revision: null, machinesComplete: true, failure: null },
    machines: [{ ...machine, facts: null, failures: [failure] }],
  };
}
