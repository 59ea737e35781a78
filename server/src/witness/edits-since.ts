/**
 * Tells which machines edits may have changed since Nix was asked. Of those, the answer is as of its time: what is read counts, and the
 * answer fills only what is not known.
 */

import type { Fleet } from '../fleet/model/fleet.ts';
import type { MachineModules } from '../fleet/model/machines.ts';
import type { EditsSince } from '../fleet/model/nix-answer.ts';

/** Values that are stored for the fleet, which no name, owner or script depends on. */
const STORED = /(^|\/)(vars|sops)\//;

/**
 * Returns a test for machines that the edits may have changed, or for null, whether they may have changed any. A file that is a module of other machines alone changes none; any other may be
 * read by all.
 */
export function touchedBy(
  { modules }: Pick<Fleet, 'modules'>,
  since: EditsSince | null,
): (machine: string | null) => boolean {
  const changed = [...(since?.changed ?? [])].filter(path => !STORED.test(path));
  if (changed.length === 0) return () => false;
  const isShared = changed.some(path => ![...modules.values()].some(machine => isOf(machine, path)));
  if (isShared) return () => true;
  return name => {
    if (name === null) return true;
    const machine = modules.get(name);
    return machine === undefined || !machine.complete || changed.some(path => isOf(machine, path));
  };
}

function isOf({ files, possibleFiles, homeFiles }: MachineModules, path: string): boolean {
  return files.includes(path) || possibleFiles.includes(path) || homeFiles.includes(path);
}
