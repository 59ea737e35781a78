/**
 * Work in a thread of its own: scanning a large store while the fleet is read, since each takes as long as the other.
 */

import type { StoreFiles } from '../store/vars/files.ts';
import { type StoreScan, scanStore } from '../store/vars/scan.ts';
import { createDisk } from '../workspace/files/folder-disk.ts';
import type { Io } from './io.ts';

interface Job {
  /** Absolute path of the repository, whose clan's folder is the root. */
  readonly root: string;
  readonly access: boolean;
}

/** What a command needs to know about stored values: whether they exist, and perhaps who can read them. */
export type ScanKind = 'files' | 'access';

/** The other thread. Never fails: what cannot be read is not there. */
export function doInThread({ root, access }: Job): StoreScan {
  const { kind, list, read, links } = createDisk(root);
  return scanStore({ kind, list, text: read, links }, { directory: '', access });
}

/** Below that many machines with something stored, a thread takes longer to begin than the look. */
const MANY = 50;

/** Returns null where it is not worth while, or cannot be done. */
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
