/**
 * Joins Nix's answer into a fleet: unknowns are filled, lists are complete on the machines that Nix evaluated, and where the two differ,
 * Nix is right. Generators that only Nix knows are added, as the fleet's own if one of its files declares them.
 */

import { isCatalogueGenerator } from '../fleet/catalogue/catalogue.ts';
import type { Fleet } from '../fleet/model/fleet.ts';
import type { Generator, GeneratorBody } from '../fleet/model/generators.ts';
import type { EditsSince, NixAnswer, NixGenerator } from '../fleet/model/nix-answer.ts';
import type { ClanGenerator } from '../fleet/model/services.ts';
import { patternOf } from '../modules/name-patterns.ts';
import { placesIn, type TextOf } from '../nix/positions.ts';
import { addToList, groupBy, once, withLazy } from '../std.ts';
import { touchedBy } from './edits-since.ts';
import { agreedBody, filledBody, joinedBody, OPAQUE } from './join-body.ts';
import { createJoinMemo, type JoinMemo, remembered, rememberedFor, sameList } from './join-memo.ts';
import { joinedSecretFacts, joinedSecrets } from './join-secrets.ts';
import { type Joining, joinedMachines, joiningOf } from './joining.ts';
import { datedFacts, witnessedFacts } from './witnessed-facts.ts';
import { witnessedSecrets } from './witnessed-secrets.ts';

/**
 * Returns the joined fleet.
 * @param textOf returns the text of a file of the fleet, or null if it does not exist
 * @param since what was edited since the answer; null for nothing
 * @param memo what was joined with this answer before
 */
export function joinedFleet(
  fleet: Fleet,
  answer: NixAnswer,
  textOf: TextOf,
  since: EditsSince | null = null,
  memo: JoinMemo = createJoinMemo(),
): Fleet {
  const isTouched = touchedBy(fleet, since);
  const asOf = (machine: string | null) => (since !== null && isTouched(machine) ? since.at : null);
  const machines = remembered(memo, 'machines', [fleet.machines], () => joinedMachines(fleet, answer));
  const touched = answer.machines.flatMap(({ name }) => (isTouched(name) ? [name] : []));
  const joining = remembered(memo, 'joining', [machines, touched], () =>
    joiningOf(machines, answer, { textOf, isTouched: name => touched.includes(name) }),
  );
  const { factsOf } = joining;
  const generators = once(() => joinedGenerators(fleet, joining, memo));
  const machineSecrets = once(() =>
    remembered(memo, 'machine secrets', [fleet.machineSecrets, joining], () => joinedSecrets(fleet, factsOf)),
  );
  const same = Object.fromEntries(
    (Object.keys(fleet) as (keyof Fleet)[]).map(name => [name, () => fleet[name]]),
  ) as { readonly [Name in keyof Fleet]: () => Fleet[Name] };
  return withLazy(
    {},
    {
      ...same,
      machines: () => machines,
      machinesComplete: () => fleet.machinesComplete || answer.machinesComplete,
      hasAllGenerators: () => (machine: string) => factsOf.has(machine) || fleet.hasAllGenerators(machine),
      generators: () => generators().own,
      clanGenerators: () => generators().clanGenerators,
      machineSecrets,
      secrets: () =>
        remembered(memo, 'secrets', [fleet.secrets, fleet.machineSecrets, joining], () =>
          joinedSecretFacts(fleet, machineSecrets(), joining.isWhole),
        ),
      nix: () =>
        withLazy(
          { answer, asOf, isEvaluated: (machine: string) => factsOf.has(machine) },
          {
            facts: () => datedFacts(witnessedFacts(fleet, answer), asOf),
            secrets: () => datedFacts(witnessedSecrets(fleet, answer), asOf),
          },
        ),
    },
  );
}

function joinedGenerators(fleet: Fleet, joining: Joining, memo: JoinMemo) {
  const { factsOf } = joining;
  const named = fleet.generators.filter(({ nameKind }) => nameKind !== 'pattern');
  const patterns = fleet.generators.filter(({ nameKind }) => nameKind === 'pattern');
  const ofName = groupBy(named, ({ name }) => name);
  const declared = named.map(generator => {
    const sameName = ofName.get(generator.name) ?? [];
    return rememberedFor(memo, generator, [sameName, joining], () =>
      joinedGenerator(generator, sameName, joining),
    );
  });
  const clanGenerators = fleet.clanGenerators.filter(({ isPattern }) => !isPattern);
  const clanNames = new Set(clanGenerators.map(({ name }) => name));
  const onlyNix = new Map<string, string[]>();
  // Where all generators are read, an edit has removed those that are not.
  const older = [...joining.olderFactsOf].filter(([machine]) => !fleet.hasAllGenerators(machine));
  for (const [machine, { generatorNames }] of [...factsOf, ...older])
    for (const name of generatorNames)
      if (!ofName.has(name) && !clanNames.has(name)) addToList(onlyNix, name, machine);

  const resolved = new Set<Generator>();
  const added: Generator[] = [];
  const addedElsewhere: ClanGenerator[] = [];
  for (const [name, machines] of onlyNix) {
    const fitting = patternsFor(name, machines, patterns, joining);
    const [pattern, ...others] = fitting;
    if (pattern !== undefined && others.length === 0) resolved.add(pattern);
    const generator =
      pattern !== undefined && others.length === 0
        ? resolvedFrom(pattern, name, machines)
        : declaredOnlyFor(name, machines, fitting, joining);
    if (generator === null) addedElsewhere.push(clanGeneratorOnlyFor(name, machines, fleet, joining));
    else added.push(joinedGenerator(generator, [generator], joining));
  }
  return {
    own: sameList(memo, 'generators', [
      ...declared,
      ...added,
      ...patterns
        .filter(pattern => !(joining.isWhole && resolved.has(pattern)))
        .map(pattern => rememberedFor(memo, pattern, [joining], () => unsettledPart(pattern, joining))),
    ]),
    clanGenerators: sameList(memo, 'clan generators', [
      ...clanGenerators.map(generator =>
        rememberedFor(memo, generator, [joining], () => joinedClanGenerator(generator, joining)),
      ),
      ...addedElsewhere,
      ...fleet.clanGenerators.filter(({ isPattern }) => isPattern && !joining.isWhole),
    ]),
  };
}

/** @param sameName all generators of the name, in their order: a machine that none of them is known to be on goes to the first */
function joinedGenerator(generator: Generator, sameName: readonly Generator[], joining: Joining): Generator {
  const { name } = generator;
  const [first] = sameName;
  const isMine = (machine: string) =>
    generator.machines?.includes(machine) === true ||
    (generator === first && !sameName.some(other => other.machines?.includes(machine)));
  const { machines, machinesComplete, conditional } = joinedPresence(generator, joining, isMine);
  const at = generator.definitions[0]?.at ?? FLAKE;
  const { bodyOn, isKnownOn } = joinedBodies(name, generator.bodyOn, joining, at);
  const isWhole = machinesComplete && machines !== null && machines.length > 0 && machines.every(isKnownOn);
  const variants = once(() => {
    if (!isWhole) return generator.variants();
    const byText = groupBy(machines, machine => JSON.stringify(bodyOn(machine)));
    return [...byText.values()].map(having => ({ body: bodyOn(having[0] as string), machines: having }));
  });
  const bodies = once(() => (isWhole ? variants().map(({ body }) => body) : generator.bodies()));
  return {
    ...generator,
    ...{ machines, machinesComplete, conditional, bodyOn, variants, bodies },
    possibleMachines: generator.possibleMachines.filter(machine => !joining.factsOf.has(machine)),
    certainBodyOn: machine => (isKnownOn(machine) ? bodyOn(machine) : generator.certainBodyOn(machine)),
    body: once(() => (isWhole ? agreedBody(bodies()) : generator.body())),
  };
}

interface Presence {
  readonly machines: readonly string[] | null;
  readonly machinesComplete: boolean;
  readonly conditional: boolean;
}

/** Returns which machines have a generator, by Nix where it answered and by the sources elsewhere. */
function joinedPresence(
  { name, machines, machinesComplete, conditional }: Presence & { readonly name: string },
  { namesOf, isWhole, order }: Joining,
  isMine: (machine: string) => boolean,
): Presence {
  const having = order.filter(machine => {
    const names = namesOf.get(machine);
    return names === undefined ? machines?.includes(machine) === true : names.has(name) && isMine(machine);
  });
  return {
    machines: having.length === 0 && machines === null && !isWhole ? null : having,
    machinesComplete: machinesComplete || isWhole,
    conditional: conditional && !isWhole,
  };
}

function joinedBodies(
  name: string,
  read: (machine: string) => GeneratorBody,
  { factsOf, olderFactsOf }: Joining,
  at: Generator['definitions'][number]['at'],
) {
  const nixOn = (machine: string): NixGenerator | undefined => factsOf.get(machine)?.generators.get(name);
  const olderOn = (machine: string) => olderFactsOf.get(machine)?.generators.get(name);
  const joined = new Map<string, GeneratorBody>();
  return {
    isKnownOn: (machine: string) => nixOn(machine) !== undefined,
    bodyOn(machine: string): GeneratorBody {
      const [nix, older] = [nixOn(machine), olderOn(machine)];
      if (nix === undefined && older === undefined) return read(machine);
      const body =
        joined.get(machine) ??
        (nix === undefined
          ? filledBody(read(machine), older as NixGenerator)
          : joinedBody(read(machine), nix, at));
      joined.set(machine, body);
      return body;
    },
  };
}

function joinedClanGenerator(generator: ClanGenerator, joining: Joining): ClanGenerator {
  const { name, certain, machinesComplete } = generator;
  const having = joinedPresence(
    { name, machines: generator.machines, machinesComplete, conditional: !certain },
    joining,
    () => true,
  );
  const { bodyOn, isKnownOn } = joinedBodies(name, generator.bodyOn, joining, FLAKE);
  const { machines } = having;
  const isWhole =
    having.machinesComplete && machines !== null && machines.length > 0 && machines.every(isKnownOn);
  const body = once(() => (isWhole ? agreedBody(machines.map(bodyOn)) : generator.body()));
  return {
    ...generator,
    ...{ machines, machinesComplete: having.machinesComplete, bodyOn, body },
    certain: certain || !having.conditional,
    share: isWhole ? body().share : generator.share,
    files: isWhole ? clanGeneratorFiles(body()) : generator.files,
    prompts: isWhole ? body().prompts.map(prompt => prompt.name) : generator.prompts,
    dependencies: isWhole ? body().dependencies.map(({ value }) => value) : generator.dependencies,
  };
}

function clanGeneratorFiles({ files }: GeneratorBody): ClanGenerator['files'] {
  return files.map(({ name, secret, deploy, neededFor, conditional }) => ({
    ...{ name, secret, deploy: deploy ?? true, neededFor: neededFor ?? 'services' },
    certain: !conditional,
  }));
}

/** Returns the generators with holes in their names that a name may come from. */
function patternsFor(
  name: string,
  machines: readonly string[],
  patterns: readonly Generator[],
  { factsOf }: Joining,
): readonly Generator[] {
  const files = new Set(
    machines.flatMap(
      machine =>
        factsOf
          .get(machine)
          ?.generators.get(name)
          ?.definedAt.map(({ file }) => file) ?? [],
    ),
  );
  return patterns.filter(
    ({ name: pattern, definitions }) =>
      patternOf(pattern).test(name) &&
      (files.size === 0 ||
        definitions.some(({ at, via }) => [at, ...via].some(({ file }) => files.has(file)))),
  );
}

/** Returns what a generator with holes in its name is for one name, on the machines that have it. */
function resolvedFrom(pattern: Generator, name: string, machines: readonly string[]): Generator {
  const nameKind = 'resolved' as const;
  const definitions = pattern.definitions.map(definition => ({ ...definition, name, nameKind }));
  return { ...pattern, name, nameKind, definitions, machines };
}

/**
 * Returns a generator that a file of the fleet declares and that was not seen there; null where none does.
 * @param fitting generators with holes in their names of which one may be it: Nix gives no place to names that are made from lists
 */
function declaredOnlyFor(
  name: string,
  machines: readonly string[],
  fitting: readonly Generator[],
  { factsOf, olderFactsOf, textOf }: Joining,
): Generator | null {
  const positions = machines.flatMap(
    machine => (factsOf.get(machine) ?? olderFactsOf.get(machine))?.generators.get(name)?.definedAt ?? [],
  );
  const exact = placesIn(positions, textOf);
  const places =
    exact.length > 0 ? exact : fitting.flatMap(({ definitions }) => definitions.map(({ at }) => at));
  if (places.length === 0) return null;
  const body = () => OPAQUE;
  const nameKind = 'resolved' as const;
  return {
    ...{ name, nameKind, machines, body },
    ...{ possibleMachines: [], machinesComplete: false, conditional: false },
    definitions: places.map(at => ({ name, nameKind, kind: 'full', at, via: [], conditional: false, body })),
    certainBodyOn: () => null,
    variants: () => [],
    bodyOn: body,
    bodies: () => [OPAQUE],
  };
}

/** Returns a generator that no file of the fleet declares: a service that was not seen to bring it does, or a module of another flake. */
function clanGeneratorOnlyFor(
  name: string,
  machines: readonly string[],
  { clanGenerators }: Fleet,
  joining: Joining,
): ClanGenerator {
  const pattern = clanGenerators.find(
    ({ isPattern, name: written }) => isPattern && patternOf(written).test(name),
  );
  const body = () => OPAQUE;
  return joinedClanGenerator(
    {
      ...{ share: null, files: [], prompts: [], dependencies: [], instance: null, body, bodyOn: body },
      service: pattern?.service ?? null,
      isOfOtherFlake: pattern === undefined && !isCatalogueGenerator(name),
      ...{ name, isPattern: false, machines, certain: true, machinesComplete: false },
    },
    joining,
  );
}

/** Returns what is left of a generator with holes in its name: machines that Nix answered for have it under its own name. */
function unsettledPart(pattern: Generator, { factsOf, isWhole }: Joining): Generator {
  const isOpen = (machine: string) => !factsOf.has(machine);
  return {
    ...pattern,
    machines: isWhole ? [] : (pattern.machines?.filter(isOpen) ?? null),
    possibleMachines: pattern.possibleMachines.filter(isOpen),
    machinesComplete: pattern.machinesComplete || isWhole,
  };
}

/** Where what stands in no file of the fleet comes from. */
const FLAKE = { file: 'flake.nix', start: 0, end: 0 };
