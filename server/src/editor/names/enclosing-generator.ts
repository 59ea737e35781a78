/** Finds the generator whose declaration encloses a position. */

import type { Cursor } from './cursor.ts';
import type { FleetIndex } from './fleet-index.ts';

/** A cursor in a file, with the fleet's index. */
interface CursorInFile {
  readonly cursor: Cursor;
  readonly index: FleetIndex;
  readonly file: string;
  /** 0-based UTF-16 offset of the start of the word at the cursor. */
  readonly start: number;
}

/**
 * Returns the name of the generator in the attribute path at the cursor, or else of the last one declared
 * before it; null if there is neither.
 */
export function generatorAround({ cursor, index, file, start }: CursorInFile): string | null {
  const path = [...cursor.path, ...(cursor.side === 'name' ? cursor.before : [])];
  const at = path.lastIndexOf('generators');
  const written = at === -1 ? undefined : path[at + 1];
  if (written !== undefined && index.generators.has(written)) return written;
  return generatorBefore(index, file, start) ?? written ?? null;
}

/** Returns the name of the last generator declared before an offset of a file, or null. */
export function generatorBefore(index: FleetIndex, file: string, offset: number): string | null {
  const declaration = index
    .targetsIn(file)
    .filter(
      ({ subject, role, at }) => subject.kind === 'generator' && role === 'declaration' && at.start < offset,
    )
    .at(-1);
  return declaration?.subject.kind === 'generator' ? declaration.subject.name : null;
}
