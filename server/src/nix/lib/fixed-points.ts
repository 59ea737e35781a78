/**
 * nixpkgs `lib.fixedPoints`: sets that refer to themselves, and their extensions. Libraries of flakes are often made
 * this way.
 */

import { asText, stop } from '../builtins/arguments.ts';
import { builtin, fn1, fn2, fn3, type Result, type Table } from '../builtins/define.ts';
import { settled } from '../builtins/list-parts.ts';
import { foldLeft } from '../builtins/lists.ts';
import { attr, attrs } from '../eval/construct.ts';
import { update } from '../eval/operators.ts';
import { thunk } from '../eval/thunks.ts';
import type { BuiltinContext, Lazy, Origin, Thunk, Value } from '../eval/value.ts';
import { isFunction } from './trivial.ts';

function fix(cx: BuiltinContext, f: Lazy, at: Origin | null): Value {
  const self: Thunk = thunk(() => cx.apply(f, self, at), at);
  return cx.resolve(self);
}

function withOne(cx: BuiltinContext, set: Value, name: string, value: Lazy, at: Origin | null): Value {
  return update(cx, set, attrs(new Map([[name, attr(value, at)]]), at), at);
}

/** Evaluates `fix` with the function itself as an attribute. */
function fixKept(cx: BuiltinContext, f: Lazy, at: Origin | null): Value {
  const self: Thunk = thunk(() => withOne(cx, cx.apply(f, self, at), '__unfix__', f, at), at);
  return cx.resolve(self);
}

function extended(cx: BuiltinContext, overlay: Lazy, f: Lazy, final: Lazy, at: Origin | null): Value {
  const previous = cx.delay(() => cx.apply(f, final, at));
  return update(cx, cx.resolve(previous), cx.applyAll(overlay, [final, previous], at), at);
}

function extensible(cx: BuiltinContext, name: string, f: Lazy, at: Origin | null): Value {
  const extend = fn1(name, (inner, overlay, place) => {
    const longer = fn1('extends', (context, final, here) => extended(context, overlay, f, final, here));
    return extensible(inner, name, longer, place);
  });
  const whole = fn1('makeExtensible', (inner, self, place) =>
    withOne(inner, inner.apply(f, self, place), name, extend, place),
  );
  return fixKept(cx, whole, at);
}

/** Returns the `extend` of an existing set: nixpkgs `lib` with additions, which may be extended again. */
export function extendOf(base: Lazy): Lazy {
  return fn1('extend', (cx, overlay, at) => {
    const self: Thunk = thunk(() => {
      const added = cx.applyAll(overlay, [self, base], at);
      return withOne(cx, update(cx, cx.resolve(base), added, at), 'extend', extendOf(self), at);
    }, at);
    return cx.resolve(self);
  });
}

const COMPOSE = builtin('composeExtensions', 4, (cx, args, at) => {
  const [first, second, final, previous] = args as [Lazy, Lazy, Lazy, Lazy];
  const applied = cx.applyAll(first, [final, previous], at);
  const between = cx.delay(() => update(cx, cx.resolve(previous), applied, at));
  return update(cx, applied, cx.applyAll(second, [final, between], at), at);
});

/** The extension that adds nothing. */
const NOTHING = fn2('composeManyExtensions', (_cx, _final, _previous, at) => attrs(new Map(), at));

function toExtension(cx: BuiltinContext, f: Lazy, at: Origin | null): Result {
  const is = settled(isFunction(cx, f, at));
  if (is.kind !== 'bool') return is;
  if (!is.value) return fn2('toExtension', inner => inner.resolve(f));
  return fn2('toExtension', (inner, final, previous, place) => {
    const once = inner.delay(() => inner.apply(f, previous, place));
    const takesTwo = settled(isFunction(inner, once, place));
    if (takesTwo.kind !== 'bool') return takesTwo;
    return takesTwo.value ? inner.applyAll(f, [final, previous], place) : inner.resolve(once);
  });
}

export const FIXED_POINTS: Table = {
  fix: fn1('fix', fix),
  "fix'": fn1("fix'", fixKept),
  extends: fn3('extends', extended),
  composeExtensions: COMPOSE,
  composeManyExtensions: fn1('composeManyExtensions', (cx, extensions, at) =>
    foldLeft(cx, (before, next) => cx.applyAll(COMPOSE, [before, next], at), NOTHING, extensions, at),
  ),
  makeExtensible: fn1('makeExtensible', (cx, f, at) => extensible(cx, 'extend', f, at)),
  makeExtensibleWithCustomName: fn2('makeExtensibleWithCustomName', (cx, name, f, at) => {
    const text = asText(cx, name, at);
    return text.kind === 'string' ? extensible(cx, text.text, f, at) : stop(text);
  }),
  toExtension: fn1('toExtension', toExtension),
};
