/**
 * What a run would do, told before anything runs: which generators, in which order, why, and everything that would
 * make it fail. Pure: from declarations and from what is stored.
 *
 * Source: clan-core d7c35d912, clan_lib/vars/generate.py. Where clan fails in the middle of a run, or loses a value,
 * there is a problem here instead.
 */
import type { StoredLookups } from '../store/state.ts';
import { graphOf, missingClosure, orderOf, requestedClosure } from './closures.ts';
import {
  type Declaration,
  type Generator,
  type Generators,
  joinGenerators,
  type UnknownPart,
} from './generators.ts';
import { type PlanProblem, problemsOf, requestProblems } from './problems.ts';

export interface PlanInput {
  /** All machines of the fleet, in its order. */
  readonly machines: readonly string[];
  readonly declarations: readonly Declaration[];
  /** Places that declare generators whose very names only Nix can tell. */
  readonly opaque: readonly { readonly machine: string; readonly expression: string }[];
  readonly stored: StoredLookups;
}

export interface PlanRequest {
  /** None: all. */
  readonly machines: readonly string[];
  /** None: all that the machines declare. */
  readonly generators: readonly string[];
  /** Also those that are complete. */
  readonly regenerate: boolean;
}

/**
 * - `missing`: a file is not there; `outdated`: made from other inputs;
 * - `requested`: complete, and asked for;
 * - `dependent`: complete, and made from something that changes.
 */
export type StepReason = 'missing' | 'outdated' | 'requested' | 'dependent';

export interface PlanStep {
  readonly generator: Generator;
  readonly reason: StepReason;
  /** Files that are not there, sorted. */
  readonly missing: readonly string[];
  /** Files that are there and get another value, sorted. */
  readonly overwrites: readonly string[];
}

/** Something that Varsmith cannot tell and that stops nothing. */
export interface PlanNote {
  readonly generator: string | null;
  readonly machine: string;
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
  const names = new Set(request.generators);
  const roots = [...generators.all.values()].filter(
    one => one.machines.some(machine => machines.has(machine)) && (names.size === 0 || names.has(one.name)),
  );
  const status = statusOf(generators.all, input.stored);
  const complete = (key: string) => status(key).reason === null;

  const graph = graphOf(generators.all);
  const everything = names.size > 0 || request.regenerate;
  const rootKeys = new Set(roots.map(one => one.key));
  const closure = everything
    ? requestedClosure(graph, rootKeys, complete)
    : missingClosure(graph, rootKeys, complete);
  const { sorted, cycle } = orderOf(graph, closure);

  const steps = sorted.flatMap((generator): PlanStep[] => {
    // It has nothing to make: running it could only fail.
    if (generator.files.length === 0 && !generator.unknown.some(one => one.part === 'files')) return [];
    const { reason, missing, present } = status(generator.key);
    const why = reason ?? (everything && rootKeys.has(generator.key) ? 'requested' : 'dependent');
    return [{ generator, reason: why, missing, overwrites: present }];
  });

  return {
    steps,
    problems: [
      ...requestProblems(input, request, generators),
      ...problemsOf({ generators, steps, cycle, roots: rootKeys, missingFiles: key => status(key).missing }),
    ],
    notes: notesOf(input, machines, roots, closure, status),
    generators,
  };
}

interface Status {
  /** Null: complete. */
  readonly reason: 'missing' | 'outdated' | null;
  readonly missing: readonly string[];
  readonly present: readonly string[];
}

function statusOf(all: ReadonlyMap<string, Generator>, stored: StoredLookups): (key: string) => Status {
  const known = new Map<string, Status>();
  return key => {
    const before = known.get(key);
    if (before !== undefined) return before;
    const generator = all.get(key);
    const status =
      generator === undefined ? { reason: null, missing: [], present: [] } : read(generator, stored);
    known.set(key, status);
    return status;
  };
}

function read(generator: Generator, stored: StoredLookups): Status {
  const missing: string[] = [];
  const present: string[] = [];
  for (const { name, secret } of generator.files)
    (stored.has(generator.key, name, secret) ? present : missing).push(name);
  const lists = { missing: missing.sort(), present: present.sort() };
  if (missing.length > 0) return { reason: 'missing', ...lists };
  // Without files there is nothing that could be out of date, and no hash is ever stored.
  const unknown = generator.unknown.some(one => one.part === 'validation');
  if (unknown || present.length === 0) return { reason: null, ...lists };
  const same = stored.validation(generator.key) === generator.validationHash;
  return { reason: same ? null : 'outdated', ...lists };
}

/** What would keep a complete generator from being seen as incomplete. */
const DECIDING: ReadonlySet<UnknownPart['part']> = new Set(['share', 'files', 'validation', 'dependencies']);

function notesOf(
  input: PlanInput,
  machines: ReadonlySet<string>,
  roots: readonly Generator[],
  closure: ReadonlySet<string>,
  status: (key: string) => Status,
): PlanNote[] {
  const opaque = input.opaque
    .filter(({ machine }) => machines.has(machine))
    .map(({ machine, expression }) => ({
      generator: null,
      machine,
      message: `Machine ${machine} has generators whose names only Nix can tell: ${expression}. They are left out.`,
    }));
  const undecided = roots
    .filter(one => !closure.has(one.key) && status(one.key).reason === null)
    .flatMap(({ name, machines: [machine = ''], unknown }) => {
      const part = unknown.find(one => DECIDING.has(one.part));
      if (part === undefined) return [];
      const message = `Whether generator "${name}" (machine ${machine}) is complete, only Nix can tell: ${part.part} = ${part.expression}. It is left as it is.`;
      return [{ generator: name, machine, message }];
    });
  return [...opaque, ...undecided];
}
