/**
 * What the attacks share: how many attempts there are to be, from which seed, and the book that each keeps of what it
 * tried and of what broke, which it prints as one line.
 */
import { appendFileSync } from 'node:fs';
import { afterAll, expect } from 'vitest';
import { SEED as RUN_SEED, runs } from '../support/runs.ts';
import { NOT_YET } from './not-yet.ts';

/** How an attack is run: `npm run attack` sets all of it, `npm test` nothing. */
export const SEED = Number(process.env.VARSMITH_ATTACK_SEED ?? RUN_SEED);
export const isLong = process.env.VARSMITH_ATTACK_REPORT !== undefined;

/** For a test that takes as long as its attempts take: what hangs is found by the limits of each attempt. */
export const LIMIT_MS = isLong ? 6 * 3_600_000 : 900_000;

/** @param name as of the option of `npm run attack`; @param all how many attempts `npm run test:all` makes */
export function attempts(name: string, all: number): number {
  const given = process.env[`VARSMITH_ATTACK_${name.toUpperCase()}`];
  return given === undefined ? runs(all) : Number(given);
}

/** Counts attempts from 0: as many as are wanted, or as there is time for. */
export function* turns(name: string, all: number): Generator<number> {
  const [wanted, until] = [
    attempts(name, all),
    Number(process.env.VARSMITH_ATTACK_UNTIL ?? Number.POSITIVE_INFINITY),
  ];
  for (let turn = 0; turn < wanted && Date.now() < until; turn++) yield turn;
}

/** Numbers that look random and are the same for the same seed (mulberry32). */
export interface Chance {
  /** A whole number from 0 up to, but not, `limit`. */
  below(limit: number): number;
  pick<T>(values: readonly T[]): T;
}

export function chance(seed: number): Chance {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (limit: number) => Math.floor(next() * limit);
  return { below, pick: values => values[below(values.length)] as never };
}

export interface Ledger {
  /** Adds to a figure. */
  count(figure: string, more?: number): void;
  /** Raises a figure that is the most of something; its name begins with `most `. */
  most(figure: `most ${string}`, value: number): void;
  /** Whether a probe is to be tried: not where it is known to fail, but in the long form. */
  tries(probe: string): boolean;
  /** Counts a probe as tried, and what broke of it, if anything did. */
  judge(probe: string, broken: string | null): void;
  /** What broke beside what is known. */
  readonly broken: readonly string[];
}

/** The book of one attack, printed and handed to `npm run attack` when the tests of the file have run. */
export function openLedger(attack: string): Ledger {
  const figures: Record<string, number> = { attempts: 0 };
  const broken: string[] = [];
  const known = new Set<string>();
  const ledger: Ledger = {
    broken,
    count(figure, more = 1) {
      figures[figure] = (figures[figure] ?? 0) + more;
    },
    most(figure, value) {
      figures[figure] = Math.max(figures[figure] ?? 0, Math.round(value));
    },
    tries: probe => isLong || NOT_YET[probe] === undefined,
    judge(probe, what) {
      ledger.count('attempts');
      if (what === null) return;
      if (NOT_YET[probe] === undefined) broken.push(`${probe}: ${what.slice(0, 600)}`);
      else known.add(probe);
    },
  };
  afterAll(() => {
    const said = Object.entries({ ...figures, broken: broken.length, 'not yet': known.size });
    process.stdout.write(`${attack}: ${said.map(([name, value]) => `${value} ${name}`).join(', ')}\n`);
    const report = process.env.VARSMITH_ATTACK_REPORT;
    if (report !== undefined)
      appendFileSync(report, `${JSON.stringify({ attack, figures, broken, known: [...known] })}\n`);
  });
  return ledger;
}

const told = new WeakMap<Ledger, number>();

/** Fails with everything that broke since it was asked last. */
export function expectNothingBroken(ledger: Ledger): void {
  const broken = ledger.broken.slice(told.get(ledger) ?? 0);
  told.set(ledger, ledger.broken.length);
  expect(broken).toEqual([]);
}
