/** Finds what the word `files` belongs to in `generators.<name>.files.<file>`: pointing at it means the generator. */
import type { FleetIndex } from '../names/fleet-index.ts';
import type { Target } from '../names/subjects.ts';
import type { Snapshot } from '../snapshot.ts';

const WORD = /^\w*/;

/** Returns the generator whose `files` the offset is at, with the word as its place, or null. */
export function filesWordAt(
  { files }: Snapshot,
  index: FleetIndex,
  file: string,
  offset: number,
): Target | null {
  const text = files.text(file) ?? '';
  let start = offset;
  while (/\w/.test(text.charAt(start - 1))) start--;
  if (WORD.exec(text.slice(start, start + 'files'.length + 1))?.[0] !== 'files') return null;
  if (text[start - 1] !== '.') return null;
  // The place of a name may exclude its quotes.
  const before = text[start - 2] === '"' ? start - 2 : start - 1;
  const target = index.targetAt(file, before);
  if (target?.subject.kind !== 'generator') return null;
  return { ...target, at: { file, start, end: start + 'files'.length } };
}
