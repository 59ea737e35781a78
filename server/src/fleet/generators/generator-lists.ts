/** Reads the dependencies and packages of a generator, and whether its lists are complete. */

import { readName } from '../../modules/read.ts';
import { display } from '../../nix/eval/construct.ts';
import type { UnknownValue, Value } from '../../nix/eval/value.ts';
import { exact } from '../../nix/exact.ts';
import type { Known } from '../../nix/places.ts';
import { placeOf } from '../../nix/places.ts';
import { itemsOf, type Layer, type Reading } from './layers.ts';

/** A list, and whether it is complete. */
export interface Counted<T> {
  readonly list: readonly T[];
  readonly complete: boolean;
}

/** Reads a list, and returns whether all of it could be read. */
export function counted<T>(reading: Reading, read: () => readonly T[]): Counted<T> {
  const before = reading.complete;
  reading.complete = true;
  const list = read();
  const { complete } = reading;
  reading.complete = before && complete;
  return { list, complete };
}

export function readDependencies(reading: Reading, layers: readonly Layer[]): Known<string>[] {
  const { items, complete } = itemsOf(reading, layers, 'dependencies');
  if (!complete) reading.complete = false;
  const names = items.flatMap(({ item, fallback }) => {
    const name = item.kind === 'spread' ? item.of : reading.cx.force(item);
    if (name.kind === 'string')
      return [
        { value: readName(name, false).name, at: name.origin === null ? fallback : placeOf(name.origin) },
      ];
    reading.complete = false;
    return [];
  });
  return exact(names);
}

export function readPackages(reading: Reading, layers: readonly Layer[]): Counted<Known<string>> {
  const { items, complete } = itemsOf(reading, layers, 'runtimeInputs');
  const list = items.flatMap(({ item, fallback }): Known<string>[] => {
    if (item.kind === 'spread') return [];
    const packageValue = reading.cx.force(item);
    const name = packageName(packageValue);
    const at = packageValue.origin === null ? fallback : placeOf(packageValue.origin);
    return name === null ? [] : [{ value: name, at }];
  });
  return { list: exact(list), complete: complete && list.length === items.length };
}

/** Returns the name of a package, such as `openssl` for `pkgs.openssl`; null for other values. */
function packageName(value: Value): string | null {
  if (value.kind !== 'unknown' || value.term?.kind !== 'select') return null;
  let path: string | null = null;
  for (let at: UnknownValue = value; at.term?.kind === 'select'; at = at.term.of) {
    const { name } = at.term;
    const written = name.text ?? display(name);
    path = path === null ? written : `${written}.${path}`;
  }
  return path;
}
