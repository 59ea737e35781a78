/**
 * nixpkgs `lib.filesystem` and `lib.fileset`, as far as they are used to collect modules: all files below a folder,
 * or some of them. The order is that of nixpkgs: by name, with folders among the files.
 */

import { byText } from '../../std.ts';
import { asBool, asList, asText, stop } from '../builtins/arguments.ts';
import { fn1, fn2, type Result, type Table } from '../builtins/define.ts';
import { workspacePath } from '../builtins/files.ts';
import { attrsOf, bool, failure, list, path, string } from '../eval/construct.ts';
import { joinPath } from '../eval/paths.ts';
import type { BuiltinContext, Lazy, ListValue, Origin, PathValue, Value } from '../eval/value.ts';
import { typed } from './options.ts';

/** Limit above any real nesting, since links may be circular. */
const MAX_DEPTH = 40;

/** Returns the files below a folder, or null if a folder cannot be listed. */
function filesBelow(
  cx: BuiltinContext,
  folder: string,
  at: Origin | null,
  depth = 0,
): readonly PathValue[] | null {
  const names = depth > MAX_DEPTH ? null : cx.files.list(folder);
  if (names === null) return null;
  const files: PathValue[] = [];
  for (const { name, kind } of [...names].sort(byText(entry => entry.name))) {
    cx.step();
    const below = joinPath(folder, name);
    if (below === null) return null;
    if (kind === 'file') files.push(path(below, at));
    else {
      const inner = filesBelow(cx, below, at, depth + 1);
      if (inner === null) return null;
      files.push(...inner);
    }
  }
  return files;
}

function listFilesRecursive(cx: BuiltinContext, lazy: Lazy, at: Origin | null): Result {
  const folder = workspacePath(cx, lazy, at);
  if (folder.kind !== 'path') return stop(folder);
  const files = filesBelow(cx, folder.text, at);
  return files === null ? failure('missing-file', folder.text, at) : list(files, at);
}

function isKind(kind: 'file' | 'directory') {
  return (cx: BuiltinContext, lazy: Lazy, at: Origin | null): Result => {
    const path = workspacePath(cx, lazy, at);
    return path.kind === 'path' ? bool(cx.files.kind(path.text) === kind, at) : stop(path);
  };
}

export const FILESYSTEM: Table = {
  listFilesRecursive: fn1('listFilesRecursive', listFilesRecursive),
  pathIsDirectory: fn1('pathIsDirectory', isKind('directory')),
  pathIsRegularFile: fn1('pathIsRegularFile', isKind('file')),
};

/** Returns the files in a file set. A file set is a set with a special type; a path stands for all files below it. */
function filesIn(cx: BuiltinContext, lazy: Lazy, at: Origin | null): ListValue | Result {
  const value = cx.resolve(lazy);
  if (value.kind === 'attrs' && cx.has(value, 'files') === true) {
    const files = cx.select(value, 'files', at);
    if (files.kind === 'list') return files;
  }
  const path = workspacePath(cx, value, at);
  if (path.kind !== 'path') return stop(path);
  if (cx.files.kind(path.text) === 'file') return list([path], at);
  const files = filesBelow(cx, path.text, at);
  return files === null ? failure('missing-file', path.text, at) : list(files, at);
}

function fileset(files: readonly (Lazy | { readonly kind: 'spread' })[], at: Origin | null): Value {
  return typed('fileset', { files: list(files as readonly Lazy[], at) }, at);
}

/** Evaluates `fileFilter (file: file.hasExt "nix") ./modules`. */
function fileFilter(cx: BuiltinContext, predicate: Lazy, folder: Lazy, at: Origin | null): Result {
  const all = filesIn(cx, folder, at);
  if (all.kind !== 'list') return all;
  const kept: Lazy[] = [];
  for (const item of all.items) {
    if (item.kind !== 'path') continue;
    const name = item.text.slice(item.text.lastIndexOf('/') + 1);
    const hasExt = fn1('hasExt', (inner, ext, here) => {
      const text = asText(inner, ext, here);
      return text.kind === 'string' ? bool(name.endsWith(`.${text.text}`), here) : stop(text);
    });
    const file = attrsOf({ name: string(name, at), type: string('regular', at), hasExt }, at);
    const is = asBool(cx, cx.apply(predicate, file, at), at);
    if (is.kind !== 'bool') return stop(is);
    if (is.value) kept.push(item);
  }
  return fileset(kept, at);
}

/** Joins file sets. If one is unknown, so is the result. */
function joinedFiles(cx: BuiltinContext, sets: readonly Lazy[], at: Origin | null): Result {
  const joined = new Map<string, Lazy>();
  for (const set of sets) {
    const files = filesIn(cx, set, at);
    if (files.kind !== 'list') return files;
    for (const item of files.items) if (item.kind === 'path') joined.set(item.text, item);
  }
  return fileset(
    [...joined].sort(byText(([name]) => name)).map(([, file]) => file),
    at,
  );
}

function difference(cx: BuiltinContext, from: Lazy, without: Lazy, at: Origin | null): Result {
  const [all, less] = [filesIn(cx, from, at), filesIn(cx, without, at)];
  if (all.kind !== 'list') return all;
  if (less.kind !== 'list') return less;
  const gone = new Set(less.items.map(item => (item.kind === 'path' ? item.text : '')));
  return fileset(
    all.items.filter(item => item.kind === 'path' && !gone.has(item.text)),
    at,
  );
}

export const FILESET: Table = {
  toList: fn1('toList', filesIn),
  fileFilter: fn2('fileFilter', fileFilter),
  difference: fn2('difference', difference),
  union: fn2('union', (cx, left, right, at) => joinedFiles(cx, [left, right], at)),
  unions: fn1('unions', (cx, sets, at) => {
    const all = asList(cx, sets, at);
    if (all.kind !== 'list') return stop(all);
    const items = all.items.flatMap(item => (item.kind === 'spread' ? [] : [item]));
    const hidden = all.items.find(item => item.kind === 'spread');
    return hidden?.kind === 'spread' ? stop(hidden.of) : joinedFiles(cx, items, at);
  }),
};
