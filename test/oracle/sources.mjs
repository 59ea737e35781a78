// What the oracle needs beside the fleets: a Nix, and clones of nixpkgs' `lib`, of clan-core and of the flakes that fleets call.
// Copies of the clones are made once, at the commits of sources.json.

import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const SETTINGS = [
  'experimental-features = nix-command flakes pipe-operators',
  'build-users-group =',
  'sandbox = false',
  'substituters =',
  'warn-dirty = false',
].join('\n');
/** `clan-core` uses builtins of this version. */
const OLDEST_NIX = [2, 18];

/** @type {readonly { repository: string, commit: string }[]} */
const REPOSITORIES = JSON.parse(readFileSync(join(import.meta.dirname, 'sources.json'), 'utf8'));
const LIB = 'nix-community/nixpkgs.lib';
const CLAN_CORE = 'clan-lol/clan-core';

/**
 * @typedef {{ program: string, env: Record<string, string> }} Nix
 * @typedef {{ nix: Nix, lib: string, clanCore: string, sources: Record<string, string> }} Prepared
 */

/**
 * Makes what is missing in `home`.
 * @param {{ home: string, clones: string, nix: string }} places `clones` has a folder OWNER+NAME for each repository; `nix` is
 *   the command, or a folder with Debian's packages unpacked
 * @returns {Prepared}
 * @throws an Error for people where something is missing
 */
export function prepareSources({ home, clones, nix }) {
  mkdirSync(home, { recursive: true });
  const folders = new Map(
    REPOSITORIES.map(({ repository, commit }) => [repository, copyOf(repository, commit, clones, home)]),
  );
  const lib = join(folders.get(LIB), 'lib');
  const clanCore = folders.get(CLAN_CORE);
  // clan-core reads its development inputs from the network without it.
  writeFileSync(join(clanCore, '.skip-private-inputs'), '');
  patchLib(join(lib, 'modules.nix'));
  const others = [...folders].filter(([repository]) => repository !== LIB && repository !== CLAN_CORE);
  const sources = Object.fromEntries(
    others.map(([repository, folder]) => [repository.toLowerCase(), folder]),
  );
  return { nix: findNix(nix, home), lib, clanCore, sources };
}

/** A copy at a commit, without history. */
function copyOf(repository, commit, clones, home) {
  const name = repository.replace('/', '+');
  const target = join(home, `${name}@${commit.slice(0, 12)}`);
  if (existsSync(target)) return target;
  const clone = cloneIn(join(clones, name));
  if (clone === undefined)
    throw new Error(`There is no clone of ${repository} in ${clones} (folder ${name}).`);
  const half = `${target}.part`;
  rmSync(half, { recursive: true, force: true });
  mkdirSync(half);
  const archive = execFileSync('git', ['-C', clone, 'archive', commit], { maxBuffer: 2 ** 30 });
  execFileSync('tar', ['-x', '-C', half], { input: archive });
  renameSync(half, target);
  return target;
}

/** The folder itself or one in it, bare or not. */
function cloneIn(folder) {
  if (!existsSync(folder)) return undefined;
  const inside = readdirSync(folder).map(name => join(folder, name));
  return [folder, ...inside].find(path => existsSync(join(path, '.git')) || existsSync(join(path, 'HEAD')));
}

/** The command named, or the one in Debian's unpacked packages. @returns {Nix} */
function findNix(nix, home) {
  const folder = resolve(nix);
  const unpacked = existsSync(join(folder, 'usr/bin/nix'));
  const state = name => join(resolve(home), 'nix', name);
  const found = unpacked
    ? {
        program: join(import.meta.dirname, 'unpacked-nix.sh'),
        env: {
          NIX_CONFIG: SETTINGS,
          UNPACKED_NIX: folder,
          NIX_STORE_DIR: state('store'),
          NIX_STATE_DIR: state('var'),
          NIX_LOG_DIR: state('log'),
          NIX_CONF_DIR: state('conf'),
        },
      }
    : { program: nix, env: { NIX_CONFIG: SETTINGS } };
  const { stdout } = spawnSync(found.program, ['--version'], {
    env: { ...process.env, ...found.env },
    encoding: 'utf8',
  });
  const version = /(\d+)\.(\d+)/.exec(stdout ?? '');
  if (version === null) throw new Error(`${nix} is no Nix.`);
  const [major, minor] = [Number(version[1]), Number(version[2])];
  if (major < OLDEST_NIX[0] || (major === OLDEST_NIX[0] && minor < OLDEST_NIX[1]))
    throw new Error(`Nix ${OLDEST_NIX.join('.')} or later is needed; ${nix} is ${version[0]}.`);
  return found;
}

/**
 * Two changes to the copy of nixpkgs' module system: no undeclared option is an error, and a free form with the attribute
 * `oracle` is given the definitions level by level, lazily (nix/catch-all.nix), so that a catch-all at the top of a NixOS
 * configuration forces no more than NixOS itself does.
 */
function patchLib(file) {
  const original = readFileSync(file, 'utf8');
  if (original.includes('freeformType ? oracle')) return;
  const once = (text, from, to) => {
    if (text.split(from).length !== 2) throw new Error(`This is not once in ${file}: ${from}`);
    return text.replace(from, () => to);
  };
  const caught = once(
    original,
    'if declaredConfig._module.freeformType == null then',
    `if declaredConfig._module.freeformType ? oracle then
          declaredConfig._module.freeformType.oracle {
            inherit options pushDownProperties;
            declared = declaredConfig;
            defs = concatMap (m: map (value: { file = m._file; inherit value; }) (pushDownProperties m.config)) (
              reverseList (doCollect { }).modules
            );
          }
        else if declaredConfig._module.freeformType == null then`,
  );
  const complaint =
    'if config._module.check && config._module.freeformType == null && merged.unmatchedDefns != [ ] then';
  writeFileSync(file, once(caught, complaint, 'if false then'));
}
