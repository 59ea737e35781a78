/** Recognises sops-nix secrets that clan creates from generator files. */

import { lockedClanCore, NEWER_LAYOUT_TIME } from '../../../fleet/catalogue/locked-clan-core.ts';
import type { Fleet } from '../../../fleet/model/fleet.ts';
import type { CheckContext } from '../../rule.ts';
import { isUndeclared, lacksFile, soleDeclaration } from '../store/declared-files.ts';

/**
 * Returns whether the name has the form clan uses: `vars/per-machine/MACHINE/GENERATOR/FILE` or
 * `vars/shared/GENERATOR/FILE`.
 */
export function isOfGenerator({ isClan }: Fleet, name: string): boolean {
  return isClan && name.startsWith('vars/') && name.split('/').length > 2;
}

/** `vars/GENERATOR/FILE`, as clan called them before it put the placement into the name. */
const OLDER_NAME = /^vars\/([^/]+)\/([^/]+)$/;

/**
 * Returns what clan calls a secret today that is meant by its older name; null if the name is not an older one, or the clan-core
 * that is locked may still know it.
 */
export function nameOfToday({ fleet, sources }: CheckContext, name: string, machine: string): string | null {
  const [, generator, file] = OLDER_NAME.exec(name) ?? [];
  const locked = lockedClanCore(sources);
  if (generator === undefined || file === undefined || locked === null) return null;
  if (locked.isFork || locked.from < NEWER_LAYOUT_TIME) return null;
  const share = soleDeclaration(fleet, generator, machine)?.body.share ?? null;
  if (share === null) return null;
  return `vars/${share ? 'shared' : `per-machine/${machine}`}/${generator}/${file}`;
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
