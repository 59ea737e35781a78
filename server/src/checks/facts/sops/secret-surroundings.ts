/**
 * Where declarations and uses of secrets stand: in the module of a machine or of a user, and whether any machine has
 * it.
 */

import type { Fleet } from '../../../fleet/model/fleet.ts';
import type { NamesAbove } from '../../../fleet/model/secrets.ts';
import type { SecretSide } from '../../../fleet/secrets/secrets-schema.ts';
import { addToSet } from '../../../std.ts';
import { derived } from '../../memory/derived.ts';
import type { Severity } from '../../rule.ts';
import { readersOf } from '../use/reading-machines.ts';

/** Names that hold a module, or a list of them. */
const HOLDS = new Set(['config', 'configuration', 'imports', 'modules', 'sharedModules', 'extraModules']);

/** Names that hold modules by name. */
const HOLDS_NAMED = /^(nixos|darwin|home|homeManager|hm|flake|clan)Modules$|^(machines|nodes)$/;

/**
 * Returns whether what the names lead to is certainly the whole of a module, so that `sops` and `age` in it are what
 * they seem.
 */
export function isModule(above: NamesAbove): boolean {
  const last = above.at(-1);
  if (last === undefined) return true;
  if (last !== null && HOLDS.has(last)) return true;
  const [outer, holder] = [above.at(-3), above.at(-2)];
  // `flake.modules.nixos.NAME`, `home-manager.users.NAME`
  if (outer === 'modules' || (outer === 'home-manager' && holder === 'users')) return true;
  return holder != null && HOLDS_NAMED.test(holder);
}

/**
 * Returns whether `sops` or `age` is selected from a configuration, and not from something that happens to have one.
 */
export function isOfConfig(above: NamesAbove): boolean {
  const last = above.at(-1);
  return last === undefined || (last !== null && /^(config|\w*Config|cfg)$/.test(last));
}

const HOME = /^(home-manager|homeManager|homeModules|homeManagerModules|hmModules|homeConfigurations)$/;

/** Returns whose module it is; `both` where that is not known. */
export function sideOf(fleet: Fleet, file: string, above: NamesAbove): SecretSide {
  if (isOfHome(above)) return 'home';
  const sides = sidesOf(fleet).get(file);
  return sides?.size === 1 ? ([...sides][0] as SecretSide) : 'both';
}

const SYSTEM = /^(nixosModules|darwinModules|nixosConfigurations|darwinConfigurations)$/;

/** Returns whether names certainly lead to what is the system's: `flake.modules.nixos.web`. */
export function isOfSystem(names: NamesAbove): boolean {
  return names.some(
    (name, index) =>
      name !== null &&
      (SYSTEM.test(name) || (names[index - 1] === 'modules' && (name === 'nixos' || name === 'darwin'))),
  );
}

/** Returns whether names certainly lead to what is home-manager's. */
export function isOfHome(names: NamesAbove): boolean {
  return names.some(name => name !== null && HOME.test(name));
}

/** Returns whether a file is certainly or perhaps among the modules of a machine, or of one of its users. */
export function isOfMachine(fleet: Fleet, file: string): boolean {
  return sidesOf(fleet).has(file);
}

/** Returns the sides on which each file is a module. */
const sidesOf = derived((fleet): ReadonlyMap<string, ReadonlySet<SecretSide>> => {
  const found = new Map<string, Set<SecretSide>>();
  const note = (files: readonly string[], side: SecretSide) => {
    for (const file of files) addToSet(found, file, side);
  };
  const homes = new Set(fleet.homes);
  for (const [name, { files, possibleFiles, homeFiles }] of fleet.modules) {
    const side = homes.has(name) ? 'home' : 'system';
    note(files, side);
    note(possibleFiles, side);
    note(homeFiles, 'home');
  }
  return found;
});

/**
 * Returns whether a file is certainly part of no machine, and nothing else's either: one that was taken out of
 * `imports`.
 */
export function isOutOfUse(fleet: Fleet, file: string): boolean {
  // What lies in a hidden folder and is found by no way is kept there, not used.
  if (/(^|\/)\.[^/]+\//.test(file) && readersOf(fleet, file) === null && !fleet.reached.has(file))
    return true;
  if (!fleet.machinesComplete || fleet.machines.length === 0 || readersOf(fleet, file) !== null) return false;
  // `import-tree` reads whole folders.
  if ((fleet.reached.get(file) ?? 'unknown') !== 'unknown') return false;
  const modules = fleet.modules;
  const isNowhere = fleet.machines.every(({ name }) => modules.get(name)?.complete === true);
  const folder = file.endsWith('/default.nix') ? file.slice(0, -'/default.nix'.length) : null;
  return isNowhere && [file, folder].every(path => path === null || fleet.namedBy(path).length === 0);
}

/** An error where machines certainly fail of it; a warning under a condition, or in a file that is part of none. */
export function severityOf(fleet: Fleet, file: string, conditional: boolean): Severity {
  return conditional || isOutOfUse(fleet, file) ? 'warning' : 'error';
}
