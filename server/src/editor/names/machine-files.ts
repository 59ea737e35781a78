/** Finds the files that are modules of machines, whose values have a known destination. */
import { derived } from '../../checks/memory/derived.ts';

/** Returns the files that some machine certainly imports. */
export const machineFiles = derived((fleet): ReadonlySet<string> => {
  const filesOfMachines = new Set<string>();
  for (const { files } of fleet.modules.values()) for (const file of files) filesOfMachines.add(file);
  return filesOfMachines;
});
