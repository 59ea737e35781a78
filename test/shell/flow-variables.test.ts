/** The variables of a script as a table that no change touches: what it says is what a copied map would say. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  joinedVariables,
  NO_VARIABLES,
  type Variable,
  variableIn,
  withVariable,
} from '../../server/src/shell/flow/flow-variables.ts';
import { text } from '../../server/src/shell/flow/values.ts';

const holding = (value: string): Variable => ({
  values: [text(value)],
  list: null,
  perhapsUnset: false,
  exported: false,
});

const NAMES = Array.from({ length: 60 }, (_, i) => `v${i}`);
const change = fc.tuple(fc.constantFrom(...NAMES), fc.option(fc.nat(3).map(i => holding(`${i}`))));

function made(changes: readonly (readonly [string, Variable | null])[], table = NO_VARIABLES) {
  return changes.reduce((all, [name, one]) => withVariable(all, name, one ?? undefined), table);
}

const shown = (table: typeof NO_VARIABLES) => NAMES.map(name => variableIn(table, name));

describe('the variables of a script', () => {
  it('are those that were set last, and stay what they were for who has them already', () => {
    fc.assert(
      fc.property(fc.array(change, { maxLength: 200 }), fc.array(change), (first, second) => {
        const before = made(first);
        const model = new Map(first);
        const expected = NAMES.map(name => model.get(name) ?? undefined);
        made(second, before);
        expect(shown(before)).toEqual(expected);
      }),
    );
  });

  it('are after two ways what each pair of them comes to', () => {
    fc.assert(
      fc.property(fc.array(change), fc.array(change), fc.array(change), (before, one, other) => {
        const start = made(before);
        const [left, right] = [made(one, start), made(other, start)];
        const both = joinedVariables(left, right, (first, second) => first ?? (second as Variable));
        expect(shown(both)).toEqual(NAMES.map(name => variableIn(left, name) ?? variableIn(right, name)));
      }),
    );
  });

  it('are hardly ever copied as a whole, however many they are', () => {
    let table = NO_VARIABLES;
    const copies = new Set<object>();
    for (let i = 0; i < 10_000; i++) {
      table = withVariable(table, `v${i}`, holding('1'));
      copies.add(table.settled);
      expect(table.recent.size).toBeLessThanOrEqual(100);
    }
    expect(copies.size).toBeLessThan(300);
  });
});
