/** Types of estate.mjs for the tests. */
import type { FleetEdit } from '../fleet.d.mts';

export interface Estate {
  /** Path → text; paths are relative and use `/`. */
  readonly files: ReadonlyMap<string, string>;
  readonly machines: readonly { readonly name: string; readonly tag: string }[];
  readonly edits: { readonly machine: FleetEdit; readonly shared: FleetEdit };
}

export const GENERATORS_A_MACHINE: number;
export function estate(count: number, options?: { readonly vars?: boolean }): Estate;
