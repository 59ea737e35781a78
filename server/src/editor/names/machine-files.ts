/** Finds the files that are modules of machines, whose values have a known destination. */
import type { Fleet } from '../../fleet/model/fleet.ts';

const kept = new WeakMap<Fleet, ReadonlySet<string>>();

/** Returns the files that some machine certainly imports. */
export function machineFiles(fleet: Fleet): ReadonlySet<string> {
  const cached = kept.get(fleet);
  if (cached) return cached;
  const filesOfMachines = new Set<string>();
  for (const { files } of fleet.modules.values()) for (const file of files) filesOfMachines.add(file);
  kept.set(fleet, filesOfMachines);
  return filesOfMachines;
}
