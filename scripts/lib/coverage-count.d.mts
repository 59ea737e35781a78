/** Types of coverage-count.mjs for the tests. */

export type Share = readonly [reached: number, of: number];

export interface DiskCounts {
  readonly declared: number;
  readonly brought: number;
  readonly leftover: number;
  readonly dropped: number;
  readonly mentioned: number;
  readonly gone: number;
}

export interface Counts {
  readonly declarations: Share;
  readonly named: Share;
  readonly complete: Share;
  readonly references: Share;
  readonly undefined: number;
  readonly machines: Share;
  readonly disk: DiskCounts;
  readonly mismatches: number;
  readonly notAnalysable: readonly string[];
}

export interface Wanted {
  readonly declarations: readonly object[];
  readonly references: readonly object[];
}

export function countRepository(
  model: object,
  wanted: Wanted,
  stored: ReadonlyMap<string, ReadonlySet<string>>,
  nix: string,
): Counts;
export function storedIn(paths: readonly string[]): Map<string, Set<string>>;
export function diskShares(disk: DiskCounts): { readonly alone: Share; readonly withLeftovers: Share };
