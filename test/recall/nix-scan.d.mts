/** Types of nix-scan.mjs for the tests. */

export interface Document {
  readonly file: string;
  readonly text: string;
  readonly mask: readonly string[];
  readonly pair: ReadonlyMap<number, number>;
}

export function scan(file: string, text: string): Document;
export function lineOf(text: string, offset: number): number;
