/** The generator whose declaration a cursor stands in. */
import type { Asked } from './completion-items.ts';

/** Going by the attribute path; else the generator that is declared last in front of the cursor. Null: none is. */
export function ownerAt({ cursor, index, file, start }: Asked): string | null {
  const path = [...cursor.path, ...(cursor.side === 'name' ? cursor.before : [])];
  const at = path.lastIndexOf('generators');
  const written = at === -1 ? undefined : path[at + 1];
  if (written !== undefined && index.generators.has(written)) return written;
  const before = index
    .targetsIn(file)
    .filter(({ subject, role, at: place }) => {
      return subject.kind === 'generator' && role === 'declaration' && place.start < start;
    })
    .at(-1);
  return before?.subject.kind === 'generator' ? before.subject.name : (written ?? null);
}
