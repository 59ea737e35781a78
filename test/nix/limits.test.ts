/**
 * Cycles and budgets: what has no value is a finding or is given up soon, and the evaluation goes on.
 */

import { describe, expect, it } from 'vitest';
import { BudgetExceeded, DEFAULT_STEPS } from '../../server/src/nix/eval/budget.ts';
import { type Evaluation, withBudget } from '../../server/src/nix/eval/evaluation.ts';
import { createEvaluation } from '../../server/src/nix/eval/evaluator.ts';
import type { FailureValue, Value } from '../../server/src/nix/eval/value.ts';
import { at, evalIn, evalText, memoryFiles, show, shown, type Texts } from './support.ts';

function failureOf(text: string, texts: Texts = {}): FailureValue {
  const { value } = evalText(text, texts);
  if (value.kind !== 'failure') throw new Error(`not a failure: ${value.kind}`);
  return value;
}

function ask(cx: Evaluation, text: string): Value | BudgetExceeded {
  return withBudget(cx, DEFAULT_STEPS, () => {
    const value = evalIn(cx, text);
    show(cx, value);
    return value;
  });
}

describe('cycles', () => {
  it('names the places of the cycle in order', () => {
    const failed = failureOf('rec { a = b; b = c + 1; c = a; }.a');
    expect(failed.failure).toBe('infinite-recursion');
    expect(failed.cycle.map(at)).toEqual(['b', 'c + 1', 'a']);
  });

  it('sees a binding that is itself', () => {
    expect(failureOf('let x = x; in x').cycle.map(at)).toEqual(['x']);
    expect(failureOf('let x = { y = x.y; }; in x.y').cycle.map(at)).toEqual(['x.y']);
  });

  it('goes through functions, builtins and inherit', () => {
    const failed = failureOf(
      'let f = n: n; s = { inherit (t) x; }; t = { x = f (builtins.head [ s.x ]); }; in s.x',
    );
    expect(failed.failure).toBe('infinite-recursion');
    expect(failed.cycle.map(at)).toContain('s.x');
  });

  it('goes through files', () => {
    const failed = failureOf('import ./a.nix', { 'a.nix': 'import ./b.nix', 'b.nix': '1 + import ./a.nix' });
    expect(failed.failure).toBe('infinite-recursion');
  });

  it('is not seen where laziness breaks it', () => {
    expect(
      shown(
        '(let xs = [ 1 ] ++ map (x: x + 1) (builtins.genList (i: builtins.elemAt xs i) 2); in builtins.head xs)',
      ),
    ).toBe('1');
    expect(shown('let s = { a = 1; b = s.a; }; in s')).toBe('{ a = 1; b = 1; }');
  });

  it('does not come from a value that Nix would not have looked at', () => {
    // Which of the branches counts is not known; that one of them needs `s` again is no error yet, nor is it later.
    const names = { unknown: unknownFlag };
    const text = `let s = { a = t.b or 1; } // (if unknown then { c = s.a; } else { }); t = (if unknown then s else { }) // { b = s.c or 2; }; in`;
    expect(shown(`${text} t.b`, {}, names)).not.toContain('infinite');
    expect(shown(`${text} s.a`, {}, names)).not.toContain('infinite');
  });
});

const unknownFlag: Value = {
  kind: 'unknown',
  reason: 'a flag',
  key: 'flag',
  term: null,
  candidates: null,
  origin: null,
};

describe('budgets', () => {
  const endless: readonly (readonly [string, string])[] = [
    ['a function that calls itself for ever', 'let f = x: f (x + 1); in f 0'],
    ['two functions that call each other', 'let f = x: g x; g = x: f x; in f 0'],
    ['a list that grows for ever', 'let f = xs: f (xs ++ xs); in f [ 1 ]'],
    ['a text that grows for ever', 'let f = s: f (s + s); in f "ab"'],
    ['a text that doubles fifty times', `builtins.foldl' (s: _: s + s) "ab" (builtins.genList (i: i) 50)`],
    ['a set that is inside itself', 'let xs = [ xs ]; in xs == [ xs ] && builtins.toJSON xs == ""'],
    ['endless nesting, shown', 'let f = n: { inherit n; next = f (n + 1); }; in builtins.toJSON (f 0)'],
    ['a long way down', 'let f = n: if n == 0 then 0 else 1 + f (n - 1); in f 1000000'],
    [
      'a closure that never closes',
      'builtins.genericClosure { startSet = [ { key = 0; } ]; operator = x: [ { key = x.key + 1; } ]; }',
    ],
    [
      'many elements, each looked at',
      `builtins.foldl' (a: b: a + b) 0 (builtins.concatMap (i: builtins.genList (j: i * j) 1000) (builtins.genList (i: i) 1000))`,
    ],
    ['a pattern with too many ways', `builtins.match "(a|aa)+b" "${'a'.repeat(60)}"`],
  ];

  it.each(endless)('%s is given up', (_, text) => {
    const cx = createEvaluation(memoryFiles({}));
    const answer = ask(cx, text);
    expect(answer).toBeInstanceOf(BudgetExceeded);
    // And nothing of it stays behind.
    expect(cx.depth).toBe(0);
    expect(cx.running).toEqual([]);
    expect(show(cx, evalIn(cx, 'let f = n: if n == 0 then "done" else f (n - 1); in f 50'))).toBe('"done"');
  });

  it.each([1_000_000, 1_000_000_000])('genList of %i is not built', length => {
    expect(shown(`builtins.genList (x: x) ${length}`)).toBe(`«a list of ${length} items»`);
    expect(shown(`builtins.isList (builtins.genList (x: x) ${length})`)).toContain('a list of');
  });

  it('survives thousands of brackets', () => {
    const deep = `${'['.repeat(10_000)}${']'.repeat(10_000)}`;
    const answer = ask(createEvaluation(memoryFiles({})), `builtins.length ${deep}`);
    expect(answer instanceof BudgetExceeded || answer.kind === 'int' || answer.kind === 'unknown').toBe(true);
  });

  it('survives thousands of operators in a row', () => {
    const long = Array.from({ length: 3000 }, (_, i) => i).join(' + ');
    const answer = ask(createEvaluation(memoryFiles({})), long);
    expect(answer instanceof BudgetExceeded || answer.kind === 'int' || answer.kind === 'unknown').toBe(true);
  });

  it('lets ordinary recursion through', () => {
    expect(shown('let f = n: if n == 0 then 0 else 1 + f (n - 1); in f 200')).toBe('200');
    expect(shown("builtins.foldl' (a: b: a + b) 0 (builtins.genList (i: i) 10000)")).toBe('49995000');
  });

  it('a question that was given up can be asked again with more', () => {
    const cx = createEvaluation(
      memoryFiles({ 'a.nix': "builtins.foldl' (a: b: a + b) 0 (builtins.genList (i: i) 5000)" }),
    );
    const first = withBudget(cx, 1000, () => evalIn(cx, 'import ./a.nix'));
    expect(first).toBeInstanceOf(BudgetExceeded);
    expect(show(cx, evalIn(cx, 'import ./a.nix'))).toBe('12497500');
  });
});
