/** Types of rows.mjs for the tests. */

export type Verdict = 'equal' | 'wrong' | 'unknown' | 'silent' | 'other';

export interface Row {
  readonly origin: 'fleet' | 'clan-core' | 'input';
  readonly machines: readonly string[];
  readonly generator: string;
  readonly field: string;
  readonly item: string;
  readonly verdict: Verdict;
  readonly nix: unknown;
  readonly says: unknown;
  readonly why: string;
  readonly at: string;
}

export function fits(pattern: string, name: string): boolean;
export function fitsHoles(
  text: string,
  holes: readonly { readonly start: number; readonly end: number }[],
  real: string,
): boolean;
export function counted(rows: readonly Row[]): Record<Verdict, number>;
export function nameOf(row: Pick<Row, 'generator' | 'field' | 'item'>): string;
