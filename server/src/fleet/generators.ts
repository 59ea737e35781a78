/**
 * Joins the definitions of all files to generators: one a name, whatever the number of modules that add to it.
 */
import type { Fleet, Generator, GeneratorBody, GeneratorDefinition, GeneratorFile, Unit } from './model.ts';
import { placeKey } from './places.ts';

type Machines = Map<string, Set<string>>;

export function mergeGenerators(
  units: ReadonlyMap<string, Unit>,
  registries: Fleet['registries'],
  matrices: Fleet['matrices'],
): Generator[] {
  const byName = new Map<string, Map<string, GeneratorDefinition>>();
  for (const unit of units.values())
    for (const definition of unit.definitions) {
      const known = byName.get(definition.name);
      const key = placeKey(definition.at);
      if (known === undefined) byName.set(definition.name, new Map([[key, definition]]));
      else if (!known.has(key)) known.set(key, definition);
    }
  const machines = machinesByGenerator(units, registries, matrices);
  return [...byName.entries()]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, definitions]) => generator(name, [...definitions.values()], machines));
}

/** Machines that get a generator through a registry assignment: the only way that is certain so far. */
function machinesByGenerator(
  units: ReadonlyMap<string, Unit>,
  registries: Fleet['registries'],
  matrices: Fleet['matrices'],
): Machines {
  const found: Machines = new Map();
  const note = (name: string, machine: string) => {
    const known = found.get(name);
    if (known === undefined) found.set(name, new Set([machine]));
    else known.add(machine);
  };
  for (const unit of units.values())
    for (const assignment of unit.assignments)
      for (const machine of assignment.machines)
        for (const name of assignment.names ?? namesFromRows(machine, registries, matrices))
          note(name, machine);
  return found;
}

/** What a machine's row asks for, where the assignment itself could not be taken apart. */
function namesFromRows(
  machine: string,
  registries: Fleet['registries'],
  matrices: Fleet['matrices'],
): string[] {
  return matrices.flatMap(matrix => {
    const row = matrix.rows.find(one => one.machine === machine);
    const registry = registries.find(one => one.file === matrix.registry);
    if (row === undefined || registry === undefined) return [];
    const wanted = new Set(row.keys.map(key => key.key));
    return registry.keys.flatMap(key =>
      wanted.has(key.key) && key.generator !== null ? [key.generator.value] : [],
    );
  });
}

function generator(name: string, definitions: readonly GeneratorDefinition[], machines: Machines): Generator {
  const own = machines.get(name);
  let body: GeneratorBody | null = null;
  return {
    name,
    nameKind: definitions.some(one => one.nameKind === 'literal')
      ? 'literal'
      : (definitions[0]?.nameKind ?? 'pattern'),
    definitions,
    machines: own === undefined ? null : [...own].sort(),
    conditional: definitions.every(one => one.conditional),
    body() {
      body ??= mergeBodies(definitions.map(definition => definition.body()));
      return body;
    },
  };
}

/** Joins bodies as the module system does: sets merge, lists concatenate, the first single value stands. */
export function mergeBodies(bodies: readonly GeneratorBody[]): GeneratorBody {
  const [only, ...others] = bodies;
  if (only !== undefined && others.length === 0) return only;
  const files = new Map<string, GeneratorFile>();
  for (const body of bodies)
    for (const file of body.files) files.set(file.name, joinFiles(files.get(file.name), file));
  const prompts = new Map(bodies.flatMap(body => body.prompts.map(prompt => [prompt.name, prompt] as const)));
  const shares = bodies.map(body => body.share);
  return {
    completeness: bodies.every(body => body.completeness === 'full')
      ? 'full'
      : bodies.every(body => body.completeness === 'opaque')
        ? 'opaque'
        : 'partial',
    share: shares.includes(true) ? true : shares.includes(null) ? null : false,
    files: [...files.values()],
    prompts: [...prompts.values()],
    dependencies: bodies.flatMap(body => body.dependencies),
    runtimeInputs: [...new Set(bodies.flatMap(body => body.runtimeInputs))],
    script: bodies.find(body => body.script !== null)?.script ?? null,
    validation: bodies.find(body => body.validation !== undefined)?.validation,
  };
}

/** Options of a file set in two places: the one that differs from the default was set on purpose. */
function joinFiles(before: GeneratorFile | undefined, after: GeneratorFile): GeneratorFile {
  if (before === undefined) return after;
  const chosen = <T>(a: T | null, b: T | null, fallback: T): T | null => {
    if (a === null || b === null) return null;
    return a === fallback ? b : a;
  };
  return {
    ...before,
    secret: chosen(before.secret, after.secret, true),
    deploy: chosen(before.deploy, after.deploy, true),
    owner: chosen(before.owner, after.owner, 'root'),
    group: before.group ?? after.group,
    mode: chosen(before.mode, after.mode, '0400'),
    neededFor: chosen(before.neededFor, after.neededFor, 'services'),
    from: before.from === 'files' || after.from === 'files' ? 'files' : 'prompt',
  };
}
