/** Types of fleet.mjs for the tests. */

export interface Counts {
  readonly machines: number;
  readonly keys: number;
}

export interface Place {
  /** 0-based. */
  readonly line: number;
  /** 0-based, in UTF-16 units. */
  readonly character: number;
}

export interface FleetEdit extends Place {
  readonly file: string;
  readonly text: string;
}

export interface Fleet {
  /** Path → text; paths are relative and use `/`. */
  readonly files: ReadonlyMap<string, string>;
  readonly hosts: readonly string[];
  readonly machines: readonly { readonly name: string; readonly keys: readonly string[] }[];
  readonly entries: readonly { readonly key: string; readonly generator: string }[];
  readonly edits: {
    readonly syntax: FleetEdit;
    readonly host: FleetEdit;
    readonly matrix: FleetEdit;
    readonly registry: FleetEdit;
    readonly script: FleetEdit;
    readonly rename: FleetEdit;
    readonly hovers: readonly Place[];
  };
}

export const REGISTRY: string;
export const MATRIX: string;
export const SCRIPT: string;
export function fleet(counts: Counts): Fleet;
export function writeFleet(directory: string, counts: Counts): Fleet;
