/** Types of fleet.mjs for the tests. */
import type { Document } from './nix-scan.d.mts';

export interface Fleet {
  readonly root: string;
  readonly name: string;
  readonly documents: ReadonlyMap<string, Document>;
  readonly generators: readonly { readonly name: string | null; readonly file: string }[];
}

export function readFleet(root: string): Fleet;
