/**
 * `$name` as `${name}`: inside of an unquoted word the grammar reads `$dir/$name.txt` as two words, but not with
 * braces. Offsets change by that, so there is a way back.
 */

export interface Braced {
  readonly text: string;
  /** The offset in the text as it was, for every offset up to the end; both UTF-16. */
  readonly original: Int32Array;
}

/** A plain expansion: a parameter's digit, or a name with more of the word behind it. */
const EXPANSION = /\$(?:[0-9]|[A-Za-z_]\w*(?=[^\s\w"'`$()<>|;&\\{}]))/g;

export function braced(text: string): Braced {
  const insertions: [open: number, close: number][] = [];
  for (const match of text.matchAll(EXPANSION)) {
    if (isPlain(text, match.index)) insertions.push([match.index + 1, match.index + match[0].length]);
  }
  const original = new Int32Array(text.length + 2 * insertions.length + 1);
  let result = '';
  let at = 0;
  const copy = (to: number): void => {
    for (let index = at; index < to; index++) original[result.length + index - at] = index;
    result += text.slice(at, to);
    at = to;
  };
  for (const [open, close] of insertions) {
    copy(open);
    original[result.length] = open;
    result += '{';
    copy(close);
    original[result.length] = close;
    result += '}';
  }
  copy(text.length);
  original[result.length] = text.length;
  return { text: result, original };
}

/** Not after a backslash or another `$`, and no delimiter of a heredoc. */
function isPlain(text: string, at: number): boolean {
  let before = at;
  while (text.charAt(before - 1) === '\\' || text.charAt(before - 1) === '$') before--;
  if ((at - before) % 2 === 1) return false;
  return !/<<-?[ \t]*$/.test(text.slice(Math.max(0, at - 8), at));
}
