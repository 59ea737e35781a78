/**
 * Finds paths that functions build from registry entries alone: `"${mountPoint}/${entry.generator}/${entry.fileAttr}"`.
 * Such a path does not read the generator, so nothing fails if the generator is missing. Recognised by the resulting
 * value, not by names of functions.
 */

import { certain, readText } from '../../modules/read.ts';
import { display } from '../../nix/eval/construct.ts';
import type { Evaluation } from '../../nix/eval/evaluation.ts';
import type { AttrsValue, StringValue, Value } from '../../nix/eval/value.ts';
import type { KeyLookup, KeyPath } from '../model/registries.ts';

/** A lookup of a registry key during the evaluation of a value, with the entry that was found. */
export interface KeyLookupResult {
  readonly lookup: () => KeyLookup;
  readonly entry: Value | null;
}

/** The number of list items that are inspected. */
const MOST_ITEMS = 200;

/** A path of which is not known yet whether it is reached. */
export type UnplacedPath = Omit<KeyPath, 'reached'>;

/**
 * Returns the paths in a value that end with the generator, and the file, of a key that was looked up for it.
 * @param looked returns the lookups so far; inspecting the value may add to them
 */
export function keyPathsIn(
  cx: Evaluation,
  value: Value,
  looked: () => readonly KeyLookupResult[],
): UnplacedPath[] {
  if (looked().length === 0) return [];
  const paths = pathsIn(cx, value);
  if (paths.length === 0) return [];
  return looked().flatMap(({ lookup, entry }) => {
    const generator = entry?.kind === 'attrs' ? textOf(cx, entry, 'generator') : null;
    if (entry?.kind !== 'attrs' || generator === null) return [];
    const file = textOf(cx, entry, 'fileAttr');
    const path = paths.find(candidate => isPathTo(candidate, generator, file));
    return path === undefined ? [] : [{ key: lookup(), generator, path: path.join('/') }];
  });
}

/** Returns the absolute paths in a value as lists of their parts, with holes as they are written. */
function pathsIn(cx: Evaluation, value: Value): string[][] {
  if (value.kind === 'string') return isAbsolute(value) ? [display(value).split('/')] : [];
  if (value.kind !== 'list') return [];
  return value.items.slice(0, MOST_ITEMS).flatMap(item => {
    const inner = item.kind === 'spread' ? null : cx.force(item);
    return inner?.kind === 'string' ? pathsIn(cx, inner) : [];
  });
}

/**
 * Returns whether a text is a path and nothing else. A path inside a command or a longer text may be meant for another
 * machine.
 */
function isAbsolute({ pieces, text }: StringValue): boolean {
  const [first] = pieces;
  if (first === undefined || (text ?? '').includes(' ') || (text ?? '').includes('\n')) return false;
  return 'hole' in first || first.text.startsWith('/');
}

/** Returns whether the path ends with the file of the generator. */
function isPathTo(parts: readonly string[], generator: string, file: string | null): boolean {
  const at = parts.lastIndexOf(generator);
  if (at < 1) return false;
  return file === null ? at >= parts.length - 2 : at === parts.length - 2 && parts.at(-1) === file;
}

function textOf(cx: Evaluation, set: AttrsValue, name: string): string | null {
  const entry = certain(set, name);
  return entry === null ? null : readText(cx, entry.value);
}
