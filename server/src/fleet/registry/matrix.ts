/**
 * Reads matrices: sets that map machines to lists of registry keys. They are recognised by their shape and by having
 * the keys of a registry.
 */
import { isClosed } from '../../nix/eval/construct.ts';

import type { Evaluation } from '../../nix/eval/evaluation.ts';

import type { AttrsValue, ListValue, Origin } from '../../nix/eval/value.ts';
import type { Place } from '../../nix/places.ts';
import { outermostIn, placeOf } from '../../nix/places.ts';
import type { ListedKey, Matrix, MatrixRow, Registry } from '../model/registries.ts';
import { markShared, type ReadRow } from './shared-rows.ts';

/** A matrix, whichever registry its keys are of. */
export type WrittenMatrix = Omit<Matrix, 'registry'>;

/** Reads a file as a matrix; returns null if its value has not the shape of one. */
export function readMatrix(cx: Evaluation, file: string): WrittenMatrix | null {
  const set = cx.importFile(file, null);
  if (set.kind !== 'attrs' || set.origin === null) return null;
  const rows = readRows(cx, set, set.origin);
  if (rows === null || rows.length === 0) return null;
  return { file, at: placeOf(set.origin), rows: markShared(rows, set.origin.file), closed: isClosed(set) };
}

/** The keys of several registries. */
export interface RegistryKeys {
  readonly byFile: ReadonlyMap<string, ReadonlySet<string>>;
  /** Those of all registries. */
  readonly keys: ReadonlySet<string>;
  /** The length of the longest key, in UTF-16 units. */
  readonly longest: number;
}

export function keysOf(registries: readonly Registry[]): RegistryKeys {
  const byFile = new Map(registries.map(({ file, keys }) => [file, new Set(keys.map(({ key }) => key))]));
  const keys = new Set([...byFile.values()].flatMap(ofRegistry => [...ofRegistry]));
  return { byFile, keys, longest: Math.max(0, ...[...keys].map(key => key.length)) };
}

export function areSameKeys(left: RegistryKeys, right: RegistryKeys): boolean {
  return (
    left.byFile.size === right.byFile.size &&
    [...left.byFile].every(([file, keys]) => {
      const others = right.byFile.get(file);
      return others?.size === keys.size && [...keys].every(key => others.has(key));
    })
  );
}

/** Returns whether a text contains one of the keys in quotes. Scans it once, whatever the number of keys. */
export function hasKeyQuoted(text: string, { keys, longest }: RegistryKeys): boolean {
  let open = text.indexOf('"');
  while (open !== -1) {
    const close = text.indexOf('"', open + 1);
    if (close === -1) return false;
    // A quote that seems to close one string may open the next, so each is tried as an opening quote.
    if (close - open - 1 <= longest && keys.has(text.slice(open + 1, close))) return true;
    open = close;
  }
  return false;
}

/** Returns the rows; null unless every attribute is a list of strings or unknown. */
function readRows(cx: Evaluation, set: AttrsValue, whole: Origin): ReadRow[] | null {
  const rows: ReadRow[] = [];
  for (const [machine, entry] of set.entries) {
    const at = placeOf(entry.at ?? whole);
    const value = cx.force(entry.value);
    if (value.kind === 'unknown' || value.kind === 'failure') {
      rows.push({ machine, at, keys: [], complete: false, shared: false, list: null, written: [] });
      continue;
    }
    const row = value.kind === 'list' ? readKeys(cx, value, at) : null;
    if (row === null) return null;
    rows.push({ machine, at, ...row, shared: false, list: value.origin });
  }
  return rows;
}

function readKeys(
  cx: Evaluation,
  list: ListValue,
  row: Place,
): Pick<ReadRow, 'keys' | 'complete' | 'written'> | null {
  const keys: ListedKey[] = [];
  const written: Origin[] = [];
  let complete = true;
  for (const item of list.items) {
    const value = item.kind === 'spread' ? item.of : cx.force(item);
    if (value.kind === 'string' && value.text !== null) {
      const at = value.origin === null ? null : outermostIn(value.origin, row.file);
      if (value.origin !== null) written.push(value.origin);
      keys.push({ key: value.text, at: at === null ? row : placeOf(at) });
    } else if (value.kind === 'string' || value.kind === 'unknown' || value.kind === 'failure')
      complete = false;
    else return null;
  }
  return { keys, complete, written };
}

/** Returns the registry with the most keys in common, if it has at least half of them and more than any other. */
export function registryWithKeysOf(rows: readonly MatrixRow[], { byFile }: RegistryKeys): string | null {
  const listed = new Set(rows.flatMap(row => row.keys.map(({ key }) => key)));
  const scores = [...byFile]
    .map(([file, keys]) => ({ file, score: [...listed].filter(key => keys.has(key)).length }))
    .sort((a, b) => b.score - a.score);
  const [best, next] = scores;
  if (best === undefined || best.score * 2 < listed.size || best.score === 0) return null;
  return next !== undefined && next.score === best.score ? null : best.file;
}
