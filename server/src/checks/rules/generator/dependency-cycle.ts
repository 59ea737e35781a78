/** generator/dependency-cycle: generators that wait for each other. */
import type { Known } from '../../../nix/places.ts';
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

Break the cycle: what a generator made in an earlier run is never in its \`$in\`, so a dependency on itself serves
nothing; and what two generators need of each other belongs into a third, or all into one.

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

/** One step of a cycle: the generator, and its dependency on the next one. */
interface Step {
  readonly name: string;
  readonly dependency: Known<string>;
}

/** One cycle for each knot of generators. */
function cyclesOf({ declared, mayBeElsewhere }: DependencyFacts): Step[][] {
  const edges = new Map<string, readonly Known<string>[]>();
  for (const [name, generators] of declared) {
    const [one] = generators;
    // What else has the name may depend on nothing.
    if (one === undefined || generators.length > 1 || !one.body().complete.dependencies) continue;
    const named = namedDependencies(one);
    if (named.length > 0 && !mayBeElsewhere(name, possibleMachines(one))) edges.set(name, named);
  }
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

/** More than anybody mends at a time. */
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
