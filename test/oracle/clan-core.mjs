// clan-core at any commit of its history: a copy without the history, in `home`.

import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const NAME = 'clan-lol+clan-core';
/** Older versions import a module of nixpkgs, which is not at hand: what it declares is declared here. */
const ASSERTIONS = /\((?:config\.)?pkgs\.path \+ "\/nixos\/modules\/misc\/assertions\.nix"\)/g;
const ASSERTIONS_HERE =
  '({ lib, ... }: { options.assertions = lib.mkOption { default = [ ]; type = lib.types.listOf lib.types.unspecified; }; ' +
  'options.warnings = lib.mkOption { default = [ ]; type = lib.types.listOf lib.types.str; }; })';

/** Runs git in the clone, which is bare or not, in the folder or below it. */
export function gitOf(clones) {
  const folder = join(clones, NAME);
  const places = [folder, join(folder, '.git'), join(folder, 'repo'), join(folder, 'repo/.git')];
  const directory = places.find(place => existsSync(join(place, 'HEAD')));
  if (directory === undefined)
    throw new Error(`There is no clone of clan-core in ${clones} (folder ${NAME}).`);
  return (args, encoding = 'utf8') =>
    execFileSync('git', ['--git-dir', directory, ...args], {
      encoding,
      maxBuffer: 2 ** 30,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
}

/** @returns {string} the folder of the copy */
export function clanCoreAt(commit, { clones, home }) {
  const folder = join(home, 'clan-core', commit.slice(0, 12));
  if (existsSync(folder)) return folder;
  const half = `${folder}.${process.pid}`;
  rmSync(half, { recursive: true, force: true });
  mkdirSync(half, { recursive: true });
  execFileSync('tar', ['-x', '-C', half], { input: gitOf(clones)(['archive', commit], 'buffer') });
  // clan-core reads its development inputs from the network without it.
  writeFileSync(join(half, '.skip-private-inputs'), '');
  const vars = join(half, 'nixosModules/clanCore/vars/interface.nix');
  if (existsSync(vars))
    writeFileSync(vars, readFileSync(vars, 'utf8').replaceAll(ASSERTIONS, ASSERTIONS_HERE));
  renameSync(half, folder);
  return folder;
}

/**
 * The commit of clan-core that a fleet has locked; null where it has none, or one that is not in the clone's history, as those of
 * forks and of release branches.
 * @param {string} fleet folder with a flake.nix
 */
export function lockedCommit(fleet, clones) {
  const file = join(fleet, 'flake.lock');
  if (!existsSync(file)) return null;
  const { nodes, root } = JSON.parse(readFileSync(file, 'utf8'));
  const node = nodes[root].inputs?.['clan-core'];
  const { rev } = (typeof node === 'string' ? nodes[node].locked : undefined) ?? {};
  if (rev === undefined) return null;
  try {
    gitOf(clones)(['cat-file', '-e', `${rev}^{commit}`]);
    return rev;
  } catch {
    // Not in this history.
    return null;
  }
}
