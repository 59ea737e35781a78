/**
 * Paths that functions make of a registry's entries alone: `"${mountPoint}/${entry.generator}/${entry.fileAttr}"`. No
 * generator is asked for, so that nothing fails where there is none. Told by what comes out, not by names of functions.
 */

import { certain, readText } from '../../modules/read.ts';
import { display } from '../../nix/eval/construct.ts';
import type { Evaluation } from '../../nix/eval/evaluation.ts';
import type { AttrsValue, StringValue, Value } from '../../nix/eval/value.ts';
import type { KeyLookup, KeyPath } from '../model/registries.ts';

/** A key that was looked up on the way to a value, and what the registry has there. */
export interface LookedUp {
  readonly lookup: () => KeyLookup;
  readonly entry: Value | null;
}

/** How many items of a list are looked at. */
const MOST_ITEMS = 200;

/**
 * Returns the paths in a value that lie at the generator and the file of a key which was looked up for it.
 * @param looked returns the lookups while the value was computed, of which there may be more once it is looked into
 */
export function keyPathsIn(cx: Evaluation, value: Value, looked: () => readonly LookedUp[]): KeyPath[] {
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

/** Absolute paths, each as its parts; what is not known of them stands as it is written. */
function pathsIn(cx: Evaluation, value: Value): string[][] {
  if (value.kind === 'string') return isAbsolute(value) ? [display(value).split('/')] : [];
  if (value.kind !== 'list') return [];
  return value.items.slice(0, MOST_ITEMS).flatMap(item => {
    const inner = item.kind === 'spread' ? null : cx.force(item);
    return inner?.kind === 'string' ? pathsIn(cx, inner) : [];
  });
}

/**
 * Returns whether a text is a path and nothing else. A command or a text that mentions a path is meant for a reader
 * that may be elsewhere.
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
