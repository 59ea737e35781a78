/** Scans a large store in a thread of its own while the fleet is read, since both take about equally long. */

import type { StoreFiles } from '../store/vars/files.ts';
import { type StoreScan, scanStore } from '../store/vars/scan.ts';
import { createDisk } from '../workspace/files/folder-disk.ts';
import type { Io } from './io.ts';

interface Job {
  /** Absolute path of the repository, whose root is also the clan's folder. */
  readonly root: string;
  readonly access: boolean;
}

/** The facts about stored values that a command needs: whether they exist, and possibly who can read them. */
export type ScanKind = 'files' | 'access';

/** Runs in the other thread. Never fails; what cannot be read is treated as missing. */
export function doInThread({ root, access }: Job): StoreScan {
  const { kind, list, read, links } = createDisk(root);
  return scanStore({ kind, list, text: read, links }, { directory: '', access });
}

/** Below this number of machines with stored values, starting a thread takes longer than the scan. */
const MANY = 50;

/** Starts the scan, or returns `null` if it is not worthwhile or not possible. */
export function scanMeanwhile(
  looking: ScanKind,
  root: string,
  files: StoreFiles,
  { inThread }: Io,
): Promise<StoreScan | null> | null {
  const machines = files.list('vars/per-machine');
  if (inThread === undefined || machines === null || machines.length < MANY) return null;
  return inThread({ root, access: looking === 'access' } satisfies Job) as Promise<StoreScan | null>;
}
