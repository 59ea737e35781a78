/** Files that are modules of machines: of those it is known where their values go. */
import type { Fleet } from '../../fleet/model/fleet.ts';

const kept = new WeakMap<Fleet, ReadonlySet<string>>();

/** Files that are certainly among the modules of some machine. */
export function machineFiles(fleet: Fleet): ReadonlySet<string> {
  const known = kept.get(fleet);
  if (known) return known;
  const found = new Set<string>();
  for (const { files } of fleet.modules.values()) for (const file of files) found.add(file);
  kept.set(fleet, found);
  return found;
}
