/**
 * A fleet that is half unknown is judged by what is known: nothing is found that the whole fleet does not have, and what
 * is declared in full is found wrong beside whatever is missing.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { check, type Texts } from '../checks/harness.ts';
import { runs } from '../support/runs.ts';
import { fleetsInParts, MISTAKE, moduleOfHoles } from './half-unknown.ts';
import { CHANGED, MACHINES } from './unknown-modules.ts';

const RUNS = runs(60);
const TIME = Math.max(600_000, RUNS * 1000);

/**
 * The rules that conclude from what is declared nowhere. Files of a generator that is declared in full are certain, and so is what
 * else is found: another declaration of the name may have hidden it.
 */
const FROM_ABSENCE = new Set([
  'generator/shared-depends-on-machine',
  'generator/unknown-dependency',
  'sops/undeclared-secret',
  'store/orphan-file',
  'store/orphan-generator',
  'store/orphan-machine',
  'use/undefined-generator',
]);

/** Findings by rule and place. What is stored is told apart by its machines. */
function foundIn(texts: Texts): Set<string> {
  return new Set(
    check(texts)
      .findings.flatMap(finding => finding.covers ?? [finding])
      // A name that is nearly one that there is counts as misspelt: a warning.
      .filter(({ rule, severity }) => severity !== 'warning' || rule.startsWith('sops/'))
      .flatMap(({ rule, at, machines = [] }) => {
        const generator = /^vars\/per-machine\/[^/]+\/([^/]+)\//.exec(at.file)?.[1];
        return generator === undefined || machines.length === 0
          ? [`${rule} ${at.file}:${at.start}-${at.end}`]
          : machines.map(machine => `${rule} vars/per-machine/${machine}/${generator}`);
      }),
  );
}

/** @param machines those of which something is unknown */
function expectNothingNew(whole: Texts, half: Texts, machines: readonly string[]): void {
  const before = foundIn(whole);
  // What is left over on a machine of which all is known shows when another declaration of the name is gone.
  const isOfKnown = (key: string) =>
    key.startsWith('store/') && machines.every(machine => !key.includes(`/${machine}/`));
  const fresh = [...foundIn(half)].filter(
    key =>
      FROM_ABSENCE.has(key.split(' ')[0] as string) &&
      !before.has(key) &&
      !isOfKnown(key) &&
      !key.includes('/holes.nix:'),
  );
  if (fresh.length > 0) throw new Error(`${fresh.join(', ')} in ${JSON.stringify(half, null, 1)}`);
}

/** The machines with the mistake of theirs that is found. */
function mistaken(texts: Texts): string[] {
  const found = [...foundIn(texts)].map(
    key => /^generator\/output-never-written machines\/(\w+)\/door\.nix/.exec(key)?.[1],
  );
  return found.filter(machine => machine !== undefined).sort();
}

const all = () => true;
const everySecond = fc.constantFrom(0, 1).map(rest => (index: number) => index % 2 === rest);

describe('every second module missing', () => {
  it(
    'lets nobody conclude from what is not there',
    () => {
      fc.assert(
        fc.property(fleetsInParts, everySecond, (partsOf, isThere) => {
          const whole = partsOf(all);
          const half = partsOf(isThere);
          const isLacking = (machine: string) =>
            Object.keys(whole).some(path => path.startsWith(`machines/${machine}/`) && !(path in half));
          expectNothingNew(whole, half, MACHINES.filter(isLacking));
        }),
        { numRuns: RUNS },
      );
    },
    TIME,
  );

  it(
    'hides no mistake of what is declared in full',
    () => {
      fc.assert(
        fc.property(fleetsInParts, everySecond, (partsOf, isThere) => {
          expect(mistaken(partsOf(isThere))).toEqual(MACHINES);
        }),
        { numRuns: RUNS },
      );
    },
    TIME,
  );
});

describe('names that are nothing but holes', () => {
  const holes = `machines/${CHANGED}/holes.nix`;
  const withModule = (texts: Texts, module: string): Texts => ({
    ...texts,
    [holes]: module,
    [`machines/${CHANGED}/door.nix`]: MISTAKE.replace('{\n', '{\n  imports = [ ./holes.nix ];\n'),
  });

  it(
    'let nobody conclude from what is not there',
    () => {
      fc.assert(
        fc.property(fleetsInParts, moduleOfHoles, (partsOf, module) => {
          const texts = partsOf(all);
          expectNothingNew(withModule(texts, '{ }\n'), withModule(texts, module), [CHANGED]);
        }),
        { numRuns: RUNS },
      );
    },
    TIME,
  );

  it(
    'hide no mistake of what is declared in full on other machines',
    () => {
      fc.assert(
        fc.property(fleetsInParts, moduleOfHoles, (partsOf, module) => {
          const others = MACHINES.filter(machine => machine !== CHANGED);
          expect(mistaken(withModule(partsOf(all), module))).toEqual(expect.arrayContaining(others));
        }),
        { numRuns: RUNS },
      );
    },
    TIME,
  );
});
