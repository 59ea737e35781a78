/**
 * The input of editor features: one consistent version of a workspace. They read it synchronously, so an answer
 * always belongs to one version. `workspace` creates it.
 */

import type { RegenerationNotes } from '../checks/facts/store/generated.ts';
import type { CheckContext, Finding } from '../checks/rule.ts';
import type { Fleet } from '../fleet/model/fleet.ts';
import type { NixFiles } from '../nix/eval/value.ts';
import type { StoreFiles } from '../store/vars/files.ts';
import type { StoreContents } from '../store/vars/read.ts';

export interface Snapshot {
  /** Incremented with every change. */
  readonly version: number;
  readonly fleet: Fleet;
  /** Findings by file, in file order; files without findings are omitted. */
  readonly findings: ReadonlyMap<string, readonly Finding[]>;
  /** The files of this version. They must be read before the next snapshot is taken. */
  readonly files: NixFiles & StoreFiles;
  /** Returns what is stored, from names and metadata. Read on first use. */
  readonly stored: () => StoreContents;
  /** Returns the current notes of runs about generators to regenerate. */
  readonly noted: () => RegenerationNotes;
}

/** Returns a snapshot in the form in which rules and what they derive receive it. */
export function contextOf({ fleet, files, stored }: Snapshot): CheckContext {
  return { fleet, sources: files, stored };
}
