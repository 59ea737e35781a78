/**
 * What a run would do, told before anything runs: which generators, in which order, why, and everything that would
 * make it fail. Pure: from declarations and from what is stored.
 *
 * Source: clan-core d7c35d912, clan_lib/vars/generate.py. Where clan fails in the middle of a run, or loses a value,
 * there is a problem here instead.
 */
import type { StaleNotes } from '../../host/files/stale.ts';
import { exact } from '../../nix/exact.ts';
import type { StoredLookups } from '../../store/vars/stored-lookups.ts';
import { graphOf, missingClosure, orderOf, requestedClosure, withDependents } from './closures.ts';
import type { Violation } from './constraints.ts';
import { DECIDING } from './generator-tally.ts';
import {
  type Choice,
  chosen,
  type Declaration,
  type Generator,
  type Generators,
  joinGenerators,
} from './generators.ts';
import { unseenNotes } from './open-questions.ts';
import { partsText, whereOf } from './plan-words.ts';
import { type PlanProblem, problemsOf, requestProblems } from './problems.ts';

/** A generator of which only Nix can tell who has it, what it is, or even its name. */
export interface Uncertain {
  /** Null where the name itself is not known. */
  readonly name: string | null;
  /** Null: any may have it. */
  readonly machines: readonly string[] | null;
  /** As it is written in the source; of one that is brought, the service it is of. */
  readonly expression: string;
  /** It is one of clan-core's own, of which only names are known. */
  readonly isBrought: boolean;
}

/** A file that Nix refuses, and the machines that have it among their modules. */
export interface RefusedFile {
  readonly file: string;
  readonly machines: readonly string[];
}

export interface PlanInput {
  /** All machines of the fleet, in its order. */
  readonly machines: readonly string[];
  /** False if there may be machines that are not listed. */
  readonly machinesComplete?: boolean;
  readonly declarations: readonly Declaration[];
  readonly uncertain: readonly Uncertain[];
  /** Machines that may have generators which are nowhere to be seen. */
  readonly incomplete: readonly string[];
  /** Files that Nix refuses. */
  readonly refused?: readonly RefusedFile[];
  /** What services do not allow. Nothing is generated where there is any, whomever it is asked for. */
  readonly violations?: readonly Violation[];
  readonly stored: StoredLookups;
  /** What is noted to be made anew, complete as it may look. */
  readonly stale?: StaleNotes;
}

export interface PlanRequest extends Choice {
  /** Also those that are complete. */
  readonly regenerate: boolean;
  /** Generators that only Nix can run are left out, with all that depends on them, and stop nothing. */
  readonly skipUnknown?: boolean;
}

/**
 * - `missing`: a file is not there; `outdated`: made from other inputs;
 * - `interrupted`: complete, but a run that was cut off has replaced what it was made from, or some of its own values in
 *   a store outside of the repository;
 * - `superseded`: complete, and made from a value that somebody has set anew since;
 * - `requested`: complete, and asked for;
 * - `dependent`: complete, and made from something that changes.
 */
export type StepReason = 'missing' | 'outdated' | 'interrupted' | 'superseded' | 'requested' | 'dependent';

export interface PlanStep {
  readonly generator: Generator;
  readonly reason: StepReason;
  /** Of `superseded`: the values that have been set since, as `generator/file`, sorted. */
  readonly older: readonly string[];
  /** Files that are not there, sorted. */
  readonly missing: readonly string[];
  /** Files that are there and get another value, sorted. */
  readonly overwrites: readonly string[];
}

/** Something that Varsmith cannot tell and that stops nothing. */
export interface PlanNote {
  readonly generator: string | null;
  readonly machines: readonly string[];
  readonly message: string;
}

export interface Plan {
  /** In the order of running. Empty where there are problems with the order itself. */
  readonly steps: readonly PlanStep[];
  /** Nothing may run while there are any. */
  readonly problems: readonly PlanProblem[];
  readonly notes: readonly PlanNote[];
  readonly generators: Generators;
}

export function planRun(input: PlanInput, request: PlanRequest): Plan {
  const generators = joinGenerators(input.declarations);
  const machines = new Set(request.machines.length === 0 ? input.machines : request.machines);
  const roots = chosen(generators, request);
  const status = statusOf(generators.all, input);
  const complete = (key: string) => status(key).reason === null;
  const known = { complete, begun: (key: string) => complete(key) || status(key).present.length > 0 };

  const graph = graphOf(generators.all);
  const everything = request.generators.length > 0 || request.regenerate;
  const rootKeys = new Set(roots.map(one => one.key));
  const closure = everything
    ? requestedClosure(graph, rootKeys, known)
    : missingClosure(graph, rootKeys, known);
  const { sorted, cycle } = orderOf(graph, closure);

  const skipped = request.skipUnknown === true ? withDependents(graph, unknownIn(sorted)) : new Set<string>();
  const steps = sorted.flatMap((generator): PlanStep[] => {
    if (skipped.has(generator.key)) return [];
    // It has nothing to make: running it could only fail.
    if (generator.files.length === 0 && !generator.unknown.some(one => one.part === 'files')) return [];
    const { reason, older, missing, present } = status(generator.key);
    const why = reason ?? (everything && rootKeys.has(generator.key) ? 'requested' : 'dependent');
    return [{ generator, reason: why, older, missing, overwrites: present }];
  });

  return {
    steps,
    problems: [
      ...requestProblems(input, request, generators),
      ...(input.violations ?? []).map(one => ({ kind: 'constraint' as const, generator: null, ...one })),
      ...problemsOf({ generators, steps, cycle, roots: rootKeys, missingFiles: key => status(key).missing }),
    ],
    notes: [
      ...unseenNotes(input, machines),
      ...undecidedNotes(roots, closure, status),
      ...skippedNotes(sorted, skipped),
    ],
    generators,
  };
}

function unknownIn(generators: readonly Generator[]): string[] {
  return generators.filter(one => one.unknown.length > 0).map(one => one.key);
}

export interface Status {
  /** Null: complete. */
  readonly reason: 'missing' | 'outdated' | 'interrupted' | 'superseded' | null;
  /** Of `superseded`: the values that have been set since, as `generator/file`, sorted. */
  readonly older: readonly string[];
  readonly missing: readonly string[];
  readonly present: readonly string[];
}

function statusOf(
  all: ReadonlyMap<string, Generator>,
  { stored, stale }: PlanInput,
): (key: string) => Status {
  const known = new Map<string, Status>();
  return key => {
    const before = known.get(key);
    if (before !== undefined) return before;
    const generator = all.get(key);
    const status =
      generator === undefined
        ? { reason: null, older: [], missing: [], present: [] }
        : statusIn(stored, generator, stale?.get(key));
    known.set(key, status);
    return status;
  };
}

/**
 * What is there of a generator, and why it would run by itself.
 *
 * @param noted values that it was made from and that were set since; undefined where nothing is noted of it
 */
export function statusIn(stored: StoredLookups, generator: Generator, noted?: readonly string[]): Status {
  const missing: string[] = [];
  const present: string[] = [];
  for (const { name, secret } of generator.files)
    (stored.has(generator.key, name, secret) ? present : missing).push(name);
  const lists = { older: [], missing: exact(missing.sort()), present: exact(present.sort()) };
  if (missing.length > 0) return { reason: 'missing', ...lists };
  // Without files there is nothing that could be out of date, and no hash is ever stored.
  const isHashed = present.length > 0 && !generator.unknown.some(one => one.part === 'validation');
  if (isHashed && stored.validation(generator.key) !== generator.validationHash)
    return { reason: 'outdated', ...lists };
  if (noted === undefined) return { reason: null, ...lists };
  return noted.length === 0
    ? { reason: 'interrupted', ...lists }
    : { reason: 'superseded', ...lists, older: noted };
}

function undecidedNotes(
  roots: readonly Generator[],
  closure: ReadonlySet<string>,
  status: (key: string) => Status,
): PlanNote[] {
  return roots
    .filter(one => !closure.has(one.key) && status(one.key).reason === null)
    .flatMap(generator => {
      const part = generator.unknown.find(one => DECIDING.has(one.part));
      // Of one that only Nix can make, nothing could be done about it here.
      if (part === undefined || generator.unknown.some(one => one.part === 'script')) return [];
      return [
        {
          generator: generator.name,
          machines: generator.machines,
          message: `Whether generator "${generator.name}" (${whereOf(generator)}) is complete, only Nix can tell: ${part.part} = ${part.expression}. It is left as it is.`,
        },
      ];
    });
}

function skippedNotes(sorted: readonly Generator[], skipped: ReadonlySet<string>): PlanNote[] {
  return sorted
    .filter(one => skipped.has(one.key))
    .map(generator => {
      const [part] = partsText(generator.unknown);
      const why = part === undefined ? 'it depends on one that needs Nix' : `it needs Nix: ${part}`;
      return {
        generator: generator.name,
        machines: generator.machines,
        message: `Generator "${generator.name}" (${whereOf(generator)}) is left out: ${why}.`,
      };
    });
}
