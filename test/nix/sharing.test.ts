/** What is made of nothing but a set that all have in common is one value, whoever asks for it. */
import { describe, expect, it } from 'vitest';

import { createEvaluation } from '../../server/src/nix/eval/evaluator.ts';
import type { AttrsValue, Lazy, Value } from '../../server/src/nix/eval/value.ts';
import { nixpkgsLib } from '../../server/src/nix/lib/index.ts';
import { evalIn, memoryFiles, show } from './support.ts';

/** Two sets that a text makes as `{ a = …; b = …; }`, with `entry` a set that all have in common. */
function pair(text: string, isCommon = true) {
  const cx = createEvaluation(memoryFiles({}));
  const entry = evalIn(cx, '{ name = "x"; files.key = { }; }') as AttrsValue;
  const lib = nixpkgsLib();
  cx.common.set(lib, 'beside');
  if (isCommon) cx.common.set(entry, 'made-of');
  const names: Record<string, Lazy> = { entry, lib };
  const both = evalIn(cx, text, names) as AttrsValue;
  const member = (name: string): Value => cx.force(both.entries.get(name)?.value as Lazy);
  return { a: member('a'), b: member('b'), shown: show(cx, member('b')) };
}

const twice = (before: string, made: string) => `let
  ${before}
  of = own: e: builtins.seq e.name { value = ${made}; };
in { a = (of 1 entry).value; b = (of 2 entry).value; }`;

describe('what a function makes of a common set', () => {
  it.each([
    ['', '{ inherit (e) files; }'],
    ['', 'e // { script = "true"; }'],
    ['more = e: if e ? files then { inherit (e) files; } else { };', '{ script = "true"; } // more e'],
    ['inherit (builtins) removeAttrs;', '{ rest = removeAttrs e [ "name" ]; }'],
    ['', '{ rest = lib.optionalAttrs (e ? files) { inherit (e) files; }; }'],
  ])('is made once: %s %s', (before, made) => {
    const { a, b } = pair(twice(before, made));
    expect(a.kind).toBe('attrs');
    // What `inherit` brings is known from the first time on.
    if (!before.startsWith('inherit')) expect(b).toBe(a);
  });

  it('says the same as if it were made each time', () => {
    const text = twice('more = e: { inherit (e) files; };', '{ n = e.name; } // more e');
    expect(pair(text).shown).toBe(pair(text, false).shown);
  });

  it('does not say which calls it came through', () => {
    expect(pair(twice('', '{ inherit (e) files; }')).b.origin?.call).toBeNull();
    expect(pair(twice('', '{ inherit (e) files; }'), false).b.origin?.call).not.toBeNull();
  });
});

describe('it is made anew', () => {
  it.each([
    ['of what is the caller’s own', '', '{ inherit (e) files; inherit own; }'],
    ['where a `with` may bring in anything', '', 'with e; { inherit files; }'],
    ['through a function that knows more', 'f = own: e: { inherit own e; };', '{ } // f own e'],
  ])('%s', (_, before, made) => {
    const { a, b } = pair(twice(before, made));
    expect(b).not.toBe(a);
  });

  it('where it is a text: that tells by its calls where it comes from', () => {
    const text = 'e.name + "y"';
    const { a, b, shown } = pair(
      `let of = e: if e ? name then ${text} else ""; in { a = of entry; b = of entry; }`,
    );
    expect(b).not.toBe(a);
    expect(shown).toBe('"xy"');
  });

  it('of a set that is not common', () => {
    const { a, b } = pair(twice('', '{ inherit (e) files; }'), false);
    expect(b).not.toBe(a);
  });
});
