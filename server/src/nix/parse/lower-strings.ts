/**
 * Reads the text of Nix strings: resolves escapes and strips indentation like Nix's own lexer and parser, and keeps
 * the source offset of every character. Works on source text; knows nothing of trees.
 */
import type { HolePart, Range, StringPart, TextPart } from '../syntax.ts';

const NEWLINE = 10;
const RETURN = 13;
const SPACE = 32;
const DOLLAR = 36;
const QUOTE = 39;
const BACKSLASH = 92;

/** Nix's indentation for "no line has content", which is larger than any real one. */
const NO_INDENTATION = 1_000_000;

/** Builds a text part from pieces, recording in the map where value and source diverge. */
interface TextBuilder {
  value: string;
  readonly map: number[];
  delta: number;
}

function newBuilder(): TextBuilder {
  return { value: '', map: [], delta: Number.NaN };
}

function append(builder: TextBuilder, piece: string, source: number): void {
  const delta = source - builder.value.length;
  if (delta !== builder.delta) {
    builder.map.push(builder.value.length, source);
    builder.delta = delta;
  }
  builder.value += piece;
}

/** Completes the map, so that a text that ends in an escape ends after it. */
function finish(builder: TextBuilder, range: Range, end: number): TextPart | null {
  if (builder.value === '') return null;
  append(builder, '', end);
  return { kind: 'text', start: range.start, end: range.end, value: builder.value, map: builder.map.slice() };
}

function unescaped(code: number, character: string): string {
  if (code === 110) return '\n';
  if (code === 114) return '\r';
  if (code === 116) return '\t';
  return character;
}

/** Returns source text verbatim, for paths and URIs. */
export function verbatimText(text: string, start: number, end: number): TextPart {
  return { kind: 'text', start, end, value: text.slice(start, end), map: [0, start] };
}

/** Returns the text of a range in a `"…"` string between quotes or holes, or null if it is empty. */
export function doubleText(text: string, start: number, end: number): TextPart | null {
  const raw = text.slice(start, end);
  if (raw === '') return null;
  if (!raw.includes('\\') && !raw.includes('\r')) {
    return { kind: 'text', start, end, value: raw, map: [0, start] };
  }
  const builder = newBuilder();
  let plain = start;
  let at = start;
  while (at < end) {
    const code = text.charCodeAt(at);
    if (code !== BACKSLASH && code !== RETURN) {
      at++;
      continue;
    }
    if (plain < at) append(builder, text.slice(plain, at), plain);
    if (code === RETURN) {
      append(builder, '\n', at);
      at += at + 1 < end && text.charCodeAt(at + 1) === NEWLINE ? 2 : 1;
    } else {
      if (at + 1 < end) append(builder, unescaped(text.charCodeAt(at + 1), text.charAt(at + 1)), at);
      at += 2;
    }
    plain = at;
  }
  if (plain < end) append(builder, text.slice(plain, end), plain);
  return finish(builder, { start, end }, end);
}

/** A piece of an indented string as in Nix's lexer. Only plain pieces have indentation. */
interface Piece {
  readonly start: number;
  readonly end: number;
  /** The value of the escape, or null for plain text. */
  readonly escape: string | null;
}

function piecesOf(text: string, start: number, end: number): Piece[] {
  const pieces: Piece[] = [];
  let plain = start;
  let at = start;
  const take = (length: number, value: string): void => {
    if (plain < at) pieces.push({ start: plain, end: at, escape: null });
    pieces.push({ start: at, end: at + length, escape: value });
    at += length;
    plain = at;
  };
  while (at < end) {
    if (text.charCodeAt(at) !== QUOTE || text.charCodeAt(at + 1) !== QUOTE || at + 2 >= end) {
      at++;
      continue;
    }
    const code = text.charCodeAt(at + 2);
    if (code === QUOTE) take(3, "''");
    else if (code === DOLLAR) take(3, '$');
    else if (code === BACKSLASH && at + 3 < end) {
      take(4, unescaped(text.charCodeAt(at + 3), text.charAt(at + 3)));
    } else at++;
  }
  if (plain < end) pieces.push({ start: plain, end, escape: null });
  return pieces;
}

/** Returns the least indentation of the lines with content, where holes and escapes count as content. */
function leastIndentation(text: string, chunks: readonly (readonly Piece[] | null)[]): number {
  let least = NO_INDENTATION;
  let current = 0;
  let atLineStart = true;
  const content = (): void => {
    if (atLineStart && current < least) least = current;
    atLineStart = false;
  };
  for (const chunk of chunks) {
    if (chunk === null) content();
    for (const piece of chunk ?? []) {
      if (piece.escape !== null) {
        content();
        continue;
      }
      for (let at = piece.start; at < piece.end; at++) {
        const code = text.charCodeAt(at);
        if (code === NEWLINE) {
          atLineStart = true;
          current = 0;
        } else if (atLineStart && code === SPACE) current++;
        else if (atLineStart) content();
        else at = endOfLine(text, at, piece.end) - 1;
      }
    }
  }
  return least;
}

function endOfLine(text: string, from: number, end: number): number {
  const newline = text.indexOf('\n', from);
  return newline === -1 || newline > end ? end : newline;
}

/** The position in a line during the second pass, which is kept across pieces and holes. */
interface LineState {
  atLineStart: boolean;
  dropped: number;
}

function stripPlain(
  text: string,
  piece: Piece,
  indentation: number,
  state: LineState,
  builder: TextBuilder,
): void {
  let at = piece.start;
  while (at < piece.end) {
    if (state.atLineStart) {
      while (at < piece.end && text.charCodeAt(at) === SPACE && state.dropped < indentation) {
        state.dropped++;
        at++;
      }
      let kept = at;
      while (kept < piece.end && text.charCodeAt(kept) === SPACE) kept++;
      if (at < kept) append(builder, text.slice(at, kept), at);
      at = kept;
      if (at >= piece.end) return;
      state.dropped = 0;
      if (text.charCodeAt(at) === NEWLINE) append(builder, '\n', at++);
      else state.atLineStart = false;
      continue;
    }
    const stop = Math.min(endOfLine(text, at, piece.end) + 1, piece.end);
    append(builder, text.slice(at, stop), at);
    state.atLineStart = text.charCodeAt(stop - 1) === NEWLINE;
    at = stop;
  }
}

/**
 * Appends an escape. Escapes do not count as indentation, but Nix strips the spaces and line breaks that they
 * produce.
 */
function stripEscape(
  piece: Piece,
  value: string,
  indentation: number,
  state: LineState,
  builder: TextBuilder,
): void {
  if (!state.atLineStart) {
    state.atLineStart = value === '\n';
    append(builder, value, piece.start);
    return;
  }
  if (value === ' ') {
    if (state.dropped++ >= indentation) append(builder, value, piece.start);
    return;
  }
  state.dropped = 0;
  state.atLineStart = value === '\n';
  append(builder, value, piece.start);
}

/** Removes a last line that consists of spaces, if the piece itself begins before that line. */
function trimLastLine(builder: TextBuilder, from: number): void {
  const last = builder.value.lastIndexOf('\n');
  if (last < from || last === -1) return;
  for (let at = last + 1; at < builder.value.length; at++) {
    if (builder.value.charCodeAt(at) !== SPACE) return;
  }
  builder.value = builder.value.slice(0, last + 1);
  while (builder.map.length > 2 && (builder.map[builder.map.length - 2] as number) > builder.value.length) {
    builder.map.length -= 2;
  }
  const value = builder.map[builder.map.length - 2] as number;
  builder.delta = (builder.map[builder.map.length - 1] as number) - value;
}

/**
 * Returns the parts of an indented string.
 * @param start UTF-16 offset after the opening `''`
 * @param end UTF-16 offset of the closing `''`
 * @param holes the interpolations in between, in order
 */
export function indentedParts(
  text: string,
  start: number,
  end: number,
  holes: readonly HolePart[],
): StringPart[] {
  let at = start;
  while (at < end && text.charCodeAt(at) === SPACE) at++;
  const first = at < end && text.charCodeAt(at) === NEWLINE ? at + 1 : start;
  const chunks: (Piece[] | null)[] = [];
  let from = first;
  for (const hole of holes) {
    chunks.push(piecesOf(text, from, hole.start), null);
    from = hole.end;
  }
  chunks.push(piecesOf(text, from, end));
  const indentation = leastIndentation(text, chunks);

  const parts: StringPart[] = [];
  const state: LineState = { atLineStart: true, dropped: 0 };
  let chunkStart = start;
  for (let index = 0; index < chunks.length; index++) {
    const chunk = chunks[index];
    const hole = holes[index >> 1];
    if (!chunk) {
      if (hole) parts.push(hole);
      chunkStart = hole?.end ?? chunkStart;
      state.atLineStart = false;
      state.dropped = 0;
      continue;
    }
    const builder = newBuilder();
    const last = index === chunks.length - 1;
    chunk.forEach((piece, position) => {
      const before = builder.value.length;
      if (piece.escape === null) stripPlain(text, piece, indentation, state, builder);
      else stripEscape(piece, piece.escape, indentation, state, builder);
      if (last && position === chunk.length - 1) trimLastLine(builder, before);
    });
    const lastPiece = chunk[chunk.length - 1];
    const chunkEnd = hole && !last ? hole.start : end;
    const closing = lastPiece?.escape != null ? lastPiece.end : builder.value.length + builder.delta;
    const part = finish(builder, { start: chunkStart, end: chunkEnd }, closing);
    if (part) parts.push(part);
  }
  return parts;
}
