/**
 * Keeps objects that were read again identical to the previous ones if they are equal. Since most edits leave the
 * generators of a file unchanged, readers of the objects need not look at them again. Also merges the same definition
 * read in two ways.
 */

import { areSameTraces } from '../../modules/options/traces.ts';
import { areSameForever } from '../../nix/places.ts';
import { isSameData } from '../../nix/same-data.ts';
import { addToList, groupBy, sameItems } from '../../std.ts';
import {
  areOfSameKind,
  areOfSameValue,
  comparableBody,
  isOutdated,
  useDefinition,
} from '../generators/definitions.ts';
import type { GeneratorBody, GeneratorDefinition } from '../model/generators.ts';
import type { ModuleFacts } from './read-module.ts';

/** Returns the definitions with equal ones replaced by the previous objects; the previous list if all are equal. */
export function internDefinitions(
  fresh: readonly GeneratorDefinition[],
  before: readonly GeneratorDefinition[],
): readonly GeneratorDefinition[] {
  if (before.length === 0) return fresh.length === 0 ? before : fresh;
  let byName: ReadonlyMap<string, readonly number[]> | null = null;
  // Definitions nearly always have the same order as before.
  let next = 0;
  const result = fresh.map(definition => {
    const expected = before[next];
    let index = expected !== undefined && areEqual(expected, definition) ? next : -1;
    if (index < 0) {
      byName ??= placesByName(before);
      index =
        byName
          .get(definition.name)
          ?.find(place => areEqual(before[place] as GeneratorDefinition, definition)) ?? -1;
    }
    if (index < 0) return definition;
    next = index + 1;
    const same = before[index] as GeneratorDefinition;
    useDefinition(same);
    return same;
  });
  return sameItems(result, before) ? before : result;
}

function placesByName(definitions: readonly GeneratorDefinition[]): Map<string, number[]> {
  const places = new Map<string, number[]>();
  for (const [place, { name }] of definitions.entries()) {
    addToList(places, name, place);
  }
  return places;
}

/** Returns the previous facts of a module if the fresh ones are equal. */
export function internModule(fresh: ModuleFacts, before: ModuleFacts): ModuleFacts {
  const definitions = internDefinitions(fresh.definitions, before.definitions);
  const ofHome = internDefinitions(fresh.homes.definitions, before.homes.definitions);
  const isSame =
    definitions === before.definitions &&
    fresh.file === before.file &&
    fresh.foreign === before.foreign &&
    fresh.mayHaveSecrets === before.mayHaveSecrets &&
    areSameTraces(fresh.traces, before.traces) &&
    ofHome === before.homes.definitions &&
    isSameData(
      [fresh.imports, fresh.homes.imports, fresh.gaps, fresh.strangers, fresh.circular],
      [before.imports, before.homes.imports, before.gaps, before.strangers, before.circular],
    );
  return isSame ? before : { ...fresh, definitions, homes: { ...fresh.homes, definitions: ofHome } };
}

function areEqual(left: GeneratorDefinition, right: GeneratorDefinition): boolean {
  return (
    left.name === right.name &&
    !isOutdated(left) &&
    areSameForever([left.at, ...left.via], [right.at, ...right.via]) &&
    left.nameKind === right.nameKind &&
    left.kind === right.kind &&
    left.conditional === right.conditional &&
    // Bodies that were read from the same values are the same object; see `interned-bodies.ts`.
    (areOfSameValue(left, right) ||
      (haveSameContents(comparableBody(left), comparableBody(right)) && areOfSameKind(left, right)))
  );
}

/** The last equal body of each body, since many machines have the same two. */
const equals = new WeakMap<GeneratorBody, GeneratorBody>();

/** Returns whether two bodies are equal, including places. Reads all lazy parts of the bodies. */
export function haveSameContents(left: GeneratorBody, right: GeneratorBody): boolean {
  if (left === right || equals.get(right) === left) return true;
  const { options: leftOptions, ...leftFields } = left;
  const { options: rightOptions, ...rightFields } = right;
  if (!isSameData(leftFields, rightFields) || !isSameData(leftOptions(), rightOptions())) return false;
  equals.set(right, left);
  return true;
}

/**
 * Replaces definitions by equal ones that were read from the file as a unit, so that they are not kept twice.
 * Definitions that a function makes for its caller differ in their call sites, or in names that depend on arguments.
 */
export function withKnown(
  definitions: readonly GeneratorDefinition[],
  generatorDefinitions: readonly GeneratorDefinition[],
): readonly GeneratorDefinition[] {
  const all = new Set(generatorDefinitions);
  if (definitions.every(definition => all.has(definition))) return definitions;
  const byName = groupBy(generatorDefinitions, ({ name }) => name);
  return definitions.map(definition => {
    const same =
      definition.nameKind === 'pattern'
        ? []
        : byName.get(definition.name)?.filter(other => areSame(definition, other));
    const [only = definition] = same?.length === 1 ? same : [];
    useDefinition(only);
    return only;
  });
}

function areSame(left: GeneratorDefinition, right: GeneratorDefinition): boolean {
  return (
    left.nameKind === right.nameKind &&
    left.kind === right.kind &&
    left.conditional === right.conditional &&
    areSameForever([left.at, ...left.via], [right.at, ...right.via])
  );
}
