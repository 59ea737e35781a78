/** Recognises what Git leaves in a file whose merge is not finished. */
import type { Range } from './syntax.ts';

const MARKS = /^(<{7} \S.*)$[\s\S]*?^(={7})\r?$[\s\S]*?^(>{7} \S.*)$/m;

/**
 * Returns the first mark of an unfinished merge, as UTF-16 offsets, or `null`. All three marks have to be there, in their
 * order: a line of equals signs alone underlines a title.
 */
export function mergeMark(text: string): Range | null {
  if (!text.includes('<<<<<<< ')) return null;
  const marks = MARKS.exec(text);
  return marks === null
    ? null
    : { start: marks.index, end: marks.index + (marks[1]?.trimEnd() ?? '').length };
}
