/** Types of judge.mjs for the tests. */

export interface Found {
  readonly rule: string;
  readonly file: string;
  readonly line: number;
  readonly message: string;
}

export function newFindings<F extends Found>(before: readonly F[], after: readonly F[]): readonly F[];
export function isApt(
  operator: string,
  finding: { readonly rule: string; readonly hit: string | null },
): boolean;
