/** Types of fleets.mjs for the tests. */

export interface Fleet {
  readonly name: string;
  readonly folder: string;
}

export function ownFleets(): Fleet[];
export function truthFile(name: string): string;
export function knownWrong(): Readonly<Record<string, Readonly<Record<string, string>>>>;
