/**
 * Keeps what has been read anew the same object as before where it says the same. Most edits of a file change none of
 * the generators in it, and whoever has looked at those need not look again.
 */
import type { GeneratorBody, GeneratorDefinition } from './model.ts';
import type { ModuleFacts } from './module-facts.ts';
import { placeKey } from './places.ts';
import { sameItems } from './same.ts';

/** The definitions, each the one from before where that says the same; the whole list from before if all are. */
export function constantDefinitions(
  fresh: readonly GeneratorDefinition[],
  before: readonly GeneratorDefinition[],
): readonly GeneratorDefinition[] {
  if (before.length === 0) return fresh;
  const byPlace = new Map<string, GeneratorDefinition[]>();
  for (const one of before) {
    const key = keyOf(one);
    const same = byPlace.get(key);
    if (same === undefined) byPlace.set(key, [one]);
    else same.push(one);
  }
  const result = fresh.map(one => byPlace.get(keyOf(one))?.find(earlier => saySame(earlier, one)) ?? one);
  return sameItems(result, before) ? before : result;
}

/** What a file's module says; the facts from before if it still says those. */
export function constantModule(fresh: ModuleFacts, before: ModuleFacts): ModuleFacts {
  const definitions = constantDefinitions(fresh.definitions, before.definitions);
  const ofHome = constantDefinitions(fresh.homes.definitions, before.homes.definitions);
  const isSame =
    definitions === before.definitions &&
    fresh.file === before.file &&
    fresh.foreign === before.foreign &&
    ofHome === before.homes.definitions &&
    JSON.stringify([fresh.imports, fresh.homes.imports, fresh.gaps]) ===
      JSON.stringify([before.imports, before.homes.imports, before.gaps]);
  return isSame ? before : { ...fresh, definitions, homes: { ...fresh.homes, definitions: ofHome } };
}

function keyOf({ name, at }: GeneratorDefinition): string {
  return `${name}\0${placeKey(at)}`;
}

function saySame(left: GeneratorDefinition, right: GeneratorDefinition): boolean {
  return (
    left.nameKind === right.nameKind &&
    left.kind === right.kind &&
    left.conditional === right.conditional &&
    left.via.map(placeKey).join() === right.via.map(placeKey).join() &&
    // What is read from the same values is the same object; see body-cache.ts.
    (left.body() === right.body() || textOf(left.body()) === textOf(right.body()))
  );
}

const texts = new WeakMap<GeneratorBody, string>();

/** All that a body says, places and all. */
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
