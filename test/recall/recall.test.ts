/** The mistakes that `npm run recall` plants in the example fleet: what is drawn, what is changed, what counts. */
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { applied } from './change.mjs';
import { readFleet } from './fleet.mjs';
import { isApt, newFindings } from './judge.mjs';
import { scan } from './nix-scan.mjs';
import { planned } from './run.mjs';

const EXAMPLE = join(import.meta.dirname, '../../examples/fleet');
const folder = mkdtempSync(join(tmpdir(), 'varsmith-test-recall-'));
const root = join(folder, 'example-fleet');
cpSync(EXAMPLE, root, { recursive: true });
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const fleet = readFleet(root);
const plan = (seed: number) => planned([fleet], { seed, perFleet: 2, operators: [] });
const textsBelow = (top: string) =>
  readdirSync(top, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry => join(entry.parentPath, entry.name))
    .map(path => [path, readFileSync(path, 'utf8')]);

describe('the scanner', () => {
  it('tells code from comments and strings, and finds where brackets close', () => {
    const text = "a = \"x ${b} \\\" }\"; # }\nc = ''''${\"d\"} ${e}'';";
    const { mask, pair } = scan('x.nix', text);
    expect(mask[text.indexOf('b}')]).toBe('c');
    expect(mask[text.indexOf('# }')]).toBe('#');
    expect(mask[text.indexOf('e}')]).toBe('c');
    expect(pair.get(text.indexOf('{b'))).toBe(text.indexOf('b}') + 1);
  });

  it('finds the generators of the example fleet', () => {
    expect(fleet.generators.map(({ name }) => name).sort()).toEqual([
      'host-certificate',
      'intermediate-ca',
      'root-ca',
    ]);
  });
});

describe('the mistakes', () => {
  it('are the same for the same seed, and others for another', () => {
    const drawn = (seed: number) => plan(seed).map(({ order }) => order.map(({ mutant }) => mutant.edits));
    expect(drawn(7)).toEqual(drawn(7));
    expect(drawn(7)).not.toEqual(drawn(8));
  });

  it('change the fleet at one place, and are taken back', () => {
    const before = textsBelow(root);
    let tried = 0;
    for (const { order } of plan(7))
      for (const { mutant } of order) {
        const undo = applied(root, mutant);
        const changed = textsBelow(root).filter(([, text], index) => text !== before[index]?.[1]);
        expect(changed.map(([path]) => path)).toEqual([join(root, mutant.file)]);
        undo();
        expect(textsBelow(root)).toEqual(before);
        tried++;
      }
    expect(tried).toBeGreaterThan(100);
  });
});

describe('what counts', () => {
  const finding = (message: string) => ({ rule: 'use/undefined-file', file: 'a.nix', line: 1, message });

  it('is new if it was not there as often before, numbers aside', () => {
    const before = [finding('1 file'), finding('x')];
    expect(newFindings(before, [finding('2 files'), finding('3 file'), finding('x'), finding('x')])).toEqual([
      finding('2 files'),
      finding('x'),
    ]);
  });

  it.each([
    ['out-renamed', 'generator/output-never-written', 'place', true],
    ['out-renamed', 'generator/output-never-written', null, false],
    ['out-renamed', 'generator/unquoted-path', 'place', false],
    ['dependency-cycle', 'generator/unused-dependency', 'place', false],
    ['dependency-cycle', 'generator/dependency-cycle', 'name', true],
  ])('%s, %s by %s: %s', (operator, rule, hit, apt) => {
    expect(isApt(operator, { rule, hit })).toBe(apt);
  });
});
