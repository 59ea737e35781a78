/**
 * Keeps what has been read anew the same object as before where it says the same. Most edits of a file change none of
 * the generators in it, and whoever has looked at those need not look again. The same goes for what a file shows in two
 * ways.
 */

import { areSameTraces } from '../../modules/options/traces.ts';
import { arePlacesSame, isSamePlace } from '../../nix/places.ts';
import { addToList, groupBy, sameItems } from '../../std.ts';
import { areOfSameValue } from '../generators/definitions.ts';
import type { GeneratorBody, GeneratorDefinition } from '../model/generators.ts';
import type { ModuleFacts } from './module-facts.ts';

/** Returns the definitions, each the object from before if it is equal, and the whole list from before if all are. */
export function internDefinitions(
  fresh: readonly GeneratorDefinition[],
  before: readonly GeneratorDefinition[],
): readonly GeneratorDefinition[] {
  if (before.length === 0) return fresh.length === 0 ? before : fresh;
  let byName: ReadonlyMap<string, readonly number[]> | null = null;
  // Nearly always they come in the order that they came in before.
  let next = 0;
  const result = fresh.map(definition => {
    const expected = before[next];
    let found = expected !== undefined && areEqual(expected, definition) ? next : -1;
    if (found < 0) {
      byName ??= placesByName(before);
      found =
        byName
          .get(definition.name)
          ?.find(place => areEqual(before[place] as GeneratorDefinition, definition)) ?? -1;
    }
    if (found < 0) return definition;
    next = found + 1;
    return before[found] as GeneratorDefinition;
  });
  return sameItems(result, before) ? before : result;
}

function placesByName(definitions: readonly GeneratorDefinition[]): Map<string, number[]> {
  const found = new Map<string, number[]>();
  for (const [place, { name }] of definitions.entries()) {
    addToList(found, name, place);
  }
  return found;
}

/** Returns the facts of a module: the object from before if they are equal. */
export function internModule(fresh: ModuleFacts, before: ModuleFacts): ModuleFacts {
  const definitions = internDefinitions(fresh.definitions, before.definitions);
  const ofHome = internDefinitions(fresh.homes.definitions, before.homes.definitions);
  const isSame =
    definitions === before.definitions &&
    fresh.file === before.file &&
    fresh.foreign === before.foreign &&
    areSameTraces(fresh.traces, before.traces) &&
    ofHome === before.homes.definitions &&
    JSON.stringify([fresh.imports, fresh.homes.imports, fresh.gaps, fresh.strangers, fresh.circular]) ===
      JSON.stringify([before.imports, before.homes.imports, before.gaps, before.strangers, before.circular]);
  return isSame ? before : { ...fresh, definitions, homes: { ...fresh.homes, definitions: ofHome } };
}

function areEqual(left: GeneratorDefinition, right: GeneratorDefinition): boolean {
  return (
    left.name === right.name &&
    isSamePlace(left.at, right.at) &&
    left.nameKind === right.nameKind &&
    left.kind === right.kind &&
    left.conditional === right.conditional &&
    arePlacesSame(left.via, right.via) &&
    // What is read from the same values is the same object; see interned-bodies.ts.
    (areOfSameValue(left, right) || left.body() === right.body() || sayTheSame(left.body(), right.body()))
  );
}

/** Returns whether two bodies say the same, places included. Reads all that the bodies know. */
export function sayTheSame(left: GeneratorBody, right: GeneratorBody): boolean {
  return textOf(left) === textOf(right);
}

const texts = new WeakMap<GeneratorBody, string>();

/** Returns all that a body says as text, places included. */
function textOf(body: GeneratorBody): string {
  let text = texts.get(body);
  if (text === undefined) {
    // What is not there and what is not known are two things.
    const told = body.validation === undefined ? [] : [body.validation];
    text = JSON.stringify([body, told, body.options()]);
    texts.set(body, text);
  }
  return text;
}

/**
 * Replaces definitions by the equal ones that the file of the module shows by itself, so that nothing is kept twice.
 * What a function made for its caller came another way, or has a name that depends on its arguments.
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
    return same?.length === 1 ? (same[0] as GeneratorDefinition) : definition;
  });
}

function areSame(left: GeneratorDefinition, right: GeneratorDefinition): boolean {
  return (
    left.nameKind === right.nameKind &&
    left.kind === right.kind &&
    left.conditional === right.conditional &&
    isSamePlace(left.at, right.at) &&
    arePlacesSame(left.via, right.via)
  );
}
