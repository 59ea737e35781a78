/**
 * What of the fleet's secrets a machine has. A declaration of which the name is not known may be of any name that its pattern
 * allows, but only on machines that have its module.
 */

import type { Fleet } from '../../../fleet/model/fleet.ts';
import type {
  MachineSecrets,
  ModuleSecrets,
  NamesAbove,
  SecretFacts,
  SecretGap,
  SecretKeeper,
  SecretUse,
} from '../../../fleet/model/secrets.ts';
import { patternOf } from '../../../fleet/secrets/secrets-join.ts';
import type { Place } from '../../../nix/places.ts';
import { addToList } from '../../../std.ts';
import { derived } from '../../memory/derived.ts';
import { isOfHome, isOfSystem, isOutOfUse } from './secret-surroundings.ts';

/** The machines that certainly have a module, by the place of its function. */
const readersOf = derived((fleet): ReadonlyMap<string, readonly string[]> => {
  const found = new Map<string, string[]>();
  for (const [machine, { modules }] of fleet.machineSecrets) {
    const own = new Set(
      modules.flatMap(({ secrets, sure }) => (sure ? secrets.parts.map(placeOfStart) : [])),
    );
    for (const part of own) addToList(found, part, machine);
  }
  return found;
});

function placeOfStart({ file, start }: Place): string {
  return `${file}:${start}`;
}

/** Returns the machines whose own configuration a use certainly reads. */
export function machinesReading(fleet: Fleet, { above, reader }: SecretUse): readonly string[] {
  if (reader === null || above.length !== 1 || above[0] !== 'config') return [];
  return readersOf(fleet).get(placeOfStart(reader.at)) ?? [];
}

/** Returns whether the machine certainly has no secret, or no template, of the name that is used. */
export function isWithout({ complete, modules }: MachineSecrets, use: SecretUse): boolean {
  return complete && !modules.some(({ secrets }) => mayDeclare(secrets, use));
}

type Declared = Pick<ModuleSecrets | SecretFacts, 'definitions' | 'templates' | 'gaps'>;

/** Returns whether what is declared has the secret or template that is used, or may have it. */
function mayDeclare(declared: Declared, use: SecretUse): boolean {
  return waysToDeclare(declared, use).length > 0;
}

/** Where something may be declared. */
interface Way {
  readonly at: Place;
  readonly above: NamesAbove;
}

function waysToDeclare({ definitions, templates, gaps }: Declared, use: SecretUse): readonly Way[] {
  const { keeper, of, name } = use;
  const named = of === 'template' ? templates : definitions.filter(({ keeper: other }) => other === keeper);
  return [
    ...named.filter(one => (one.nameKind === 'pattern' ? patternOf(one.name).test(name) : one.name === name)),
    ...gaps.filter(gap => gap.keeper === keeper),
  ];
}

/**
 * Returns whether one of the fleet's declarations may be what a use reads of which it is not known whose configuration it
 * reads.
 */
export function mayBeDeclared(fleet: Fleet, use: SecretUse): boolean {
  return fleet.secrets.some(facts =>
    waysToDeclare(facts, use).some(way => mayBeOfReader(use, way) && mayBeOfAnybody(fleet, way)),
  );
}

/** Home-manager has secrets of its own. */
function mayBeOfReader({ reader }: SecretUse, { above }: Way): boolean {
  if (reader === null) return true;
  if (reader.isOfHome || isOfHome(reader.names)) return !isOfSystem(above);
  return !isOfSystem(reader.names) || !isOfHome(above);
}

/** Returns whether secrets of names that are not known may be declared for anybody. */
export function hasUnknownSecrets(fleet: Fleet, gaps: readonly SecretGap[], keeper: SecretKeeper): boolean {
  return gaps.some(gap => gap.keeper === keeper && mayBeOfAnybody(fleet, gap));
}

/** Returns false for a module that is no machine's. */
function mayBeOfAnybody(fleet: Fleet, { at, above }: Way): boolean {
  if (isOutOfUse(fleet, at.file)) return false;
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
