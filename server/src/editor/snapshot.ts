/**
 * What editor features are given: one version of a workspace, whole. They read it and never wait, so an answer
 * always belongs to one version. How it is made is the business of `workspace`.
 */

import type { Noted } from '../checks/facts/store/generated.ts';
import type { Finding } from '../checks/rule.ts';
import type { Fleet } from '../fleet/model/fleet.ts';
import type { NixFiles } from '../nix/eval/value.ts';
import type { StoreFiles } from '../store/vars/files.ts';
import type { StoreContents } from '../store/vars/read.ts';

export interface Snapshot {
  /** Counts up with every change. */
  readonly version: number;
  readonly fleet: Fleet;
  /** Findings by file, in the order of the file; files without findings are left out. */
  readonly findings: ReadonlyMap<string, readonly Finding[]>;
  /** The files as they are in this version. Read them before the next snapshot is taken. */
  readonly files: NixFiles & StoreFiles;
  /** What is stored, as far as names and metadata tell. Read when first asked for. */
  readonly stored: () => StoreContents;
  /** What runs have noted to be made anew, as it is at this moment. */
  readonly noted: () => Noted;
}
