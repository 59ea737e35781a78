/**
 * Determines which of the fleet's secrets a machine has. A declaration whose name is not known may have any
 * name that its pattern allows, but only on machines that import its module.
 */

import { suggest } from '../../../edits/suggest.ts';
import type { Fleet } from '../../../fleet/model/fleet.ts';
import type {
  EnclosingNames,
  MachineSecrets,
  ModuleSecrets,
  SecretFacts,
  SecretGap,
  SecretKeeper,
  SecretUse,
} from '../../../fleet/model/secrets.ts';
import { patternOf } from '../../../fleet/secrets/secrets-join.ts';
import type { Place } from '../../../nix/places.ts';
import { addToList } from '../../../std.ts';
import { derived } from '../../memory/derived.ts';
import { isOfHome, isOfSystem, isUnusedFile } from './secret-surroundings.ts';

/** The machines that certainly import a module, by the place of its function. */
const readersOf = derived((fleet): ReadonlyMap<string, readonly string[]> => {
  const machinesByPart = new Map<string, string[]>();
  for (const [machine, { modules }] of fleet.machineSecrets) {
    const partPlaces = new Set(
      modules.flatMap(({ secrets, sure }) => (sure ? secrets.parts.map(placeOfStart) : [])),
    );
    for (const part of partPlaces) addToList(machinesByPart, part, machine);
  }
  return machinesByPart;
});

function placeOfStart({ file, start }: Place): string {
  return `${file}:${start}`;
}

/** Returns the machines whose own configuration a use certainly reads. */
export function machinesReading(fleet: Fleet, { above, reader }: SecretUse): readonly string[] {
  if (reader === null || above.length !== 1 || above[0] !== 'config') return [];
  return readersOf(fleet).get(placeOfStart(reader.at)) ?? [];
}

/** Returns whether the machine certainly has no secret or template of the used name. */
export function isWithout({ complete, modules }: MachineSecrets, use: SecretUse): boolean {
  return complete && !modules.some(({ secrets }) => mayDeclare(secrets, use));
}

/** Returns whether a module of any machine declares, or may declare, the used name. */
export function isOnAnyMachine({ machineSecrets }: Fleet, use: SecretUse): boolean {
  return [...machineSecrets.values()].some(({ modules }) =>
    modules.some(({ secrets }) => mayDeclare(secrets, use)),
  );
}

/**
 * Returns the name on the machine that was certainly meant, even if a declaration with an unknown name could
 * declare the used one: the two differ by a typo, and not only in a number. Null if there is none.
 */
export function nearNameOn({ complete, modules }: MachineSecrets, use: SecretUse): string | null {
  if (!complete) return null;
  const names: string[] = [];
  for (const { secrets } of modules)
    for (const { name, nameKind } of namedIn(secrets, use)) {
      if (nameKind !== 'pattern') names.push(name);
      else if (!isUnknownName(name) && patternOf(name).test(use.name)) return null;
    }
  const near = names.includes(use.name) ? null : suggest(use.name, names);
  return near === null || withoutDigits(near) === withoutDigits(use.name) ? null : near;
}

/** Returns whether a name is completely unknown. */
function isUnknownName(name: string): boolean {
  return patternOf(name).source === '^.+$';
}

function withoutDigits(name: string): string {
  return name.replace(/\d+/g, '');
}

type Declared = Pick<ModuleSecrets | SecretFacts, 'definitions' | 'templates' | 'gaps'>;

/** Returns whether the declarations contain, or may contain, the used secret or template. */
function mayDeclare(declared: Declared, use: SecretUse): boolean {
  return sitesToDeclare(declared, use).length > 0;
}

/** A place where something may be declared. */
interface DeclarationSite {
  readonly at: Place;
  readonly above: EnclosingNames;
}

function sitesToDeclare(declared: Declared, use: SecretUse): readonly DeclarationSite[] {
  const { keeper, name } = use;
  return [
    ...namedIn(declared, use).filter(definition =>
      definition.nameKind === 'pattern' ? patternOf(definition.name).test(name) : definition.name === name,
    ),
    ...declared.gaps.filter(gap => gap.keeper === keeper),
  ];
}

/** Returns the declarations of the kind that is used. */
function namedIn({ definitions, templates }: Declared, { keeper, of }: SecretUse) {
  return of === 'template' ? templates : definitions.filter(({ keeper: other }) => other === keeper);
}

/**
 * Returns whether one of the fleet's declarations may be the target of a use that reads an unknown
 * configuration.
 */
export function mayBeDeclared(fleet: Fleet, use: SecretUse): boolean {
  return fleet.secrets.some(facts =>
    sitesToDeclare(facts, use).some(way => mayBeOfReader(use, way) && mayBeOfAnybody(fleet, way)),
  );
}

/** Returns whether a declaration may be on the reader's side. Home-manager has secrets of its own. */
function mayBeOfReader({ reader }: SecretUse, { above }: DeclarationSite): boolean {
  if (reader === null) return true;
  if (reader.isOfHome || isOfHome(reader.names)) return !isOfSystem(above);
  return !isOfSystem(reader.names) || !isOfHome(above);
}

/** Returns whether secrets with unknown names may be declared for any machine or user. */
export function hasUnknownSecrets(fleet: Fleet, gaps: readonly SecretGap[], keeper: SecretKeeper): boolean {
  return gaps.some(gap => gap.keeper === keeper && mayBeOfAnybody(fleet, gap));
}

/** Returns false for a module that no machine imports. */
function mayBeOfAnybody(fleet: Fleet, { at, above }: DeclarationSite): boolean {
  if (isUnusedFile(fleet, at.file)) return false;
  if (!isOfSystem(above) || !fleet.machinesComplete) return true;
  const machines = [...fleet.machineSecrets.values()];
  return machines.some(
    ({ complete, modules }) => !complete || modules.some(({ secrets }) => isIn(secrets, at)),
  );
}

function isIn({ file, parts }: ModuleSecrets, at: Place): boolean {
  return (
    file === at.file ||
    parts.some(part => part.file === at.file && part.start <= at.start && at.end <= part.end)
  );
}
