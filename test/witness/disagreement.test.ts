// The account of a disagreement holds nothing that belongs to a fleet.
import { expect, test } from 'vitest';
import type { NixWitness, WitnessedFact } from '../../server/src/fleet/model/nix-answer.ts';
import { disagreementIn } from '../../server/src/witness/disagreement.ts';

const fact = (about: Partial<WitnessedFact>): WitnessedFact => ({
  ...{ machine: 'jon', generator: 'my-bank', fact: 'share', witness: 'contradicted', read: true, nix: false },
  at: null,
  ...about,
});

function witnessing(facts: readonly WitnessedFact[], secrets: NixWitness['secrets'] = []): NixWitness {
  const answer = { version: '2.26.3', revision: null, machines: [], machinesComplete: true, failure: null };
  return { answer, facts, secrets, asOf: () => null, isEvaluated: () => true };
}

test('facts are counted by kind, with values that every fleet has', () => {
  const { markdown, facts } = disagreementIn(
    [
      witnessing([
        fact({}),
        fact({ machine: 'web' }),
        fact({ fact: 'file pin-of-card: mode', read: '0400', nix: '0440' }),
        fact({ fact: 'file pin-of-card: owner', read: 'alice', nix: 'root' }),
        fact({ fact: 'dependency other-bank', read: null, nix: 'other-bank' }),
        fact({ fact: 'machine', read: 'jon', nix: null }),
        fact({ fact: 'script', read: null, nix: null }),
        fact({ fact: 'validation', read: { account: 12 }, nix: null }),
        fact({ witness: 'confirmed' }),
      ]),
    ],
    '1.2.3',
  );
  expect(facts).toBe(8);
  expect(markdown).toContain('Varsmith 1.2.3');
  expect(markdown).toContain('Nix 2.26.3: 8 facts.');
  expect(markdown.split('\n').filter(line => /^\| (generator|sops|age)/.test(line))).toEqual([
    '| generator: share | true | false | 2 facts on 2 machines |',
    '| generator: file: mode | `0400` | `0440` | 1 fact on 1 machine |',
    '| generator: file: owner | a text | `root` | 1 fact on 1 machine |',
    '| generator: dependency | absent | there | 1 fact on 1 machine |',
    '| generator: machine | there | absent | 1 fact on 1 machine |',
    '| generator: script | a text | another text | 1 fact on 1 machine |',
    '| generator: validation | another value | nothing | 1 fact on 1 machine |',
  ]);
  expect(markdown).not.toMatch(/jon|web|bank|pin|alice|account/);
});

test('secrets of sops-nix and agenix have no names either', () => {
  const secret = {
    ...fact({ fact: 'mode', read: '0400', nix: '0444' }),
    keeper: 'sops',
    secret: 'my-bank',
  } as const;
  const { markdown } = disagreementIn([witnessing([], [secret])], '1.2.3');
  expect(markdown).toContain('| sops secret: mode | `0400` | `0444` | 1 fact on 1 machine |');
  expect(markdown).not.toContain('bank');
});

test('nothing is a sentence as well', () => {
  const { markdown, facts } = disagreementIn([witnessing([fact({ witness: 'confirmed' })])], '1.2.3');
  expect(facts).toBe(0);
  expect(markdown).toContain('Nix contradicts nothing that Varsmith reads.');
});
