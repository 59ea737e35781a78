/** Where a reader is in a YAML text, and the steps it takes: characters, lines, spaces, comments. */
import { UnreadableYaml } from './secrets-yaml-scalars.ts';

export type YamlCursor = ReturnType<typeof createYamlCursor>;

export function createYamlCursor(text: string) {
  const cursor = { pos: text.charCodeAt(0) === 0xfeff ? 1 : 0 };

  const at = (offset = 0) => text[cursor.pos + offset];
  const isBreak = (char: string | undefined) => char === '\n' || char === undefined || char === '\r';
  const isSpace = (char: string | undefined) => char === ' ' || char === '\t' || isBreak(char);
  const column = () => cursor.pos - (text.lastIndexOf('\n', cursor.pos - 1) + 1);
  const atMarker = (marker: string) =>
    column() === 0 && text.startsWith(marker, cursor.pos) && isSpace(text[cursor.pos + marker.length]);
  const atEnd = () => cursor.pos >= text.length || atMarker('---') || atMarker('...');

  /** Past spaces and comments up to a token of this line; true if there is one. */
  function onLine(): boolean {
    const from = cursor.pos;
    while (at() === ' ' || at() === '\t') cursor.pos++;
    if (at() === '#' && (cursor.pos === from ? cursor.pos === 0 || isSpace(text[cursor.pos - 1]) : true))
      while (!isBreak(at())) cursor.pos++;
    return !isBreak(at());
  }

  /** Past blank lines and comments to the next token. */
  function skipLines(): void {
    for (;;) {
      const lineStart = column() === 0;
      const from = cursor.pos;
      if (onLine()) {
        if (lineStart && text.slice(from, cursor.pos).includes('\t')) unreadable();
        return;
      }
      if (cursor.pos >= text.length) return;
      if (at() === '\r') cursor.pos++;
      if (at() === '\n') cursor.pos++;
    }
  }

  function isKeyEnd(): boolean {
    const from = cursor.pos;
    while (at() === ' ' || at() === '\t') cursor.pos++;
    const is = at() === ':' && isSpace(at(1));
    if (!is) cursor.pos = from;
    return is;
  }

  function plainEnd(inFlow: boolean): number {
    let end = cursor.pos;
    while (!isBreak(at())) {
      const char = at() as string;
      if (char === ':' && (isSpace(at(1)) || (inFlow && ',[]{}'.includes(at(1) as string)))) break;
      if (char === '#' && isSpace(text[cursor.pos - 1])) break;
      if (inFlow && ',[]{}'.includes(char)) break;
      cursor.pos++;
      if (!isSpace(char)) end = cursor.pos;
    }
    cursor.pos = end;
    return end;
  }

  /** Inside brackets line breaks and tabs are mere space. */
  function flowSpace(): void {
    for (;;) {
      if (at() === '#' && isSpace(text[cursor.pos - 1])) while (!isBreak(at())) cursor.pos++;
      else if (cursor.pos < text.length && isSpace(at())) cursor.pos++;
      else return;
    }
  }

  return {
    cursor,
    at,
    isBreak,
    isSpace,
    column,
    atMarker,
    atEnd,
    onLine,
    skipLines,
    isKeyEnd,
    plainEnd,
    flowSpace,
  };
}

export function unreadable(): never {
  throw new UnreadableYaml();
}
