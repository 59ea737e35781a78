/**
 * What real Nix says of the small fleets is what is kept of it in `truth/`. Needs a Nix and the clones that README.md names:
 * VARSMITH_ORACLE_CLONES and VARSMITH_ORACLE_NIX say where they are.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeIf } from '../conditionally.ts';
import { askNix } from './ask.mjs';
import { ownFleets, truthFile } from './fleets.mjs';
import { type Prepared, prepareSources } from './sources.mjs';

const { VARSMITH_ORACLE_CLONES: clones, VARSMITH_ORACLE_NIX: nix = 'nix' } = process.env;
const fleets = ownFleets().filter(({ name }) => existsSync(truthFile(name)));

it('keeps an answer for fleets of each folder', () => {
  const folders = new Set(fleets.map(({ name }) => (name.includes('/') ? name.split('/')[0] : '')));
  expect(folders).toEqual(new Set(['', 'seeds', 'examples']));
});

describeIf(clones !== undefined, 'Nix, asked again', () => {
  let home: string;
  let prepared: Prepared;
  beforeAll(() => {
    home = mkdtempSync(join(tmpdir(), 'varsmith-oracle-'));
    prepared = prepareSources({ home, clones: clones ?? '', nix });
  });
  afterAll(() => rmSync(home, { recursive: true, force: true }));

  it.each(fleets)('says of $name what is kept', ({ name, folder }) => {
    expect(askNix(folder, join(home, 'run', name), prepared)).toEqual(
      JSON.parse(readFileSync(truthFile(name), 'utf8')),
    );
  });
});
