/**
 * Turns the fleet's model into the input for plans: the declarations of every machine, with the expressions
 * that only Nix can evaluate, and the recipe for running each generator. Pure; reads only the model and the
 * texts it refers to.
 *
 * A partly known generator keeps its unknown parts; they are never guessed.
 */
import {
  type Asked,
  createElsewhere,
  mayBeOfClan,
  mayHaveGenerator,
} from '../../fleet/elsewhere/elsewhere.ts';
import type { Fleet } from '../../fleet/model/fleet.ts';
import type { Generator, GeneratorBody, GeneratorScript } from '../../fleet/model/generators.ts';
import type { ClanGenerator } from '../../fleet/model/services.ts';
import { byText } from '../../std.ts';
import { type Violation, violationsIn } from './constraints.ts';
import { type BodyReader, bodyReader, expressionsIn, type Parts } from './declared-parts.ts';
import type { Declaration } from './generators.ts';
import type { RefusedFile, Uncertain } from './plan.ts';
import type { Recipe } from './recipe.ts';

export interface Declared {
  /** In fleet order. */
  readonly machines: readonly string[];
  /** False if there may be machines that are not listed. */
  readonly machinesComplete: boolean;
  readonly declarations: readonly Declaration[];
  readonly uncertain: readonly Uncertain[];
  /** Machines that may have unknown generators. */
  readonly incomplete: readonly string[];
  /** Those of them that Nix was asked about and does not evaluate. */
  readonly unevaluated: readonly string[];
  /** Files that Nix rejects; their declarations are read as far as possible. */
  readonly refused: readonly RefusedFile[];
  readonly violations: readonly Violation[];
  /** Returns how to run a fully known generator of a machine, or null. */
  recipe(machine: string, name: string): Recipe | null;
  /** Returns the generator's script as written, or null if there is none. */
  script(machine: string, name: string): GeneratorScript | null;
}

/**
 * Reads the declarations of every machine.
 *
 * @param textOf returns the source of a workspace file
 */
export function declarationsOf(fleet: Fleet, textOf: (file: string) => string | null): Declared {
  const machines = fleet.machines.map(machine => machine.name);
  const reader = bodyReader(expressionsIn(textOf));
  const generators = new Map(fleet.generators.map(generator => [generator.name, generator]));
  const isEvaluated = (machine: string) => fleet.nix?.isEvaluated(machine) === true;
  const certain = fleet.clanGenerators
    .filter(({ certain, isPattern }) => certain && !isPattern)
    .flatMap(generator => besideDeclared(generator, generators.get(generator.name)));
  const [evaluated, others] = splitByMachine(certain, isEvaluated);
  const ofServices = others.filter(isMentioned);
  const whollyKnown = new Set(ofServices.filter(generator => isWhollyKnown(generator, reader)));
  const bodies = bodiesIn([...fleet.generators.filter(isNamed), ...evaluated, ...whollyKnown], machines);
  const uncertain = [
    ...uncertainIn(fleet),
    ...ofServices.filter(generator => !whollyKnown.has(generator)).map(uncertainClanGenerator),
  ];
  const elsewhere = createElsewhere(fleet);
  const askedFor = (name: string): Asked => ({ name, declared: listed(generators.get(name)) });
  // A service may provide a generator of this name to further machines.
  const isAddedTo = (machine: string, { name, machines: having }: Generator) =>
    having?.includes(machine) !== true && mayBeOfClan(elsewhere, askedFor(name), machine);
  const complete = new Set(
    fleet.generators
      .filter(
        generator =>
          fleet.machinesComplete &&
          generator.machinesComplete &&
          !machines.some(machine => isAddedTo(machine, generator)),
      )
      .map(({ name }) => name),
  );
  const incomplete = machines.filter(elsewhere.isOpen);
  return {
    machines,
    machinesComplete: fleet.machinesComplete,
    uncertain,
    incomplete,
    unevaluated: incomplete.filter(machine => isAsked(fleet, machine)),
    refused: fleet.faults
      .filter(({ reach, syntax, refused }) => reach === 'certain' && (syntax !== null || refused.length > 0))
      .map(({ file, machines: those }) => ({ file, machines: those })),
    violations: violationsIn(fleet),
    declarations: [...bodies].flatMap(([machine, machineBodies]) =>
      // Clan sorts them by name.
      [...machineBodies].sort(byText(([name]) => name)).map(([name, body]) => ({
        machine,
        name,
        machinesComplete: complete.has(name),
        ...withKnownDependencies(
          asNixSays(
            isEvaluated(machine),
            withCause(fleet, reader, { machine, generator: generators.get(name) }, reader.parts(body)),
          ),
          dependency =>
            machineBodies.has(dependency) || !mayHaveGenerator(elsewhere, askedFor(dependency), machine),
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

/** Core modules are on every machine, so it need not be mentioned that Nix provides their generators. */
function isMentioned({ service }: ClanGenerator): boolean {
  return service !== null;
}

/** Returns the generators on the machines that Nix evaluated, which has told all of them, and on others. */
function splitByMachine(
  generators: readonly ClanGenerator[],
  isEvaluated: (machine: string) => boolean,
): readonly [ClanGenerator[], ClanGenerator[]] {
  const on = (isThere: (machine: string) => boolean) =>
    generators.flatMap(generator => {
      const machines = generator.machines?.filter(isThere) ?? [];
      return machines.length === 0 ? [] : [{ ...generator, machines }];
    });
  const unplaced = generators.filter(({ machines }) => machines === null || machines.length === 0);
  return [on(isEvaluated), [...on(machine => !isEvaluated(machine)), ...unplaced]];
}

/** Returns the service's generator on the machines where the fleet does not declare it. */
function besideDeclared(generator: ClanGenerator, declared: Generator | undefined): ClanGenerator[] {
  if (declared === undefined) return [generator];
  const has = new Set(declared.machines);
  const machines = generator.machines?.filter(machine => !has.has(machine)) ?? [];
  return machines.length === 0 ? [] : [{ ...generator, machines }];
}

/**
 * Returns whether the clan-core version that provides the generator is known, with everything that a run needs.
 */
function isWhollyKnown({ machines, bodyOn }: ClanGenerator, reader: BodyReader): boolean {
  return machines?.every(machine => reader.parts(bodyOn(machine)).unknown.length === 0) === true;
}

function uncertainClanGenerator({ name, machines, service }: ClanGenerator): Uncertain {
  return { name, machines, expression: service ?? 'clan-core', isFromClan: true };
}

/** Returns the generators for which only Nix can determine the machines or even the name. */
function uncertainIn(fleet: Fleet): Uncertain[] {
  const uncertain: Uncertain[] = [];
  for (const { name, nameKind, machines } of fleet.generators) {
    // A generator without machines leaves nothing uncertain.
    if (machines?.length === 0) continue;
    if (nameKind === 'pattern') uncertain.push({ name: null, machines, expression: name, isFromClan: false });
    else if (machines === null) uncertain.push({ name, machines, expression: name, isFromClan: false });
  }
  return uncertain;
}

/**
 * Attributes unknown parts to their cause: if an unknown module decides which definitions a machine has, the
 * cause is that module rather than the definitions.
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
  if (definitions.length < 2 || generator.certainBodyOn(machine) !== null) return parts;
  const inside = new Set(
    definitions.flatMap(definition => reader.parts(definition.body()).unknown.map(({ part }) => part)),
  );
  const cause = `which of its ${definitions.length} definitions machine ${machine} has depends on ${reader.expressionAt(gap.at)}`;
  return {
    ...parts,
    unknown: parts.unknown.map(part => (inside.has(part.part) ? part : { ...part, expression: cause })),
  };
}

/** Returns whether Nix was asked about the machine, whatever came of it. */
function isAsked({ nix }: Fleet, machine: string): boolean {
  return nix?.answer.machines.some(({ name }) => name === machine) === true;
}

/** On a machine that Nix evaluates, what is unknown all the same is what it refuses. */
function asNixSays(isEvaluated: boolean, parts: Parts): Parts {
  if (!isEvaluated || parts.unknown.length === 0) return parts;
  return { ...parts, unknown: parts.unknown.map(part => ({ ...part, isRefused: true })) };
}

function listed(generator: Generator | undefined): readonly Generator[] {
  return generator === undefined ? [] : [generator];
}

/** Moves dependencies without a known generator to the unknown parts, because only Nix can resolve them. */
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
