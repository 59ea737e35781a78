/** Scalars of YAML: quotes, escapes and the folding of lines. */

/** The text is beyond what is read here. */
export class UnreadableYaml extends Error {}

interface Quoted {
  readonly text: string;
  /** Just behind the closing quote. */
  readonly end: number;
}

/** @param start offset of the opening quote */
export function readSingleQuoted(source: string, start: number): Quoted {
  let text = '';
  for (let pos = start + 1; ; ) {
    const end = source.indexOf("'", pos);
    if (end < 0) throw new UnreadableYaml();
    text += source.slice(pos, end);
    if (source[end + 1] !== "'") return { text: folded(text), end: end + 1 };
    text += "'";
    pos = end + 2;
  }
}

const ESCAPES: Readonly<Record<string, string>> = {
  '0': '\0',
  a: '\x07',
  b: '\b',
  t: '\t',
  '\t': '\t',
  n: '\n',
  v: '\v',
  f: '\f',
  r: '\r',
  e: '\x1b',
  ' ': ' ',
  '"': '"',
  '/': '/',
  '\\': '\\',
  N: '\x85',
  _: '\xa0',
  L: '\u2028',
  P: '\u2029',
};

const HEX_LENGTH: Readonly<Record<string, number>> = { x: 2, u: 4, U: 8 };

/** Stands for a break that folding must leave alone, as no real text has it. */
const KEPT = '\ue000';

/** @param start offset of the opening quote */
export function readDoubleQuoted(source: string, start: number): Quoted {
  let text = '';
  for (let pos = start + 1; pos < source.length; pos++) {
    const char = source[pos] as string;
    if (char === '"') return { text: folded(text).replaceAll(KEPT, '\n'), end: pos + 1 };
    if (char !== '\\') {
      text += char;
      continue;
    }
    const letter = source[++pos] as string;
    const length = HEX_LENGTH[letter];
    if (length !== undefined) {
      const digits = source.slice(pos + 1, pos + 1 + length);
      const code = /^[0-9a-fA-F]+$/.test(digits) ? Number.parseInt(digits, 16) : -1;
      if (digits.length !== length || code < 0 || code > 0x10ffff) throw new UnreadableYaml();
      text += String.fromCodePoint(code);
      pos += length;
    } else if (letter === '\n') {
      text = text.trimEnd();
      while (source[pos + 1] === ' ' || source[pos + 1] === '\t') pos++;
    } else {
      const meant = ESCAPES[letter];
      if (meant === undefined) throw new UnreadableYaml();
      text += meant === '\n' ? KEPT : meant;
    }
  }
  throw new UnreadableYaml();
}

/** Line breaks inside quotes are spaces, and empty lines breaks. */
function folded(text: string): string {
  if (!text.includes('\n')) return text;
  const lines = text.split('\n').map((line, i, all) => {
    const left = i === 0 ? line : line.trimStart();
    return i === all.length - 1 ? left : left.trimEnd();
  });
  return joinPlain(lines);
}

/** Joins lines as YAML folds them; an empty line stands for a break. */
export function joinPlain(lines: readonly string[]): string {
  const parts: string[] = [lines[0] ?? ''];
  for (let i = 1; i < lines.length; i++) {
    const line = lines[i] as string;
    if (line === '' && i < lines.length - 1) parts.push('\n');
    else if (parts.at(-1) === '\n' || parts.at(-1) === '') parts.push(line);
    else parts.push(' ', line);
  }
  return parts.join('');
}
