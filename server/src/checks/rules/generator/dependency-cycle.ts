/** generator/dependency-cycle: generators that wait for each other. */

import type { Generator } from '../../../fleet/model/generators.ts';
import type { Known } from '../../../nix/places.ts';
import { placeIdentity } from '../../../nix/places.ts';
import { possibleMachines } from '../../facts/fleet-facts.ts';
import {
  type DependencyFacts,
  dependencyFacts,
  namedDependencies,
} from '../../facts/generator/dependency-targets.ts';
import type { Report, Rule } from '../../rule.ts';

function generatorText(name: string, dependency: string, mark = ''): string {
  return `\
  clan.core.vars.generators.${name} = {
    dependencies = [ "${dependency}" ];
${mark}    files.key = { };
    script = ''
      sha256sum "$in/${dependency}/key" | cut -d " " -f 1 > "$out/key"
    '';
  };
`;
}

export const dependencyCycle: Rule = {
  id: 'generator/dependency-cycle',
  severity: 'error',
  summary: 'Generators depend on each other in a cycle',
  documentation: `\
A generator depends on itself, directly or through others: none of them can run first. Every \`clan vars generate\` that
has to run one of them ends with a traceback, \`graphlib.CycleError: nodes are in a cycle\`.

Break the cycle: what a generator made in an earlier run is never in its \`$in\`, so a dependency on itself has no use.
Move what two generators need from each other into a third one, or merge the two.

Reported where the dependencies of all members are fully known.

Source: clan-core d7c35d912, clan_lib/vars/graph.py.`,
  examples: () => ({
    bad: [
      {
        title: 'Two that wait for each other',
        files: {
          'modules/keys.nix': `\
{
${generatorText('inner', 'outer', `    #                ^^^^^^^ generator/dependency-cycle: inner → outer → inner\n`)}${generatorText('outer', 'inner')}}
`,
        },
      },
      {
        title: 'One that waits for itself',
        files: {
          'modules/key.nix': `\
{
${generatorText('key', 'key', `    #                ^^^^^ generator/dependency-cycle: depends on itself\n`)}}
`,
        },
      },
    ],
    good: [
      {
        title: 'A chain',
        files: {
          'modules/keys.nix': `\
{
${generatorText('inner', 'outer')}  clan.core.vars.generators.outer = {
    files.key = { };
    script = ''
      head -c 32 /dev/urandom | base64 > "$out/key"
    '';
  };
}
`,
        },
      },
    ],
  }),
  check: function* ({ fleet }) {
    for (const cycle of cyclesOf(dependencyFacts(fleet))) yield reportOf(cycle);
  },
};

/** One step of a cycle: a generator and its dependency on the next. */
interface Step {
  readonly name: string;
  readonly dependency: Known<string>;
}

/** Returns whether a machine may have all generators of a cycle. Shared generators count for every machine. */
function mayMeet({ declared }: DependencyFacts, cycle: readonly Step[]): boolean {
  let common: readonly string[] | null = null;
  for (const { name } of cycle)
    for (const generator of declared.get(name) ?? []) {
      const machines = possibleMachines(generator);
      if (generator.body().share === true || machines.length === 0) continue;
      const there: ReadonlySet<string> = new Set(machines);
      common = (common ?? machines).filter(machine => there.has(machine));
    }
  return common === null || common.length > 0;
}

type Edges = ReadonlyMap<string, readonly Known<string>[]>;

/**
 * Returns one cycle per group of connected generators: first for the whole fleet, then for machines about which
 * more is known.
 */
function cyclesOf(facts: DependencyFacts): Step[][] {
  const cycles: Step[][] = [];
  const seen = new Set<string>();
  for (const edges of edgeSets(facts))
    for (const cycle of cyclesIn(edges)) {
      if (!mayMeet(facts, cycle)) continue;
      const key = cycle
        .map(({ name, dependency }) => `${name} ${placeIdentity(dependency.at)}`)
        .sort()
        .join('\0');
      if (seen.has(key) || cycles.length >= MOST) continue;
      seen.add(key);
      cycles.push(cycle);
    }
  return cycles;
}

/**
 * Yields the dependencies between generators: first those that are the same on all machines, then those of
 * machines with different ones.
 */
function* edgeSets({ declared, mayBeElsewhere }: DependencyFacts): Iterable<Edges> {
  const anywhere = new Map<string, readonly Known<string>[]>();
  const everywhere = new Map<string, readonly Known<string>[]>();
  const differing: Generator[] = [];
  for (const [name, [generator, ...others]] of declared) {
    // Another generator of this name may depend on nothing.
    if (generator === undefined || others.length > 0) continue;
    const bodies = generator.bodies();
    addEdges(anywhere, name, bodies.flatMap(namedDependencies));
    const machines = possibleMachines(generator);
    const isToldApart = bodies.length > 1 && machines.length > 0;
    if (isToldApart || !generator.body().complete.dependencies) differing.push(generator);
    else if (!mayBeElsewhere(name, machines)) addEdges(everywhere, name, namedDependencies(generator.body()));
  }
  // Nearly always there is none, even of all machines taken together.
  if (cyclesIn(anywhere).length === 0) return;
  yield everywhere;
  const machines = differing.flatMap(possibleMachines);
  for (const machine of [...new Set(machines)].slice(0, MOST)) {
    const edges = new Map([...everywhere].filter(([name]) => mayBeOn(declared.get(name) ?? [], machine)));
    for (const generator of differing) {
      const body = generator.bodyOn(machine);
      if (body.complete.dependencies && !mayBeElsewhere(generator.name, [machine]))
        addEdges(edges, generator.name, namedDependencies(body));
    }
    yield edges;
  }
}

/** Returns whether one of the generators may be on the machine; of one that no machine is known to have, nobody knows. */
function mayBeOn(generators: readonly Generator[], machine: string): boolean {
  return generators.some(generator => {
    const machines = possibleMachines(generator);
    return machines.length === 0 || machines.includes(machine) || generator.body().share === true;
  });
}

function addEdges(
  edges: Map<string, readonly Known<string>[]>,
  name: string,
  dependencies: readonly Known<string>[],
): void {
  if (dependencies.length > 0) edges.set(name, dependencies);
}

function cyclesIn(edges: Edges): Step[][] {
  const cycles: Step[][] = [];
  const done = new Set<string>();
  const path: Step[] = [];
  const onPath = new Map<string, number>();

  function visit(name: string): void {
    if (done.has(name)) return;
    onPath.set(name, path.length);
    for (const dependency of edges.get(name) ?? []) {
      const start = onPath.get(dependency.value);
      if (start !== undefined) {
        if (cycles.length < MOST) cycles.push([...path.slice(start), { name, dependency }]);
        continue;
      }
      path.push({ name, dependency });
      visit(dependency.value);
      path.pop();
    }
    onPath.delete(name);
    done.add(name);
  }

  for (const name of [...edges.keys()].sort()) visit(name);
  return cycles;
}

/** The maximum number of cycles to report, and of machines to inspect. */
const MOST = 50;

function reportOf(cycle: readonly Step[]): Report {
  const [first] = cycle as [Step, ...Step[]];
  const names = cycle.map(step => step.name);
  return {
    at: first.dependency.at,
    message:
      names.length === 1
        ? `The generator "${first.name}" depends on itself: it can never run, and its own files are never in $in. Delete the dependency.`
        : `These generators depend on each other in a cycle: ${[...names, first.name].join(' → ')}. None of them can run first.`,
    related: cycle.slice(1).map(({ name, dependency }) => ({
      at: dependency.at,
      message: `"${name}" depends on "${dependency.value}".`,
    })),
  };
}
