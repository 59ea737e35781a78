/**
 * Finds the definition of the thing at the cursor: a registry entry, the declaration of a generator or file, a
 * machine, a matrix row, a sops-nix or agenix secret. Pure; independent of any editor.
 */

import type { GeneratorBody } from '../../fleet/model/generators.ts';
import { type Place, placeKey } from '../../nix/places.ts';
import { uniqueBy } from '../../std.ts';
import { type FleetIndex, indexOf } from '../names/fleet-index.ts';
import { inventoryItemAt } from '../names/inventory-items.ts';
import type { Subject } from '../names/subjects.ts';
import { isOfSecrets, pointedAt, type SecretSubject, secretPlaces } from '../secrets/places.ts';
import type { Snapshot } from '../snapshot.ts';
import { filesWordAt } from './files-word.ts';
import { definitionOf } from './inventory-definitions.ts';

export interface Definition {
  /** The place of the name at the cursor. */
  readonly origin: Place;
  /** Never empty; most likely first. */
  readonly targets: readonly Place[];
}

/**
 * Returns the definition of the thing at a cursor, or null.
 *
 * @param offset 0-based UTF-16 offset
 */
export function definition(snapshot: Snapshot, file: string, offset: number): Definition | null {
  const index = indexOf(snapshot);
  const target = pointedAt(snapshot, index, file, offset) ?? filesWordAt(snapshot, index, file, offset);
  if (!target) return ofInventory(snapshot, file, offset);
  const targets = uniqueBy(
    isOfSecrets(target.subject) ? secretPlaces(snapshot, target) : placesOf(index, target.subject),
    placeKey,
  );
  return targets.length === 0 ? null : { origin: target.at, targets };
}

function ofInventory(snapshot: Snapshot, file: string, offset: number): Definition | null {
  const located = inventoryItemAt(snapshot, file, offset);
  const targets = located === null ? [] : uniqueBy(definitionOf(snapshot, located.item), placeKey);
  return located === null || targets.length === 0 ? null : { origin: located.at, targets };
}

function placesOf(index: FleetIndex, subject: Exclude<Subject, SecretSubject>): Place[] {
  switch (subject.kind) {
    case 'key': {
      const entry = index.key(subject.registry, subject.key);
      return entry ? [entry.at] : [];
    }
    case 'generator':
      return generatorPlaces(index, subject.name);
    case 'file': {
      const files = bodiesOf(index, subject.generator).flatMap(body => body.files);
      const places = files.filter(({ name }) => name === subject.file).map(({ at }) => at);
      return places.length > 0 ? places : generatorPlaces(index, subject.generator);
    }
    case 'prompt': {
      const prompts = bodiesOf(index, subject.generator).flatMap(body => body.prompts);
      const places = prompts.filter(({ name }) => name === subject.prompt).map(({ at }) => at);
      return places.length > 0 ? places : generatorPlaces(index, subject.generator);
    }
    case 'row': {
      const row = index.row(subject.matrix, subject.machine);
      return subject.written || !row ? machinePlaces(index, subject.machine) : [row.at];
    }
    case 'machine':
      return machinePlaces(index, subject.machine);
    case 'option':
      return index.occurrencesOf(subject).flatMap(({ at, role }) => (role === 'declaration' ? [at] : []));
  }
}

function generatorPlaces(index: FleetIndex, name: string): Place[] {
  return (index.generators.get(name) ?? []).flatMap(({ definitions }) => definitions.map(({ at }) => at));
}

function bodiesOf(index: FleetIndex, name: string): GeneratorBody[] {
  return (index.generators.get(name) ?? []).map(generator => generator.body());
}

function machinePlaces(index: FleetIndex, name: string): Place[] {
  const at = index.machines.get(name)?.at;
  return at ? [at] : [];
}
