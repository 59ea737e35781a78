/** The pairs that a function makes of names, for `listToAttrs`, are made once for all lists that hold the names. */
import { describe, expect, it } from 'vitest';
import { createEvaluation } from '../../server/src/nix/eval/evaluator.ts';
import type { Selection } from '../../server/src/nix/eval/selection.ts';
import type { AttrsValue, Lazy, Value } from '../../server/src/nix/eval/value.ts';
import { evalIn, memoryFiles, show } from './support.ts';

const REGISTRY = `{
  ssh = { generator = "ssh-key"; files.id = { }; };
  wifi = { generator = "wifi-key"; files.psk = { }; prompts.psk = { }; };
}`;

/** What is made of a text that gives two sets `{ a = listToAttrs …; b = listToAttrs …; }`. */
function twoOf(text: string, isShared = true) {
  const cx = createEvaluation(memoryFiles({}));
  const registry = evalIn(cx, REGISTRY) as AttrsValue;
  cx.common.set(registry, 'watched');
  if (isShared)
    for (const [, { value }] of registry.entries) cx.common.set(cx.force(value) as AttrsValue, 'made-of');
  const heard: Selection[] = [];
  cx.trace = { watches: target => target === registry, selections: heard };
  const both = evalIn(cx, text, { registry }) as AttrsValue;
  const seen: Record<string, readonly Selection[]> = {};
  const steps: Record<string, number> = {};
  const member = (name: string): AttrsValue => {
    const before = heard.length;
    const { stepsLeft } = cx;
    const value = cx.force(both.entries.get(name)?.value as Lazy) as AttrsValue;
    for (const entry of value.kind === 'attrs' ? value.entries.values() : []) cx.force(entry.value);
    seen[name] = heard.slice(before);
    steps[name] = stepsLeft - cx.stepsLeft;
    return value;
  };
  const [a, b] = [member('a'), member('b')];
  const entry = (of: AttrsValue, name: string): Value => cx.force(of.entries.get(name)?.value as Lazy);
  return {
    a,
    b,
    seen,
    steps,
    entry,
    at: (of: AttrsValue, name: string) => of.entries.get(name)?.at,
    shown: show(cx, b),
  };
}

/** Two lists of names that a function of their own each makes sets of, as two machines do. */
const twoLists = (pair: string, helpers = '') => `let
  of = own: names: let
    ${helpers}
    make = entry: { name = entry.generator; value = { inherit (entry) files; } // more entry; };
    more = entry: if entry ? prompts then { inherit (entry) prompts; } else { };
    entryFor = key: registry.\${key} or (throw "no \${key}");
  in builtins.listToAttrs (map (key: ${pair}) names);
in { a = of 1 [ "ssh" "wifi" ]; b = of 2 [ "wifi" "ssh" ]; }`;

const PLAIN = 'make (entryFor key)';

describe('pairs of a name', () => {
  it('are made once: what holds the same names takes fewer steps', () => {
    const names = Array.from({ length: 20 }, () => '"ssh" "wifi"').join(' ');
    const { steps } = twoOf(twoLists(PLAIN).replaceAll('"ssh" "wifi"', names));
    const { steps: plain } = twoOf(twoLists(PLAIN).replaceAll('"ssh" "wifi"', names), false);
    expect((steps.a ?? 0) * 2).toBeLessThan(plain.a ?? 0);
  });

  it('hold the very same values, at the same places', () => {
    const { a, b, entry, at } = twoOf(twoLists(PLAIN));
    expect([...b.entries.keys()]).toEqual(['wifi-key', 'ssh-key']);
    for (const name of ['ssh-key', 'wifi-key']) {
      expect(entry(b, name)).toBe(entry(a, name));
      expect(at(b, name)).toEqual(at(a, name));
    }
  });

  it.each([
    PLAIN,
    '{ name = key; value = { inherit (entryFor key) files; }; }',
    '{ name = (entryFor key).generator; value = entryFor key; }',
    '{ name = "x-${key}"; value = entryFor key; }',
    'make (entryFor "ssh") // { value = { inherit own key; }; }',
    'make (registry.ssh) // { name = builtins.substring 0 1 key; }',
  ])('are what they are without sharing, and as much is heard of them: %s', pair => {
    const [shared, plain] = [twoOf(twoLists(pair)), twoOf(twoLists(pair), false)];
    expect(shared.shown).toBe(plain.shown);
    const told = ({ seen }: typeof plain) =>
      Object.entries(seen).map(([of, events]) => [
        of,
        [...new Set(events.map(({ name, found }) => `${name.text} ${name.origin?.start} ${found}`))].sort(),
      ]);
    expect(told(shared)).toEqual(told(plain));
    for (const name of plain.b.entries.keys()) {
      const [left, right] = [shared.at(shared.b, name), plain.at(plain.b, name)];
      expect([left?.start, left?.end]).toEqual([right?.start, right?.end]);
    }
  });

  it('are named where the name stands that they are made of', () => {
    const text = twoLists('{ name = key; value = entryFor key; }');
    const { a, b, at } = twoOf(text);
    expect(at(a, 'ssh')?.start).toBe(text.indexOf('"ssh"'));
    expect(at(b, 'ssh')?.start).toBe(text.lastIndexOf('"ssh"'));
  });

  it('say through which calls they came where they were made for somebody', () => {
    const { a, b, at } = twoOf(twoLists('{ name = "x-${key}"; value = entryFor key; }'));
    for (const set of [a, b]) {
      let outermost = at(set, 'x-ssh') ?? null;
      while (outermost?.call) outermost = outermost.call.at;
      expect(outermost?.file.text.slice(outermost.start)).toMatch(set === a ? /^of 1/ : /^of 2/);
    }
  });

  it('are made anew of what is the caller’s own', () => {
    const { a, b, entry } = twoOf(twoLists('{ name = key; value = { inherit own; }; }'));
    expect(entry(b, 'ssh')).not.toBe(entry(a, 'ssh'));
  });

  it('do not look at a name that Nix does not look at', () => {
    const text = `let
      all = map (key: { name = (builtins.elemAt all 0).value.generator; value = registry.\${key}; }) [ "ssh" "wifi" ];
    in { a = (builtins.elemAt all 1).value; b = builtins.listToAttrs all; }`;
    expect(twoOf(text).shown).toBe(twoOf(text, false).shown);
  });

  it('fail for everybody where there is no such entry', () => {
    const text = twoLists(PLAIN).replaceAll('"ssh"', '"gone"');
    expect(twoOf(text).shown).toBe(twoOf(text, false).shown);
  });
});
