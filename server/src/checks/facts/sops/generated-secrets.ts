/** Recognises sops-nix secrets that clan creates from generator files. */

import type { Fleet } from '../../../fleet/model/fleet.ts';
import { isUndeclared, lacksFile, soleDeclaration } from '../store/declared-files.ts';

/**
 * Returns whether the name has the form clan uses: `vars/per-machine/MACHINE/GENERATOR/FILE` or
 * `vars/shared/GENERATOR/FILE`.
 */
export function isOfGenerator({ isClan }: Fleet, name: string): boolean {
  return isClan && name.startsWith('vars/') && name.split('/').length > 2;
}

/**
 * Returns whether a generator of the machines may have the file that a secret is named after.
 *
 * @param machines empty if they are not known
 */
export function mayBeGenerated(fleet: Fleet, name: string, machines: readonly string[]): boolean {
  if (!isOfGenerator(fleet, name)) return false;
  const [generator, file] = name.split('/').slice(-2) as [string, string];
  if (isUndeclared(fleet, generator, machines)) return false;
  const declaration = soleDeclaration(fleet, generator);
  return declaration === null || !lacksFile(declaration, file);
}
