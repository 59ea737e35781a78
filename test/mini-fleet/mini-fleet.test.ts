/**
 * Equality with the truth: a fleet that declares generators in every way people do, evaluated by real Nix and by
 * Varsmith. `harness/` holds the module system and the inventory by which Nix evaluates it; what Nix says is kept in
 * `truth.json`, so that the comparison needs no Nix. After a change to the fleet, where Nix is installed:
 * `npx vitest run test/mini-fleet --update`.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { describeWithNix, evaluate } from '../examples/nix.ts';
import { type Claims, FLEET, readClaims } from './claims.ts';
import { type Comparison, compare, type Truth } from './compare.ts';

const TRUTH = join(import.meta.dirname, 'truth.json');

/** Generators of machines of which Varsmith does not say that the machine has them. The list is to become shorter. */
const MACHINES_NOT_KNOWN: readonly string[] = [];

/** Generators of machines of which Varsmith does not know all. What is left for good says why. */
const NOT_DESCRIBED: readonly string[] = [
  // By another flake's function: for good.
  'mole/library-password',
  // Not the same on both machines, and shown as one.
  'mole/chat',
  'skerry/chat',
  'pharos/volume-key',
  'skerry/volume-key',
];

describeWithNix('Nix, asked again', () => {
  it('says of the fleet what truth.json says', async () => {
    const truth = await evaluate<Truth>(
      '{ harness, root }: import (/. + "${harness}/truth.nix") { inherit root; }',
      { harness: join(import.meta.dirname, 'harness'), root: FLEET },
    );
    await expect(`${JSON.stringify(truth, null, 2)}\n`).toMatchFileSnapshot(TRUTH);
  });
});

describe('Varsmith and Nix', () => {
  let truth: Truth;
  let claims: Claims;
  let comparison: Comparison;

  beforeAll(async () => {
    truth = JSON.parse(readFileSync(TRUTH, 'utf8'));
    claims = await readClaims(FLEET);
    comparison = compare(truth, claims.generators);
  });

  it('know the same machines, of the same class', () => {
    const known = claims.machines.map(machine => [machine.name, machine.class]);
    expect(Object.fromEntries(known)).toEqual(
      Object.fromEntries(Object.entries(truth).map(([name, machine]) => [name, machine.class])),
    );
  });

  it('never contradict each other', () => {
    expect(comparison.contradictions).toEqual([]);
  });

  it('agree in who has what, but for what is listed', () => {
    expect(without(comparison.pairs, comparison.known)).toEqual([...MACHINES_NOT_KNOWN].sort());
  });

  it('agree in what a generator is, but for what is listed', () => {
    expect(without(comparison.pairs, comparison.described)).toEqual([...NOT_DESCRIBED].sort());
  });

  it('are compared by a fleet of some size', () => {
    expect(Object.keys(truth)).toHaveLength(6);
    expect(comparison.pairs.length).toBeGreaterThan(100);
  });

  // A comparison that finds nothing proves little unless it is known to find something.
  it.each([
    ['a machine that has not', { machines: ['dinghy'] }, 'dinghy has no generator chat'],
    ['another placement', { share: true }, 'mole/chat: share is false, not true'],
    ['a file too few', { completeness: 'full', files: [] }, 'mole/chat: files also has admin'],
    ['another script', { scriptText: 'true' }, /^mole\/chat: script is .*, not "true"$/],
  ] as const)('would show %s', (_, wrong, sentence) => {
    const [chat] = claims.generators.filter(({ name }) => name === 'chat');
    if (chat === undefined) throw new Error('the fleet has no generator chat');
    const { contradictions } = compare(truth, [{ ...chat, ...wrong } as typeof chat]);
    expect(contradictions).toContainEqual(
      typeof sentence === 'string' ? sentence : expect.stringMatching(sentence),
    );
  });
});

function without(all: readonly string[], some: readonly string[]): string[] {
  return all.filter(one => !some.includes(one)).sort();
}
