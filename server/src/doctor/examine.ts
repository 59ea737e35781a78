/** Examines a fleet and its environment, and reports what was found, what is missing, and where it was looked for. */

import type { DoctorEnvironment, Examined } from './examined.ts';
import { fleetSection } from './fleet.ts';
import { plaintextsSection } from './plaintexts.ts';
import { programsSection } from './programs.ts';
import type { Examination } from './report.ts';
import { storeSection } from './store.ts';

export async function examine(
  examined: Examined,
  around: DoctorEnvironment,
  version: string,
): Promise<Examination> {
  const [store, programs, plaintexts] = await Promise.all([
    storeSection(examined, around),
    programsSection(around, examined.root),
    plaintextsSection(around),
  ]);
  return {
    version,
    root: examined.root,
    sections: [fleetSection(examined, around.names), store, programs, plaintexts],
  };
}
