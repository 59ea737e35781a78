/**
 * Determines where declarations and uses of secrets belong: to the module of a machine or of a user, and
 * whether any machine imports it.
 */

import type { Fleet } from '../../../fleet/model/fleet.ts';
import type { EnclosingNames } from '../../../fleet/model/secrets.ts';
import type { SecretSide } from '../../../fleet/secrets/secrets-schema.ts';
import { addToSet } from '../../../std.ts';
import { derived } from '../../memory/derived.ts';
import type { Severity } from '../../rule.ts';
import { readersOf } from '../use/reading-machines.ts';

/** Names that hold a module or a list of modules. */
const HOLDS = new Set(['config', 'configuration', 'imports', 'modules', 'sharedModules', 'extraModules']);

/** Names that hold modules by name. */
const HOLDS_NAMED = /^(nixos|darwin|home|homeManager|hm|flake|clan)Modules$|^(machines|nodes)$/;

/**
 * Returns whether the names certainly lead to the root of a module, so that `sops` and `age` in it are the
 * options.
 */
export function isModule(above: EnclosingNames): boolean {
  const last = above.at(-1);
  if (last === undefined) return true;
  if (last !== null && HOLDS.has(last)) return true;
  const [outer, holder] = [above.at(-3), above.at(-2)];
  // `flake.modules.nixos.NAME`, `home-manager.users.NAME`
  if (outer === 'modules' || (outer === 'home-manager' && holder === 'users')) return true;
  return holder != null && HOLDS_NAMED.test(holder);
}

/** Returns whether `sops` or `age` is selected from a configuration, and not from an unrelated set. */
export function isOfConfig(above: EnclosingNames): boolean {
  const last = above.at(-1);
  return last === undefined || (last !== null && /^(config|\w*Config|cfg)$/.test(last));
}

const HOME = /^(home-manager|homeManager|homeModules|homeManagerModules|hmModules|homeConfigurations)$/;

/** Returns whose module it is; `both` if that is not known. */
export function sideOf(fleet: Fleet, file: string, above: EnclosingNames): SecretSide {
  if (isOfHome(above)) return 'home';
  const sides = sidesOf(fleet).get(file);
  return sides?.size === 1 ? ([...sides][0] as SecretSide) : 'both';
}

const SYSTEM = /^(nixosModules|darwinModules|nixosConfigurations|darwinConfigurations)$/;

/** Returns whether the names certainly lead to a system module: `flake.modules.nixos.web`. */
export function isOfSystem(names: EnclosingNames): boolean {
  return names.some(
    (name, index) =>
      name !== null &&
      (SYSTEM.test(name) || (names[index - 1] === 'modules' && (name === 'nixos' || name === 'darwin'))),
  );
}

/** Returns whether the names certainly lead to a home-manager module. */
export function isOfHome(names: EnclosingNames): boolean {
  return names.some(name => name !== null && HOME.test(name));
}

/** Returns whether a file certainly or possibly is a module of a machine or of one of its users. */
export function isOfMachine(fleet: Fleet, file: string): boolean {
  return sidesOf(fleet).has(file);
}

/** The sides on which each file is a module. */
const sidesOf = derived((fleet): ReadonlyMap<string, ReadonlySet<SecretSide>> => {
  const sides = new Map<string, Set<SecretSide>>();
  const note = (files: readonly string[], side: SecretSide) => {
    for (const file of files) addToSet(sides, file, side);
  };
  const homes = new Set(fleet.homes);
  for (const [name, { files, possibleFiles, homeFiles }] of fleet.modules) {
    const side = homes.has(name) ? 'home' : 'system';
    note(files, side);
    note(possibleFiles, side);
    note(homeFiles, 'home');
  }
  return sides;
});

/**
 * Returns whether a file certainly belongs to no machine and to nothing else, such as a module removed from
 * `imports`.
 */
export function isUnusedFile(fleet: Fleet, file: string): boolean {
  // A file in a hidden folder that nothing references is archived, not used.
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

/**
 * Returns the severity: an error if machines certainly fail, a warning under a condition or in a file that no
 * machine has.
 */
export function severityOf(fleet: Fleet, file: string, conditional: boolean): Severity {
  return conditional || isUnusedFile(fleet, file) ? 'warning' : 'error';
}
