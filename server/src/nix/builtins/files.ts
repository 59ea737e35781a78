/** Builtins that read files. Only files of the workspace are known, through the snapshot. */
import { attr, attrs, bool, failure, string, unknown } from '../eval/construct.ts';
import { stringAsPath } from '../eval/paths.ts';
import type { Attr, BuiltinContext, Lazy, Origin, PathValue } from '../eval/value.ts';
import { type Stop, stop } from './arguments.ts';
import { because, fn1, fn2, type Result, type Table } from './define.ts';

/** Returns the path of the workspace that an argument names. */
export function workspacePath(cx: BuiltinContext, lazy: Lazy, at: Origin | null): PathValue | Stop {
  const value = cx.resolve(lazy);
  if (value.kind === 'unknown' || value.kind === 'failure') return value;
  const path = value.kind === 'path' ? value : pathIn(cx, value, at);
  if (path.kind !== 'path') return path;
  return path.text.startsWith('/') ? unknown('a file outside the workspace', `file ${path.text}`, at) : path;
}

function pathIn(cx: BuiltinContext, value: Lazy, at: Origin | null): PathValue | Stop {
  const text = cx.toText(value, false, at);
  if (text.kind !== 'string') return text;
  const inside = stringAsPath(text);
  if (inside !== null) return inside;
  if (text.text !== null && !text.text.startsWith('/'))
    return failure('other', `string '${text.text}' doesn't represent an absolute path`, at);
  for (const piece of text.pieces) if ('hole' in piece) return piece.hole;
  return unknown('a file outside the workspace', `file ${text.text}`, at);
}

/** Returns the text of a file in the workspace. */
export function readText(cx: BuiltinContext, lazy: Lazy, at: Origin | null): string | Result {
  const path = workspacePath(cx, lazy, at);
  if (path.kind !== 'path') return stop(path);
  const text = cx.files.text(path.text);
  if (text !== null) return text;
  if (cx.files.kind(path.text) === null) return failure('missing-file', path.text, at);
  return because(unknown('a file that cannot be read', `file ${path.text}`, at));
}

function readDir(cx: BuiltinContext, lazy: Lazy, at: Origin | null): Result {
  const path = workspacePath(cx, lazy, at);
  if (path.kind !== 'path') return stop(path);
  const names = cx.files.list(path.text);
  if (names === null) {
    if (cx.files.kind(path.text) === null) return failure('missing-file', path.text, at);
    return because(unknown('a folder that cannot be read', `folder ${path.text}`, at));
  }
  const entries = new Map<string, Attr>();
  for (const { name, kind } of [...names].sort((a, b) => (a.name < b.name ? -1 : 1)))
    entries.set(name, attr(string(kind === 'file' ? 'regular' : 'directory', at), at));
  return attrs(entries, at);
}

export const FILES: Table = {
  import: fn1('import', (cx, path, at) => cx.importPath(path, at)),
  pathExists: fn1('pathExists', (cx, lazy, at) => {
    const path = workspacePath(cx, lazy, at);
    return path.kind === 'path' ? bool(cx.files.kind(path.text) !== null, at) : stop(path);
  }),
  readFile: fn1('readFile', (cx, lazy, at) => {
    const text = readText(cx, lazy, at);
    return typeof text === 'string' ? string(text, at) : text;
  }),
  readDir: fn1('readDir', readDir),
  readFileType: fn1('readFileType', (cx, lazy, at) => {
    const path = workspacePath(cx, lazy, at);
    if (path.kind !== 'path') return stop(path);
    const kind = cx.files.kind(path.text);
    if (kind === null) return failure('missing-file', path.text, at);
    return string(kind === 'file' ? 'regular' : 'directory', at);
  }),
  filterSource: fn2('filterSource', (_cx, _filter, path, at) =>
    because(unknown('a filtered copy in the store', path.kind === 'path' ? path.text : '', at)),
  ),
};
