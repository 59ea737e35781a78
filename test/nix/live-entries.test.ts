/** Attributes that change in place: what reading them depends on. */
import { describe, expect, it } from 'vitest';
import { attr, string } from '../../server/src/nix/eval/construct.ts';
import { createEvaluation } from '../../server/src/nix/eval/evaluator.ts';
import { LiveEntries } from '../../server/src/nix/eval/live-entries.ts';
import { liveEvaluation } from '../../server/src/nix/eval/renewal.ts';
import type { Attr } from '../../server/src/nix/eval/value.ts';
import { isStale, remembered } from '../../server/src/query/reads.ts';
import { memoryFiles, show } from './support.ts';

type Entries = Readonly<Record<string, Attr>>;

const BEFORE: Entries = { a: attr(string('1', null), null), b: attr(string('2', null), null) };
const other = attr(string('3', null), null);

/** Changes of the attributes. */
const CHANGES: Readonly<Record<string, Entries>> = {
  nothing: BEFORE,
  'a value': { ...BEFORE, a: other },
  'another attribute': { ...BEFORE, c: other },
  'one attribute less': { b: BEFORE.b as Attr },
  'the order': { b: BEFORE.b as Attr, a: BEFORE.a as Attr },
};

/** Reads, and the changes that make them stale. */
const READS: readonly (readonly [
  string,
  (entries: LiveEntries, force: (of: Attr) => string) => unknown,
  string[],
])[] = [
  ['a value', (entries, force) => force(entries.get('a') as Attr), ['a value', 'one attribute less']],
  ['an attribute, unevaluated', entries => entries.get('a'), ['one attribute less']],
  ['whether one is there', entries => entries.has('a'), ['one attribute less']],
  ['whether one is there that is not', entries => entries.has('c'), ['another attribute']],
  ['one that is not there', entries => entries.get('c'), ['another attribute']],
  ['the number', entries => entries.size, NAMES()],
  ['the names', entries => [...entries.keys()], NAMES()],
  ['all, unevaluated', entries => [...entries], NAMES()],
  ['each, unevaluated', entries => entries.forEach(() => {}), NAMES()],
  ['the attributes, unevaluated', entries => [...entries.values()], NAMES()],
  ['a copy', entries => new Map(entries), NAMES()],
  ['all values', (entries, force) => [...entries.values()].map(force), ['a value', ...NAMES()]],
];

function NAMES(): string[] {
  return ['another attribute', 'one attribute less', 'the order'];
}

describe('reading from a set that changes in place', () => {
  it.each(READS)('%s', (_, read, expected) => {
    const stale = Object.entries(CHANGES).flatMap(([name, next]) => {
      const cx = createEvaluation(memoryFiles({}));
      const { recorder } = cx;
      recorder.isOn = true;
      const entries = new LiveEntries(liveEvaluation(cx), 'x.nix', new Map(Object.entries(BEFORE)));
      const answer = remembered(recorder, () => read(entries, of => show(cx, of.value)));
      entries.replace(new Map(Object.entries(next)));
      recorder.revision += 1;
      return isStale(recorder, answer.reads) ? [name] : [];
    });
    expect(stale.sort()).toEqual([...expected].sort());
  });

  it('keeps the thunk of a value that has changed, which then has the new value', () => {
    const cx = createEvaluation(memoryFiles({}));
    cx.recorder.isOn = true;
    const entries = new LiveEntries(liveEvaluation(cx), 'x.nix', new Map(Object.entries(BEFORE)));
    const thunk = (entries.get('a') as Attr).value;
    expect(show(cx, thunk)).toBe('"1"');
    entries.replace(new Map(Object.entries(CHANGES['a value'] as Entries)));
    cx.recorder.revision += 1;
    expect(entries.get('a')?.value).toBe(thunk);
    expect(show(cx, thunk)).toBe('"3"');
  });
});
