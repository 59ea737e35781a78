/** Inputs that stand for files, and for everything that they were evaluated from. Set between questions. */

import { type Database, input, isKnown, set } from '../../query/database.ts';

/** The number of changes of a file, and of everything that it was evaluated from. */
const FILE = input<string, number>('file', () => 0);

/** Handles that a file, or something that it was evaluated from, has changed. */
export function fileChanged(database: Database, path: string): void {
  if (isKnown(database, FILE, path)) set(database, FILE, path, database.cells.revision);
}

/** Records that the current computation depends on a file and on everything that it is evaluated from. */
export function noteFile(database: Database, path: string): void {
  FILE(database, path);
}
