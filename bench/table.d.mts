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
