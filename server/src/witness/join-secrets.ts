/**
 * Joins Nix's answer into the secrets of sops-nix and agenix: on a machine that Nix evaluated all names are known, those that only Nix
 * knows are added, and options whose value could not be read are filled in. What was read keeps its places.
 */

import type { Fleet } from '../fleet/model/fleet.ts';
import type { NixFacts, NixSecret } from '../fleet/model/nix-answer.ts';
import type {
  MachineSecrets,
  ModuleSecrets,
  SecretDefinition,
  SecretFacts,
  SecretKeeper,
} from '../fleet/model/secrets.ts';
import { patternOf } from '../fleet/secrets/secrets-join.ts';
import { placeKey } from '../nix/places.ts';
import { addToList } from '../std.ts';

/** Nix's facts about the machines that evaluate. */
type FactsOf = ReadonlyMap<string, NixFacts>;

/** Returns the secrets of each machine, as Nix has them where it answered. */
export function joinedSecrets({ machineSecrets }: Fleet, factsOf: FactsOf): Fleet['machineSecrets'] {
  const joined = new Map(machineSecrets);
  for (const [machine, facts] of factsOf)
    joined.set(machine, joinedOn(machineSecrets.get(machine) ?? { modules: [], complete: false }, facts));
  return joined;
}

/**
 * Returns Nix's secrets of one program; null where Nix could not say. A machine whose modules declare secrets without having the option does
 * not evaluate as a whole, so that nothing is said of its secrets.
 */
export function secretsIn(
  facts: NixFacts,
  keeper: SecretKeeper,
  { modules }: MachineSecrets,
): ReadonlyMap<string, NixSecret> | null {
  const isDeclared = modules.some(({ secrets: { definitions, templates, gaps } }) =>
    keeper === 'sops' && templates.length > 0
      ? true
      : [...definitions, ...gaps].some(declared => declared.keeper === keeper),
  );
  if (isDeclared && facts.withoutOption?.includes(keeper) === true) return null;
  return keeper === 'sops' ? facts.sops : facts.age;
}

function joinedOn(secrets: MachineSecrets, facts: NixFacts): MachineSecrets {
  const { modules, complete } = secrets;
  const byKeeper = { sops: secretsIn(facts, 'sops', secrets), age: secretsIn(facts, 'age', secrets) };
  const templateNames = byKeeper.sops === null ? null : facts.templates;
  const all = modules.flatMap(({ secrets }) => secrets.definitions);
  const templates = modules.flatMap(module => module.secrets.templates);
  const isKnown = (keeper: SecretKeeper) =>
    byKeeper[keeper] !== null && (keeper === 'age' || templateNames !== null);
  const namesOf = (keeper: SecretKeeper) => namesIn(byKeeper[keeper]);
  const joined = modules.map(module => {
    const { secrets } = module;
    const definitions = secrets.definitions.flatMap(definition => {
      const { keeper } = definition;
      const same = all.filter(other => other.keeper === keeper);
      return namedByNix(definition, same, namesOf(keeper)).map(named =>
        filled(named, same, byKeeper[keeper]?.get(named.name)),
      );
    });
    return {
      ...module,
      secrets: {
        ...secrets,
        definitions,
        templates: secrets.templates.flatMap(template => namedByNix(template, templates, templateNames)),
        gaps: secrets.gaps.filter(({ keeper }) => !isKnown(keeper)),
      },
    };
  });
  const onlyNix: ModuleSecrets = {
    ...{ file: null, parts: [], defaults: [], gaps: [] },
    definitions: (['sops', 'age'] as const).flatMap(keeper =>
      namesLeft(
        namesOf(keeper),
        all.filter(definition => definition.keeper === keeper),
      ).map(name => ofNixAlone(keeper, name)),
    ),
    templates: namesLeft(templateNames, templates).map(templateOfNixAlone),
  };
  return {
    modules: [...joined, { secrets: onlyNix, sure: true }],
    complete: complete || (isKnown('sops') && isKnown('age')),
  };
}

function namesIn(secrets: ReadonlyMap<string, unknown> | null): readonly string[] | null {
  return secrets && [...secrets.keys()];
}

interface Named {
  readonly name: string;
  readonly nameKind: SecretDefinition['nameKind'];
}

const isPattern = ({ nameKind }: Named) => nameKind === 'pattern';

/**
 * Returns the declaration under each name that it has in Nix: none where Nix has no such name, several where its name has holes.
 * @param same all declarations of the kind
 * @param names Nix's names; null if they are not known
 */
function namedByNix<T extends Named>(
  declared: T,
  same: readonly T[],
  names: readonly string[] | null,
): readonly T[] {
  if (names === null) return [declared];
  if (!isPattern(declared)) return names.includes(declared.name) ? [declared] : [];
  return names
    .filter(name => patternsFor(name, same)?.includes(declared))
    .map(name => ({ ...declared, name, nameKind: 'resolved' as const }));
}

/** Returns the declarations with holes in their names that a name may come from; null if another one has that very name. */
function patternsFor<T extends Named>(name: string, same: readonly T[]): readonly T[] | null {
  if (same.some(declared => !isPattern(declared) && declared.name === name)) return null;
  const fitting = same.filter(declared => isPattern(declared) && patternOf(declared.name).test(name));
  // Which of several it comes from cannot be told.
  return fitting.length === 1 ? fitting : [];
}

/** Returns the names that no declaration was read for. */
function namesLeft(names: readonly string[] | null, same: readonly Named[]): readonly string[] {
  return (names ?? []).filter(name => patternsFor(name, same)?.length === 0);
}

/** Options of a secret, as a definition and as Nix has them. */
export const SECRET_OPTIONS = ['owner', 'group', 'mode', 'path', 'format', 'key', 'neededForUsers'] as const;

/** Returns the definition with values for options that it sets and whose value was not known, if no other definition sets them. */
function filled(
  definition: SecretDefinition,
  same: readonly SecretDefinition[],
  nix: NixSecret | undefined,
): SecretDefinition {
  if (nix === undefined || same.some(other => other.at !== definition.at && other.name === definition.name))
    return definition;
  const values = SECRET_OPTIONS.flatMap(option =>
    definition.definedOptions.includes(option) && definition[option] === null && nix[option] !== null
      ? [[option, { value: nix[option], at: definition.at }] as const]
      : [],
  );
  return { ...definition, ...Object.fromEntries(values) };
}

/** What stands in no file of the fleet. */
const ELSEWHERE = {
  at: { file: 'flake.nix', start: 0, end: 0 },
  via: [],
  conditional: false,
  complete: false,
  options: [],
  above: [],
  source: null,
} as const;

function ofNixAlone(keeper: SecretKeeper, name: string): SecretDefinition {
  return {
    ...{ ...ELSEWHERE, keeper, name, nameKind: 'resolved', definedOptions: [] },
    ...{ key: null, format: null, owner: null, group: null, mode: null, path: null, neededForUsers: null },
  };
}

function templateOfNixAlone(name: string): ModuleSecrets['templates'][number] {
  return { ...ELSEWHERE, name, nameKind: 'resolved', content: null };
}

/**
 * Returns the secrets of each file with what Nix says of them on the machines that have them. Declarations without a known name are
 * gone where Nix named them on all machines; those of a user's home-manager, of which Nix was not asked, stay.
 * @param isWhole true if Nix answered for all machines
 */
export function joinedSecretFacts(
  { secrets, machineSecrets }: Fleet,
  joined: Fleet['machineSecrets'],
  isWhole: boolean,
): readonly SecretFacts[] {
  const byPlace = new Map<string, SecretDefinition[]>();
  for (const { modules } of joined.values())
    for (const module of modules)
      for (const definition of module.secrets.definitions)
        addToList(byPlace, placeKey(definition.at), definition);
  const gaps = new Set(
    [...machineSecrets.values()].flatMap(({ modules }) =>
      modules.flatMap(module => module.secrets.gaps.map(({ at }) => placeKey(at))),
    ),
  );
  const stillOpen = new Set(
    [...joined.values()].flatMap(({ modules }) =>
      modules.flatMap(module => module.secrets.gaps.map(({ at }) => placeKey(at))),
    ),
  );
  const isSettled = (place: string) => isWhole && gaps.has(place) && !stillOpen.has(place);
  return secrets.map(facts => {
    const definitions = facts.definitions.map(definition =>
      agreed(definition, byPlace.get(placeKey(definition.at)) ?? []),
    );
    const left = facts.gaps.filter(({ at }) => !isSettled(placeKey(at)));
    const isSame =
      left.length === facts.gaps.length &&
      definitions.every((definition, index) => definition === facts.definitions[index]);
    return isSame ? facts : { ...facts, definitions, gaps: left };
  });
}

/** @param onMachines the same definition on each machine that has it */
function agreed(definition: SecretDefinition, onMachines: readonly SecretDefinition[]): SecretDefinition {
  const [first] = onMachines;
  if (first === undefined || isPattern(definition)) return definition;
  const values = SECRET_OPTIONS.filter(
    option =>
      definition[option] === null &&
      first[option] !== null &&
      onMachines.every(other => other[option]?.value === first[option]?.value),
  ).map(option => [option, first[option]] as const);
  return values.length === 0 ? definition : { ...definition, ...Object.fromEntries(values) };
}
