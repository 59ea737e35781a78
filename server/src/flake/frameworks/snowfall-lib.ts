/**
 * The `lib` that Snowfall passes to modules: nixpkgs' own, the flake's own `lib/` under the flake's namespace, and
 * `lib.snowfall`. Every `default.nix` below `lib/` is called with it and merged into the result.
 */

import { argumentsFor, inputs } from '../../modules/modules.ts';
import { certain } from '../../modules/read.ts';
import { attr, attrs, attrsOf, symbol } from '../../nix/eval/construct.ts';
import type { Evaluation } from '../../nix/eval/evaluation.ts';
import { thunk } from '../../nix/eval/thunks.ts';
import type { AttrsValue, Lazy, Origin, Thunk, Value } from '../../nix/eval/value.ts';
import { nixpkgsLib } from '../../nix/lib/index.ts';
import { defaultsBelow, pathTo } from './layout.ts';

/** The unknown part of `lib`: the libraries of the flake's inputs, and Snowfall's own functions. */
const MORE = symbol('lib', 'something of Snowfall or of an input');

/**
 * Returns the library.
 * @param folder the folder of the flake's own library
 * @param files the value of `lib.snowfall.fs`
 */
export function snowfallLibrary(
  cx: Evaluation,
  folder: string,
  files: AttrsValue,
  namespace: Value,
  at: Origin | null,
): AttrsValue | null {
  if (namespace.kind !== 'string' || namespace.text === null) return null;
  const ownLib: Thunk = thunk(() => {
    const parts = [...defaultsBelow(cx, folder).values()].map(file =>
      cx.delay(() => partOf(cx, file, args, at)),
    );
    return parts.reduceRight<Value>((merged, part) => mergedDeep(cx, part, merged, at), attrs(new Map(), at));
  }, at);
  const { entries, origin } = nixpkgsLib();
  const snowfall = { ...attrsOf({ fs: files }, null), open: MORE };
  const added = new Map(entries).set('snowfall', attr(snowfall, null)).set(namespace.text, attr(ownLib, at));
  const library = attrs(added, origin, MORE);
  const args = { inputs, namespace, lib: library, 'snowfall-inputs': inputs.open as Lazy };
  return library;
}

/** Returns the value of a file of the library; a function is passed the arguments that it names. */
function partOf(
  cx: Evaluation,
  file: string,
  args: Readonly<Record<string, Lazy>>,
  at: Origin | null,
): Value {
  const part = cx.importPath(pathTo(cx, file), at);
  if (part.kind !== 'lambda') return part;
  const partArguments = part.expr.formals === null ? attrsOf({}, at) : argumentsFor(part, args);
  return cx.apply(part, partArguments, at);
}

function mergedDeep(cx: Evaluation, left: Lazy, right: Lazy, at: Origin | null): Value {
  const merge = certain(nixpkgsLib(), 'recursiveUpdate')?.value as Lazy;
  return cx.applyAll(cx.force(merge), [left, right], at);
}
