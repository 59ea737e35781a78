/**
 * Recognises fleets without clan, whose generators are below `vars.generators` in a module of their own. Such a fleet
 * does not read files that are generated in clan's layout.
 */
import { type Configured, probableSetting } from './backend-setting.ts';
import type { StoreFiles } from './vars/files.ts';

/** The part of a fleet that shows whether it uses clan. */
interface Declared extends Configured {
  readonly isClan: boolean;
  readonly generators: readonly unknown[];
  /** Units by file. */
  readonly units: ReadonlyMap<string, unknown>;
}

/** Returns whether the fleet has generators, but nothing that belongs to clan: no file, no setting, nothing stored. */
export function isWithoutClan(fleet: Declared, files: StoreFiles): boolean {
  if (fleet.isClan || fleet.generators.length === 0 || fleet.storeSettings.all.length > 0) return false;
  if (probableSetting(fleet, files) !== null || files.kind('vars') !== null) return false;
  return !['flake.nix', ...fleet.units.keys()].some(path => /clan/i.test(files.text(path) ?? ''));
}

/** The advice for such a fleet. */
export const NO_READER =
  'Nothing here would read the generated files: this fleet does not use clan, and its module for vars looks for files elsewhere. Set in varsmith.json where generated secrets belong: { "store": { "command": ["./my-store"] } } for a custom store, or { "store": { "backend": "sops" } } (or "age") if something reads vars/ in clan\'s layout.';
