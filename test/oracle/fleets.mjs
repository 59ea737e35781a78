// The fleets that the oracle judges: the small ones of this repository, and public ones at the commits of fleets.json.

import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { ROOT } from '../../scripts/lib/root.mjs';

/** Folders of this repository that hold fleets, with what stands before their names. */
const FOLDERS = [
  { folder: 'test/oracle/fleets', prefix: '' },
  { folder: 'test/seeds/fleets', prefix: 'seeds/' },
  { folder: 'examples', prefix: 'examples/' },
  { folder: 'test/mini-fleet', prefix: 'mini-' },
];

/** @typedef {{ name: string, folder: string }} Fleet */

/** @returns {Fleet[]} every folder below `folder` that has a flake */
export function fleetsIn(folder, prefix = '') {
  return readdirSync(folder)
    .sort()
    .map(name => ({ name: prefix + name, folder: resolve(folder, name) }))
    .filter(fleet => existsSync(join(fleet.folder, 'flake.nix')));
}

/** @returns {Fleet[]} the fleets of this repository: its tests' and its examples */
export function ownFleets() {
  return FOLDERS.flatMap(({ folder, prefix }) => fleetsIn(join(ROOT, folder), prefix));
}

/** Public fleets by `owner/name`, with the commits that the figures are of. */
const PUBLIC = JSON.parse(readFileSync(join(import.meta.dirname, 'fleets.json'), 'utf8'));

/**
 * The public fleets that lie in `checkouts`, in folders OWNER+NAME.
 * @returns {Fleet[]}
 * @throws an Error where a checkout is at another commit
 */
export function publicFleets(checkouts) {
  return Object.entries(PUBLIC).flatMap(([name, commit]) => {
    const folder = resolve(checkouts, name.replace('/', '+'));
    if (!existsSync(folder)) return [];
    const head = execFileSync('git', ['-C', folder, 'rev-parse', 'HEAD'], { encoding: 'utf8' }).trim();
    if (head !== commit) throw new Error(`${folder} is at ${head}; the figures are of ${commit}.`);
    return [{ name, folder }];
  });
}

/** Where the answer of Nix about a fleet of this repository is kept. */
export const truthFile = name => join(import.meta.dirname, 'truth', `${name.replaceAll('/', '.')}.json`);

/**
 * The rows that are known to be wrong, by fleet, with the cause of each.
 * @returns {Record<string, Record<string, string>>}
 */
export const knownWrong = () =>
  JSON.parse(readFileSync(join(import.meta.dirname, 'known-wrong.json'), 'utf8'));
