/** Types of run.mjs for the tests. */
import type { Fleet } from './fleet.d.mts';

export interface Mutant {
  readonly file: string;
  readonly edits: readonly {
    readonly file: string;
    readonly start: number;
    readonly end: number;
    readonly text: string;
  }[];
}

export interface Limits {
  readonly seed: number;
  readonly perFleet: number;
  readonly operators: readonly string[];
}

export function planned(
  fleets: readonly Fleet[],
  limits: Limits,
): readonly {
  readonly operator: string;
  readonly sites: number;
  readonly order: readonly { readonly fleet: Fleet; readonly mutant: Mutant }[];
}[];
