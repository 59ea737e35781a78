/**
 * nixpkgs `lib` for packages. A package is unknown, including its store path, so a text made from it has a hole
 * there.
 */
import { asList, asText, stop } from '../builtins/arguments.ts';
import { fn1, fn2, type Result, type Table } from '../builtins/define.ts';
import { joinTexts, STRINGS } from '../builtins/strings.ts';
import { string, stringOf, unknown, unknownSelect } from '../eval/construct.ts';
import { boundedKey, lazyKey } from '../eval/identity.ts';
import { addText } from '../eval/strings.ts';
import type {
  BuiltinContext,
  FailureValue,
  HolePiece,
  Lazy,
  Origin,
  StringPiece,
  StringValue,
  UnknownValue,
} from '../eval/value.ts';

/** Returns the store path of an output of a package. */
function place(output: string, lazy: Lazy, at: Origin | null): HolePiece {
  const key = boundedKey(`${output} of ${lazyKey(lazy)}`);
  const hole = unknown('where a package lies in the store', key, at, null, [lazy]);
  return { hole, source: sourceOf(lazy) };
}

function sourceOf(lazy: Lazy): string {
  if (lazy.kind === 'unknown' && lazy.term?.kind === 'select') {
    const names: string[] = [];
    let value: UnknownValue | null = lazy;
    while (value?.term?.kind === 'select') {
      names.unshift(value.term.name.text ?? '…');
      value = value.term.of;
    }
    return [value?.term?.kind === 'root' ? value.term.name : '…', ...names].join('.');
  }
  return lazy.kind === 'thunk' && lazy.value !== null ? sourceOf(lazy.value) : '…';
}

function program(cx: BuiltinContext, pkg: Lazy, name: StringValue | UnknownValue, at: Origin | null): Result {
  const value = cx.resolve(pkg);
  if (value.kind === 'failure') return value;
  const pieces: StringPiece[] = [place('bin', value, at), { text: '/bin/', source: null }];
  addText(pieces, name, 'meta.mainProgram');
  return stringOf(pieces, at);
}

function mainProgram(cx: BuiltinContext, pkg: Lazy, at: Origin | null): UnknownValue {
  const value = cx.resolve(pkg);
  const base = value.kind === 'unknown' ? value : unknown('a package', lazyKey(value), at);
  return { ...unknownSelect(base, 'meta.mainProgram', at), reason: 'the main program of a package' };
}

/** Joins `dir` of each package with colons. */
function searchPath(
  cx: BuiltinContext,
  output: string,
  directory: string,
  xs: Lazy,
  at: Origin | null,
): Result {
  const value = asList(cx, xs, at);
  if (value.kind !== 'list') return stop(value);
  const present = value.items.filter(item => item.kind === 'spread' || cx.resolve(item).kind !== 'null');
  const entry = (item: Lazy): StringValue | FailureValue => {
    const pkg = cx.resolve(item);
    if (pkg.kind === 'failure') return pkg;
    const start: StringPiece[] = pkg.kind === 'string' ? [...pkg.pieces] : [place(output, pkg, at)];
    return stringOf([...start, { text: `/${directory}`, source: null }], at);
  };
  return joinTexts(cx, string(':', at), present, entry, at);
}

function output(name: string, wanted: string) {
  return fn1(name, (cx, pkg, at) => {
    const value = cx.resolve(pkg);
    if (value.kind !== 'unknown') return value;
    return { ...unknownSelect(value, wanted, at), candidates: [value] };
  });
}

export const LIB_PACKAGES: Table = {
  getExe: fn1('getExe', (cx, pkg, at) => program(cx, pkg, mainProgram(cx, pkg, at), at)),
  "getExe'": fn2("getExe'", (cx, pkg, name, at) => {
    const text = cx.toText(name, false, at);
    return text.kind === 'failure' ? text : program(cx, pkg, text, at);
  }),
  getBin: output('getBin', 'bin'),
  getLib: output('getLib', 'lib'),
  getDev: output('getDev', 'dev'),
  getMan: output('getMan', 'man'),
  makeSearchPath: fn2('makeSearchPath', (cx, directory, xs, at) => {
    const text = asText(cx, directory, at);
    return text.kind === 'string' ? searchPath(cx, 'out', text.text, xs, at) : stop(text);
  }),
  makeBinPath: fn1('makeBinPath', (cx, xs, at) => searchPath(cx, 'bin', 'bin', xs, at)),
  makeLibraryPath: fn1('makeLibraryPath', (cx, xs, at) => searchPath(cx, 'lib', 'lib', xs, at)),
  getName: fn1('getName', (cx, pkg, at) => {
    const value = cx.resolve(pkg);
    if (value.kind === 'failure') return value;
    if (value.kind !== 'string')
      return unknown('the name of a package', boundedKey(`getName ${lazyKey(value)}`), at);
    return cx.select(
      cx.delay(() => cx.apply(STRINGS.parseDrvName as Lazy, value, at)),
      'name',
      null,
    );
  }),
};
