/**
 * From the fleet's model to what the plan is made from: what every machine declares, with the expressions that only
 * Nix can tell, and the recipe that a generator is run by. Pure; reads nothing but the model and the texts it points to.
 *
 * A generator that is not wholly known is handed on with its unknown parts, never with guesses in their place.
 */
import {
  type Asked,
  createElsewhere,
  mayBeBrought,
  mayHaveGenerator,
} from '../../fleet/elsewhere/elsewhere.ts';
import type { Fleet } from '../../fleet/model/fleet.ts';
import type { Generator, GeneratorBody, GeneratorScript } from '../../fleet/model/generators.ts';
import type { BroughtGenerator } from '../../fleet/model/services.ts';
import { byText } from '../../std.ts';
import { type Violation, violationsIn } from './constraints.ts';
import { type BodyReader, bodyReader, expressionsIn, type Parts } from './declared-parts.ts';
import type { Declaration } from './generators.ts';
import type { RefusedFile, Uncertain } from './plan.ts';
import type { Recipe } from './recipe.ts';

export interface Declared {
  /** In the order of the fleet. */
  readonly machines: readonly string[];
  /** False if there may be machines that are not listed. */
  readonly machinesComplete: boolean;
  readonly declarations: readonly Declaration[];
  readonly uncertain: readonly Uncertain[];
  /** Machines that may have generators which are nowhere to be seen. */
  readonly incomplete: readonly string[];
  /** Files that Nix refuses; what they declare is read as far as it can be. */
  readonly refused: readonly RefusedFile[];
  readonly violations: readonly Violation[];
  /** How a generator is run that a machine declares and of which nothing is unknown. */
  recipe(machine: string, name: string): Recipe | null;
  /** Its script as it is written; null where there is none. */
  script(machine: string, name: string): GeneratorScript | null;
}

/**
 * Reads what every machine declares.
 *
 * @param textOf the source of a file of the workspace
 */
export function declarationsOf(fleet: Fleet, textOf: (file: string) => string | null): Declared {
  const machines = fleet.machines.map(machine => machine.name);
  const reader = bodyReader(expressionsIn(textOf));
  const generators = new Map(fleet.generators.map(generator => [generator.name, generator]));
  const certain = fleet.brought
    .filter(isPlanned)
    .flatMap(brought => besideDeclared(brought, generators.get(brought.name)));
  const known = new Set(certain.filter(brought => isWhollyKnown(brought, reader)));
  const bodies = bodiesIn([...fleet.generators.filter(isNamed), ...known], machines);
  const uncertain = [
    ...uncertainIn(fleet),
    ...certain.filter(brought => !known.has(brought)).map(uncertainBrought),
  ];
  const elsewhere = createElsewhere(fleet);
  const askedFor = (name: string): Asked => ({ name, declared: listed(generators.get(name)) });
  // A service may bring a generator of the name to further machines.
  const isBroughtTo = (machine: string, { name, machines: having }: Generator) =>
    having?.includes(machine) !== true && mayBeBrought(elsewhere, askedFor(name), machine);
  const complete = new Set(
    fleet.generators
      .filter(
        generator =>
          fleet.machinesComplete &&
          generator.machinesComplete &&
          !machines.some(machine => isBroughtTo(machine, generator)),
      )
      .map(({ name }) => name),
  );
  const incomplete = machines.filter(elsewhere.isOpen);
  return {
    machines,
    machinesComplete: fleet.machinesComplete,
    uncertain,
    incomplete,
    refused: fleet.faults
      .filter(({ reach, syntax, refused }) => reach === 'certain' && (syntax !== null || refused.length > 0))
      .map(({ file, machines: those }) => ({ file, machines: those })),
    violations: violationsIn(fleet),
    declarations: [...bodies].flatMap(([machine, own]) =>
      // Clan has them in the order of their names.
      [...own].sort(byText(([name]) => name)).map(([name, body]) => ({
        machine,
        name,
        machinesComplete: complete.has(name),
        ...withKnownDependencies(
          withCause(fleet, reader, { machine, generator: generators.get(name) }, reader.parts(body)),
          dependency => own.has(dependency) || !mayHaveGenerator(elsewhere, askedFor(dependency), machine),
        ),
      })),
    ),
    recipe(machine, name) {
      const body = bodies.get(machine)?.get(name);
      return body === undefined ? null : reader.recipe(body);
    },
    script: (machine, name) => bodies.get(machine)?.get(name)?.script ?? null,
  };
}

/** Returns the bodies of the generators that machines are known to have, by machine and name. */
function bodiesIn(
  generators: readonly Pick<Generator, 'name' | 'machines' | 'bodyOn'>[],
  machines: readonly string[],
): Map<string, Map<string, GeneratorBody>> {
  const bodies = new Map(machines.map(name => [name, new Map<string, GeneratorBody>()]));
  for (const { name, machines: having, bodyOn } of generators)
    for (const machine of having ?? []) bodies.get(machine)?.set(name, bodyOn(machine));
  return bodies;
}

function isNamed({ nameKind }: Generator): boolean {
  return nameKind !== 'pattern';
}

function isPlanned({ certain, isPattern, service }: BroughtGenerator): boolean {
  // Core modules are on every machine: that Nix makes what they need goes without saying.
  return certain && !isPattern && service !== null;
}

/** What the fleet declares on some machines, the service may bring to others. */
function besideDeclared(brought: BroughtGenerator, declared: Generator | undefined): BroughtGenerator[] {
  if (declared === undefined) return [brought];
  const has = new Set(declared.machines);
  const machines = brought.machines?.filter(machine => !has.has(machine)) ?? [];
  return machines.length === 0 ? [] : [{ ...brought, machines }];
}

/** Returns whether the clan-core is known that brings it, and everything that a run needs of it. */
function isWhollyKnown({ machines, bodyOn }: BroughtGenerator, reader: BodyReader): boolean {
  return machines?.every(machine => reader.parts(bodyOn(machine)).unknown.length === 0) === true;
}

function uncertainBrought({ name, machines, service }: BroughtGenerator): Uncertain {
  return { name, machines, expression: service ?? 'clan-core', isBrought: true };
}

/** Returns the generators of which only Nix can tell who has them, or even their names. */
function uncertainIn(fleet: Fleet): Uncertain[] {
  const uncertain: Uncertain[] = [];
  for (const { name, nameKind, machines } of fleet.generators) {
    // Of what nobody has nothing is uncertain.
    if (machines?.length === 0) continue;
    if (nameKind === 'pattern') uncertain.push({ name: null, machines, expression: name, isBrought: false });
    else if (machines === null) uncertain.push({ name, machines, expression: name, isBrought: false });
  }
  return uncertain;
}

/**
 * Names the cause of unknown parts: where a module that is not known decides which definitions a machine has, it is that
 * module, and nothing that the definitions say.
 */
function withCause(
  fleet: Fleet,
  reader: BodyReader,
  { machine, generator }: { readonly machine: string; readonly generator: Generator | undefined },
  parts: Parts,
): Parts {
  const gap = fleet.modules.get(machine)?.gaps[0];
  if (parts.unknown.length === 0 || generator === undefined || gap === undefined) return parts;
  const { definitions } = generator;
  if (definitions.length < 2 || generator.settledOn(machine) !== null) return parts;
  const inside = new Set(
    definitions.flatMap(definition => reader.parts(definition.body()).unknown.map(({ part }) => part)),
  );
  const cause = `which of its ${definitions.length} definitions machine ${machine} has depends on ${reader.expressionAt(gap.at)}`;
  return {
    ...parts,
    unknown: parts.unknown.map(part => (inside.has(part.part) ? part : { ...part, expression: cause })),
  };
}

function listed(generator: Generator | undefined): readonly Generator[] {
  return generator === undefined ? [] : [generator];
}

/** A dependency that may be there unseen is one that only Nix can follow. */
function withKnownDependencies(parts: Parts, isKnown: (name: string) => boolean): Parts {
  if (parts.dependencies.every(isKnown)) return parts;
  const unseen = parts.dependencies.filter(name => !isKnown(name));
  return {
    ...parts,
    dependencies: parts.dependencies.filter(isKnown),
    unknown: [
      ...parts.unknown,
      ...unseen.map(name => ({ part: 'dependencies' as const, expression: `"${name}"` })),
    ],
  };
}
