/** nixpkgs `lib.path`: operations on the names of paths, without looking at files. */
import { holeIn, stop } from '../builtins/arguments.ts';
import { fn2, type Result, type Table } from '../builtins/define.ts';
import { bool, failure, string, typeName } from '../eval/construct.ts';
import { pathFrom } from '../eval/paths.ts';
import type { BuiltinContext, FailureValue, Lazy, Origin, PathValue, UnknownValue } from '../eval/value.ts';

function asPath(cx: BuiltinContext, lazy: Lazy, at: Origin | null): PathValue | UnknownValue | FailureValue {
  const value = cx.resolve(lazy);
  if (value.kind === 'path' || value.kind === 'unknown' || value.kind === 'failure') return value;
  return failure('throw', `the argument is ${typeName(value)}, but a path was expected`, at);
}

/** Returns the rest of the second path after the first one, or null if it is not below it. */
function below(folder: PathValue, path: PathValue): string | null {
  if (folder.text === path.text) return '.';
  // The root of the workspace has no name, and all of its files are below it.
  const start = folder.text === '' || folder.text === '/' ? folder.text : `${folder.text}/`;
  const isInside = path.text.startsWith(start) && (start !== '' || !path.text.startsWith('/'));
  return isInside ? path.text.slice(start.length) : null;
}

function both(
  compare: (relative: string | null, at: Origin | null) => Result,
): (cx: BuiltinContext, folder: Lazy, path: Lazy, at: Origin | null) => Result {
  return (cx, folder, path, at) => {
    const first = asPath(cx, folder, at);
    if (first.kind !== 'path') return stop(first);
    const second = asPath(cx, path, at);
    return second.kind === 'path' ? compare(below(first, second), at) : stop(second);
  };
}

function append(cx: BuiltinContext, lazy: Lazy, rest: Lazy, at: Origin | null): Result {
  const path = asPath(cx, lazy, at);
  if (path.kind !== 'path') return stop(path);
  const text = cx.resolve(rest);
  if (text.kind === 'unknown' || text.kind === 'failure') return stop(text);
  if (text.kind !== 'string' || text.text === '' || text.text?.startsWith('/') === true)
    return failure('throw', 'lib.path.append: the second argument is not a path below the first', at);
  if (text.text === null) return stop(holeIn(text));
  if (text.text.split('/').includes('..'))
    return failure('throw', 'lib.path.append: the second argument contains a `..`', at);
  return pathFrom(path.text, text.text, at);
}

export const PATHS: Table = {
  append: fn2('append', append),
  hasPrefix: fn2(
    'hasPrefix',
    both((relative, at) => bool(relative !== null, at)),
  ),
  removePrefix: fn2(
    'removePrefix',
    both((relative, at) =>
      relative === null
        ? failure('throw', 'lib.path.removePrefix: the first path is not a prefix of the second', at)
        : string(`./${relative}`, at),
    ),
  ),
};
