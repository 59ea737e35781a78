/** The generator whose declaration a cursor stands in. */

import type { Asked } from '../complete/completion-items.ts';
import type { FleetIndex } from './fleet-index.ts';

/** Going by the attribute path; else the generator that is declared last in front of the cursor. Null: none is. */
export function ownerAt({ cursor, index, file, start }: Asked): string | null {
  const path = [...cursor.path, ...(cursor.side === 'name' ? cursor.before : [])];
  const at = path.lastIndexOf('generators');
  const written = at === -1 ? undefined : path[at + 1];
  if (written !== undefined && index.generators.has(written)) return written;
  return ownerOf(index, file, start) ?? written ?? null;
}

/** The generator that is declared last in front of an offset of a file. */
export function ownerOf(index: FleetIndex, file: string, offset: number): string | null {
  const before = index
    .targetsIn(file)
    .filter(({ subject, role, at }) => {
      return subject.kind === 'generator' && role === 'declaration' && at.start < offset;
    })
    .at(-1);
  return before?.subject.kind === 'generator' ? before.subject.name : null;
}
