/** Files that are modules of machines: of those it is known where their values go. */
import type { Fleet } from '../../fleet/model/fleet.ts';

const kept = new WeakMap<Fleet, ReadonlySet<string>>();

/** Files that are certainly among the modules of some machine. */
export function machineFiles(fleet: Fleet): ReadonlySet<string> {
  const cached = kept.get(fleet);
  if (cached) return cached;
  const filesOfMachines = new Set<string>();
  for (const { files } of fleet.modules.values()) for (const file of files) filesOfMachines.add(file);
  kept.set(fleet, filesOfMachines);
  return filesOfMachines;
}
