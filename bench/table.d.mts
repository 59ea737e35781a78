/** Types of table.mjs for the tests. */

export type Cell =
  | { readonly p50: number; readonly p95: number; readonly lost?: number }
  | { readonly value: number }
  | { readonly missing: string };

export interface Row {
  readonly id: string;
  readonly label: string;
  readonly unit: string;
  readonly judge: 'p50' | 'p95' | 'value';
  readonly bar?: number;
}

export interface Growth {
  readonly machines: number;
  readonly files: number;
  readonly findings: number;
  readonly p50: number;
  readonly p95: number;
  readonly peakMiB: number | null;
}

export const ROWS: readonly Row[];
export function verdict(row: Row, cell?: Cell): 'reached' | 'not reached' | 'not measured' | '';
export function mainTable(
  figures: Readonly<Record<string, Readonly<Record<string, Cell>>>>,
  names: Readonly<Record<string, string>>,
): string;
export function scalingTable(
  growth: { readonly sizes: readonly Growth[] } | { readonly missing: string },
): string;

export interface EstateSize {
  readonly machines: number;
  readonly files: number;
  /** Pairs of a machine and a generator. */
  readonly generators: number;
  readonly p50: number;
  readonly p95: number;
  readonly peakMiB: number | null;
}

export function estateTable(sizes: readonly EstateSize[]): string;

/** How long the kinds of edits of a public fleet take. */
export interface FleetEdits {
  readonly [kind: string]: { readonly finding: Cell; readonly hover: Cell; readonly cpuMs: number | null };
}

/** Keystrokes in a public fleet, those of another build in `before`; `missing` says why there are none. */
export interface PublicFleet {
  readonly name: string;
  readonly machines: number;
  readonly commit: string | null;
  readonly edits?: FleetEdits;
  readonly missing?: string;
  readonly before?: PublicFleet;
}

export function publicVerdict(
  example: PublicFleet,
  fleet: PublicFleet,
): 'reached' | 'not reached' | 'not measured' | '';
export function publicTable(fleets: readonly PublicFleet[]): string;
