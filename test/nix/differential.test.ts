/**
 * Our evaluator against Nix itself: what is claimed to be known must be what Nix computes, and what Nix refuses must
 * not be claimed.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { runs, SEED } from '../support/runs.ts';
import { nixExpression } from './generate.ts';
import { type Answer, HAS_NIX, nixAll, refusedByNix, same } from './real-nix.ts';
import { evalText, type Plain, toPlain } from './support.ts';
import { expressions, TABLES, tableFiles } from './table.ts';

const files = tableFiles();

function claim(expression: string): Plain {
  const { cx, value } = evalText(expression, files);
  return toPlain(cx, value);
}

interface Claimed {
  readonly expression: string;
  readonly value: unknown;
}

function claimed(list: readonly string[]): Claimed[] {
  return list.flatMap(expression => {
    const plain = claim(expression);
    return plain.complete ? [{ expression, value: plain.value }] : [];
  });
}

/** What is wrong with claims, in words; empty if they are all Nix's. */
function differences(claims: readonly Claimed[]): string[] {
  const answers = nixAll(claims.map(({ expression }) => expression));
  return claims.flatMap(({ expression, value }, i) => {
    const answer = answers[i] as Answer;
    if (!answer.ok) return [`${expression}\n  Nix fails: ${answer.error.split('\n')[0]}`];
    return same(value, answer.value)
      ? []
      : [`${expression}\n  ours ${print(value)}\n  Nix's ${print(answer.value)}`];
  });
}

function print(value: unknown): string {
  return JSON.stringify(value, (_, each) => (typeof each === 'bigint' ? `${each}` : each));
}

describe.skipIf(!HAS_NIX && process.env.CI !== 'true')('the tables', () => {
  const all = TABLES.flatMap(table => expressions(table));

  for (const table of TABLES) {
    it(`${table}: every claim is what Nix computes`, () => {
      const claims = claimed(expressions(table));
      expect(claims.length).toBeGreaterThan(0);
      expect(differences(claims)).toEqual([]);
    });
  }

  it('nearly all of at least 300 expressions are fully known', () => {
    const open = all.filter(expression => !claim(expression).complete);
    expect(all.length).toBeGreaterThanOrEqual(300);
    expect(open.length / all.length, open.join('\n')).toBeLessThanOrEqual(0.03);
  });

  it('nothing is claimed of what Nix refuses', async () => {
    const list = expressions('failing');
    expect(claimed(list)).toEqual([]);
    const refused = await refusedByNix(list);
    expect(list.filter((_, i) => !refused[i])).toEqual([]);
  });

  it('nothing is claimed of what depends on the machine', () => {
    expect(claimed(expressions('unknown'))).toEqual([]);
  });
});

describe.skipIf(!HAS_NIX && process.env.CI !== 'true')('generated expressions', () => {
  const list = fc.sample(nixExpression, { numRuns: runs(600) });

  it(`what is claimed is what Nix computes (seed ${SEED})`, () => {
    const claims = claimed(list);
    expect(claims.length / list.length).toBeGreaterThan(0.85);
    expect(differences(claims)).toEqual([]);
  });
});
