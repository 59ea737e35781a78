/**
 * Finds what would make a run fail before it starts, and says what to do. Pure.
 *
 * Source of the failures: clan-core d7c35d912, clan_lib/vars/{generate,generator}.py, which finds most of them
 * in the middle of a run.
 */
import { chosen, type Disagreement, type Generator, type Generators } from './generators.ts';
import type { PlanInput, PlanProblem, PlanRequest, PlanStep } from './plan.ts';
import { listed, needText, partsText, whereOf } from './plan-words.ts';

/**
 * Returns whether the problem is that a requested name does not exist, rather than a mistake in the
 * declarations.
 */
export function isOfRequest({ kind }: PlanProblem): boolean {
  return kind === 'unknown-machine' || kind === 'unknown-generator';
}

/** Returns the problems of requested names that do not exist. */
export function requestProblems(
  input: PlanInput,
  request: PlanRequest,
  generators: Generators,
): PlanProblem[] {
  const fleet = new Set(input.machines);
  const strangers = request.machines.filter(machine => !fleet.has(machine));
  const machines = request.machines.length === 0 ? input.machines : request.machines;
  const absent = request.generators.filter(
    name => chosen(generators, { machines: request.machines, generators: [name] }).length === 0,
  );
  return [
    ...strangers.map(machine => ({
      kind: 'unknown-machine' as const,
      generator: null,
      machines: [machine],
      message: `There is no machine "${machine}".`,
    })),
    ...absent.map(name => absentProblem(input, machines, name)),
  ];
}

/** Returns the problem of a missing name, which is only certain if all generators of the machines are known. */
function absentProblem(input: PlanInput, machines: readonly string[], name: string): PlanProblem {
  const about = { generator: name, machines };
  const uncertain = input.uncertain.find(candidate => candidate.name === name);
  if (uncertain !== undefined)
    return {
      kind: 'needs-nix',
      ...about,
      message: uncertain.isFromClan
        ? `Generator "${name}" is one of clan-core's own and needs Nix: use "clan vars generate" for it.`
        : `Generator "${name}" needs Nix: which machines have it cannot be determined by reading.`,
    };
  const mayBe =
    input.incomplete.some(machine => machines.includes(machine)) ||
    input.uncertain.some(
      candidate =>
        candidate.name === null && (candidate.machines?.some(machine => machines.includes(machine)) ?? true),
    );
  return {
    kind: 'unknown-generator',
    ...about,
    message: mayBe
      ? `There is no generator "${name}" on ${listed(machines)}, as far as can be determined without Nix.`
      : `There is no generator "${name}" on ${listed(machines)}.`,
  };
}

export interface SelectedSteps {
  readonly generators: Generators;
  readonly steps: readonly PlanStep[];
  readonly cycle: readonly string[] | null;
  readonly roots: ReadonlySet<string>;
  missingFiles(key: string): readonly string[];
}

export function problemsOf(input: SelectedSteps): PlanProblem[] {
  const { generators, steps, cycle, roots } = input;
  const running = new Set(steps.map(step => step.generator.key));
  const concerned = (key: string) => running.has(key) || roots.has(key);
  return [
    ...(cycle === null ? [] : [cycleProblem(generators, cycle)]),
    ...generators.disagreements.filter(disagreement => concerned(disagreement.key)).map(differingProblem),
    ...mixedProblems(generators, steps),
    ...steps.flatMap(({ generator }) => [
      ...partsText(generator.unknown).map(parts => ({
        kind: 'needs-nix' as const,
        generator: generator.name,
        machines: generator.machines,
        message: `Generator "${generator.name}" (${whereOf(generator)})${needText(parts, generator.unknown)}.`,
      })),
      ...dependencyProblems(input, generator, running),
    ]),
  ];
}

function cycleProblem(generators: Generators, cycle: readonly string[]): PlanProblem {
  const members = cycle.flatMap(key => generators.all.get(key) ?? []);
  const names = members.map(member => member.name);
  return {
    kind: 'cycle',
    generator: names[0] ?? null,
    machines: [...new Set(members.flatMap(member => member.machines))],
    message:
      names.length === 2
        ? `Generator "${names[0]}" depends on itself.`
        : `Generators depend on each other in a cycle: ${names.join(' → ')}.`,
  };
}

function differingProblem({ name, machines, parts }: Disagreement): PlanProblem {
  const [a, b] = machines;
  return {
    kind: 'differing-definitions',
    generator: name,
    machines,
    message: `Machines ${a} and ${b} define the shared generator "${name}" differently (they differ in: ${parts.join(', ')}). A shared generator runs once for all, so they must agree.`,
  };
}

/**
 * Returns the problems of generators that are both shared and per machine: storing either value removes the
 * other.
 */
function mixedProblems(generators: Generators, steps: readonly PlanStep[]): PlanProblem[] {
  const names = new Set(steps.map(step => step.generator.name));
  const placements = new Map<string, { shared: Generator | null; own: Generator[] }>();
  for (const generator of generators.all.values()) {
    if (!names.has(generator.name)) continue;
    const both = placements.get(generator.name) ?? { shared: null, own: [] };
    if (generator.machine === null) both.shared = generator;
    else both.own.push(generator);
    placements.set(generator.name, both);
  }
  return [...placements].flatMap(([name, { shared, own }]) => {
    const other = own[0];
    if (shared === null || other === undefined) return [];
    return [
      {
        kind: 'mixed-share' as const,
        generator: name,
        machines: [...shared.machines, ...own.flatMap(generator => generator.machines)],
        message: `Generator "${name}" is shared on ${listed(shared.machines)} and per machine on ${listed(own.flatMap(generator => generator.machines))}. Storing one would delete the other's values: give it the same "share" everywhere, or two names.`,
      },
    ];
  });
}

function dependencyProblems(
  { generators, missingFiles }: SelectedSteps,
  generator: Generator,
  running: ReadonlySet<string>,
): PlanProblem[] {
  const about = { generator: generator.name, machines: generator.machines };
  return generator.dependencies.flatMap((dependency): PlanProblem[] => {
    const declared = generator.machines.flatMap(machine => generators.on(machine, dependency.name) ?? []);
    const target = declared.find(other => other.key === dependency.key) ?? declared[0];
    if (target === undefined)
      return [
        {
          kind: 'unknown-dependency',
          ...about,
          message: unknownDependency(generators, generator, dependency.name),
        },
      ];
    if (generator.machine === null && target.machine !== null)
      return [
        {
          kind: 'shared-on-per-machine',
          ...about,
          message: `Generator "${generator.name}" is shared and depends on "${target.name}", which is per machine (${target.machine}): which machine's values it should get is undefined. Make "${target.name}" shared too, or "${generator.name}" per machine.`,
        },
      ];
    const missing = missingFiles(target.key);
    if (running.has(target.key) || missing.length === 0) return [];
    return [
      {
        kind: 'missing-dependency',
        ...about,
        message: `Generator "${generator.name}" needs ${listed(missing.map(file => `${target.name}/${file}`))}, which ${missing.length === 1 ? 'does' : 'do'} not exist and ${missing.length === 1 ? 'is' : 'are'} not part of this run. Generate "${target.name}" (${whereOf(target)}) too.`,
      },
    ];
  });
}

function unknownDependency(generators: Generators, generator: Generator, name: string): string {
  const start = `Generator "${generator.name}" (${whereOf(generator)}) depends on "${name}", but "${name}" was not found.`;
  const elsewhere = generators.all.get(`shared/${name}`);
  return elsewhere === undefined
    ? `${start} Define it on ${listed(generator.machines)}.`
    : `${start} It is shared and defined on ${listed(elsewhere.machines)} only: define it on ${listed(generator.machines)} too.`;
}
