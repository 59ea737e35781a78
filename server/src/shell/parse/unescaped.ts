/** The script between backquotes with its escapes removed, and a mapping back to the surrounding text. */
import type { Hole, Range, ScriptText } from '../syntax.ts';

interface Unescaped {
  readonly script: ScriptText;
  /** The text with each hole replaced by a name. */
  readonly plain: string;
  /** For each offset of the text, including its end, the offset in the surrounding text. */
  readonly offsets: readonly number[];
}

/**
 * Returns the text that Bash reads between backquotes.
 * @param plain the whole script with each hole replaced by a name
 * @param isQuoted true inside double quotes, which are escaped as well
 */
export function unescaped(
  script: ScriptText,
  plain: string,
  { start, end }: Range,
  isQuoted: boolean,
): Unescaped {
  const offsets: number[] = [];
  for (let at = start; at < end; at++) {
    const after = plain.charAt(at + 1);
    if (plain.charAt(at) === '\\' && ('$`\\'.includes(after) || (isQuoted && after === '"')) && at + 1 < end)
      at++;
    offsets.push(at);
  }
  const text = (all: string): string => offsets.map(at => all.charAt(at)).join('');
  const texts = { text: text(script.text), plain: text(plain) };
  offsets.push(end);
  const inside: Hole[] = [];
  for (const hole of script.holes) {
    const [from, to] = [offsets.indexOf(hole.start), offsets.indexOf(hole.end)];
    if (from !== -1 && to !== -1) inside.push({ start: from, end: to });
  }
  return { script: { text: texts.text, holes: inside }, plain: texts.plain, offsets };
}

/** Returns a copy of plain data with every `start` and `end` mapped back to the surrounding text. */
export function mapped<T>(data: T, offsets: readonly number[]): T {
  if (typeof data !== 'object' || data === null) return data;
  if (Array.isArray(data)) return data.map(item => mapped(item, offsets)) as T;
  const copy = { ...data } as Record<string, unknown>;
  for (const key in copy) {
    const value = copy[key];
    if (typeof value === 'object') copy[key] = mapped(value, offsets);
    else if (key === 'start' || key === 'end') copy[key] = offsets[value as number] ?? value;
  }
  return copy as T;
}
