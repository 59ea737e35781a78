/** Secrets of sops-nix that clan makes of the files of generators. */

import type { Fleet } from '../../../fleet/model/fleet.ts';
import { isUndeclared, lacksFile, soleDeclaration } from '../store/declared-files.ts';

/** Clan calls them `vars/per-machine/MACHINE/GENERATOR/FILE` and `vars/shared/GENERATOR/FILE`. */
export function isOfGenerator({ isClan }: Fleet, name: string): boolean {
  return isClan && name.startsWith('vars/') && name.split('/').length > 2;
}

/**
 * Returns whether a generator that the machines have may have the file that a secret is called by.
 * @param machines none where nobody knows them
 */
export function mayBeGenerated(fleet: Fleet, name: string, machines: readonly string[]): boolean {
  if (!isOfGenerator(fleet, name)) return false;
  const [generator, file] = name.split('/').slice(-2) as [string, string];
  if (isUndeclared(fleet, generator, machines)) return false;
  const declaration = soleDeclaration(fleet, generator);
  return declaration === null || !lacksFile(declaration, file);
}
