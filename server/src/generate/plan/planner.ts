/**
 * Plans a run before anything is executed: which generators run, in which order and why, and everything that
 * would make the run fail. Pure: uses declarations and what is stored.
 *
 * Source: clan-core d7c35d912, clan_lib/vars/generate.py. Where clan fails in the middle of a run or loses a
 * value, the plan has a problem instead.
 */
import { exact } from '../../nix/exact.ts';
import type { StoredLookups } from '../../store/vars/stored-lookups.ts';
import { graphOf, missingClosure, orderOf, requestedClosure, withDependents } from './closures.ts';
import { DECIDING } from './generator-tally.ts';
import { chosen, type Generator, joinGenerators } from './generators.ts';
import { unseenNotes } from './open-questions.ts';
import type { Plan, PlanInput, PlanNote, PlanRequest, PlanStep, Status } from './plan.ts';
import { partsText, whereOf } from './plan-words.ts';
import { problemsOf, requestProblems } from './problems.ts';

export function planRun(input: PlanInput, request: PlanRequest): Plan {
  const generators = joinGenerators(input.declarations);
  const machines = new Set(request.machines.length === 0 ? input.machines : request.machines);
  const roots = chosen(generators, request);
  const status = statusOf(generators.all, input);
  const complete = (key: string) => status(key).reason === null;
  const lookups = { complete, begun: (key: string) => complete(key) || status(key).present.length > 0 };

  const graph = graphOf(generators.all);
  const everything = request.generators.length > 0 || request.regenerate;
  const rootKeys = new Set(roots.map(root => root.key));
  const closure = everything
    ? requestedClosure(graph, rootKeys, lookups)
    : missingClosure(graph, rootKeys, lookups);
  const { sorted, cycle } = orderOf(graph, closure);

  const skipped = request.skipUnknown === true ? withDependents(graph, unknownIn(sorted)) : new Set<string>();
  const steps = sorted.flatMap((generator): PlanStep[] => {
    if (skipped.has(generator.key)) return [];
    // It has nothing to generate, so running it could only fail.
    if (generator.files.length === 0 && !generator.unknown.some(gap => gap.part === 'files')) return [];
    const { reason, older, missing, present } = status(generator.key);
    const why = reason ?? (everything && rootKeys.has(generator.key) ? 'requested' : 'dependent');
    return [{ generator, reason: why, older, missing, overwrites: present }];
  });

  return {
    steps,
    problems: [
      ...requestProblems(input, request, generators),
      ...(input.violations ?? []).map(violation => ({
        kind: 'constraint' as const,
        generator: null,
        ...violation,
      })),
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
  return generators.filter(generator => generator.unknown.length > 0).map(generator => generator.key);
}

function statusOf(
  all: ReadonlyMap<string, Generator>,
  { stored, stale }: PlanInput,
): (key: string) => Status {
  const statuses = new Map<string, Status>();
  return key => {
    const before = statuses.get(key);
    if (before !== undefined) return before;
    const generator = all.get(key);
    const status =
      generator === undefined
        ? { reason: null, older: [], missing: [], present: [] }
        : statusIn(stored, generator, stale?.get(key));
    statuses.set(key, status);
    return status;
  };
}

/**
 * Returns which values of a generator exist, and why it would run by itself.
 *
 * @param noted the inputs set since, or undefined if nothing is noted
 */
export function statusIn(stored: StoredLookups, generator: Generator, noted?: readonly string[]): Status {
  const missing: string[] = [];
  const present: string[] = [];
  for (const { name, secret } of generator.files)
    (stored.has(generator.key, name, secret) ? present : missing).push(name);
  const lists = { older: [], missing: exact(missing.sort()), present: exact(present.sort()) };
  if (missing.length > 0) return { reason: 'missing', ...lists };
  // Without files nothing can be outdated, and no hash is ever stored.
  const isHashed = present.length > 0 && !generator.unknown.some(gap => gap.part === 'validation');
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
    .filter(root => !closure.has(root.key) && status(root.key).reason === null)
    .flatMap(generator => {
      const part = generator.unknown.find(gap => DECIDING.has(gap.part));
      // Nothing can be done here about a generator that only Nix can run.
      if (part === undefined || generator.unknown.some(gap => gap.part === 'script')) return [];
      return [
        {
          generator: generator.name,
          machines: generator.machines,
          message: `Whether generator "${generator.name}" (${whereOf(generator)}) is complete cannot be determined${part.isRefused ? `, as Nix does not evaluate its ${part.part}` : ` without Nix: ${part.part} = ${part.expression}`}. It is left unchanged.`,
        },
      ];
    });
}

function skippedNotes(sorted: readonly Generator[], skipped: ReadonlySet<string>): PlanNote[] {
  return sorted
    .filter(generator => skipped.has(generator.key))
    .map(generator => {
      const [part] = partsText(generator.unknown);
      const why = part === undefined ? 'it depends on a generator that needs Nix' : `it needs Nix: ${part}`;
      return {
        generator: generator.name,
        machines: generator.machines,
        message: `Generator "${generator.name}" (${whereOf(generator)}) is left out: ${why}.`,
      };
    });
}
