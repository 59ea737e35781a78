/**
 * Path values. A path inside the workspace is relative to its root, without a leading `/`; `..` above the root leaves
 * the workspace and is unknown.
 */

import type { StringPart } from '../syntax.ts';
import { derived, path, stringKey, unknown } from './construct.ts';
import type { Evaluation } from './evaluation.ts';
import { interpolate } from './strings.ts';
import type { NixFiles, Origin, PathValue, Scope, StringValue, UnknownValue, Value } from './value.ts';

/** Returns the folder of a file; '' is the root. */
export function folderOf(file: string): string {
  const slash = file.lastIndexOf('/');
  return slash < 0 ? '' : file.slice(0, slash);
}

/**
 * Joins and normalises paths: resolves `.`, `..` and empty names. Returns null if the result would be above the
 * workspace root.
 */
export function joinPath(base: string, relative: string): string | null {
  const absolute = base.startsWith('/');
  const names: string[] = [];
  for (const name of `${base}/${relative}`.split('/')) {
    if (name === '' || name === '.') continue;
    if (name !== '..') names.push(name);
    else if (names.length > 0) names.pop();
    else if (!absolute) return null;
  }
  return (absolute ? '/' : '') + names.join('/');
}

/** Returns the value of a path literal. */
export function pathText(cx: Evaluation, parts: readonly StringPart[], scope: Scope, origin: Origin): Value {
  const text = interpolate(cx, parts, scope, origin);
  if (text.kind === 'failure') return text;
  if (text.text === null)
    return unknown('a path with parts that are not known', `path:${stringKey(text)}`, origin);
  if (text.text.startsWith('~')) return unknown('where the home folder is', `path:${text.text}`, origin);
  return pathFrom(text.text.startsWith('/') ? '/' : folderOf(scope.file.path), text.text, origin);
}

/** Returns a path below `base`, or an unknown if it leaves the workspace. */
export function pathFrom(base: string, relative: string, origin: Origin | null): PathValue | UnknownValue {
  const joined = joinPath(base, relative);
  return joined === null
    ? unknown('a path outside the workspace', `path:${base}/${relative}`, origin)
    : path(joined, origin);
}

/** Evaluates `path + right`: Nix appends the text, then normalises. */
export function appendToPath(left: PathValue, right: Value, origin: Origin | null): Value {
  if (right.kind !== 'string' && right.kind !== 'path') return right;
  if (right.kind === 'string' && right.text === null) return derived(holeOf(right), 'path +', origin);
  const text = right.text as string;
  const absolute = left.text.startsWith('/');
  // The location of the workspace is unknown, and so is the name of its root folder.
  const hidden = right.kind === 'path' ? !text.startsWith('/') : left.text === '' && !/^(\/|$)/.test(text);
  const joined = hidden ? null : joinPath(absolute ? '/' : '', `${left.text}${text}`);
  return joined === null
    ? unknown('a path outside the workspace', `path:${left.text}+${text}`, origin)
    : path(joined, origin);
}

/**
 * Returns the path in the workspace that a text such as `"${./.}/file"` or `toString ./file` names, or null for other
 * texts.
 */
export function stringAsPath(value: StringValue): PathValue | null {
  const [first, ...rest] = value.pieces;
  if (first === undefined || !('hole' in first) || !first.hole.key.startsWith('path:')) return null;
  const base = first.hole.candidates?.[0];
  if (base?.kind !== 'path') return null;
  let text = base.text;
  for (const piece of rest) {
    if ('hole' in piece) return null;
    text += piece.text;
  }
  // The text extends the name of the workspace folder, and names another folder beside it.
  if (base.text === '' && !/^(\/|$)/.test(text)) return null;
  const joined = joinPath(base.text.startsWith('/') ? '/' : '', text);
  return joined === null ? null : path(joined, value.origin);
}

/**
 * Returns the text of a path in the workspace as far as it is known, with a \0 for each character of a hash, or null
 * for other texts. Flakes are evaluated in the store, and a path in a text is copied there individually.
 */
export function textOfPath(value: StringValue, files: NixFiles): string | null {
  const inside = stringAsPath(value);
  if (inside === null || inside.text.startsWith('/') || files.kind('flake.nix') !== 'file') return null;
  const [first] = value.pieces;
  const base = first !== undefined && 'hole' in first ? first.hole.candidates?.[0] : undefined;
  if (first === undefined || !('hole' in first) || base?.kind !== 'path') return null;
  const store = `/nix/store/${'\0'.repeat(32)}-`;
  // The flake itself is already in the store.
  if (base.text === '' || !first.hole.reason.endsWith('in the store'))
    return `${store}source${inside.text === '' ? '' : `/${inside.text}`}`;
  const name = base.text.slice(base.text.lastIndexOf('/') + 1);
  return `${store}${name}${inside.text.slice(base.text.length)}`;
}

function holeOf(value: StringValue): UnknownValue {
  for (const piece of value.pieces) if ('hole' in piece) return piece.hole;
  return unknown('text that is not known', 'text', value.origin);
}
