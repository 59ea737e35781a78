/** Operations on strings that preserve what is known: pieces with holes, and their places in the source. */
import { stringOf } from '../eval/construct.ts';
import { boundedKey } from '../eval/identity.ts';
import type { StringPiece, StringValue, TextPiece } from '../eval/value.ts';

/** Returns the text before the first hole. */
export function knownHead(value: StringValue): string {
  let text = '';
  for (const piece of value.pieces) {
    if ('hole' in piece) break;
    text += piece.text;
  }
  return text;
}

/** Returns the text after the last hole. */
export function knownTail(value: StringValue): string {
  let text = '';
  for (let i = value.pieces.length - 1; i >= 0; i--) {
    const piece = value.pieces[i] as StringPiece;
    if ('hole' in piece) break;
    text = piece.text + text;
  }
  return text;
}

/** Drops the first `count` UTF-16 units, which must be known. */
export function dropStart(value: StringValue, count: number): StringValue {
  const pieces: StringPiece[] = [];
  let left = count;
  for (const piece of value.pieces) {
    if ('hole' in piece || left === 0) pieces.push(piece);
    else if (piece.text.length <= left) left -= piece.text.length;
    else {
      pieces.push(cut(piece, left, piece.text.length));
      left = 0;
    }
  }
  return stringOf(pieces, value.origin);
}

/** Drops the last `count` UTF-16 units, which must be known. */
export function dropEnd(value: StringValue, count: number): StringValue {
  const pieces: StringPiece[] = [];
  let left = count;
  for (let i = value.pieces.length - 1; i >= 0; i--) {
    const piece = value.pieces[i] as StringPiece;
    if ('hole' in piece || left === 0) pieces.unshift(piece);
    else if (piece.text.length <= left) left -= piece.text.length;
    else {
      pieces.unshift(cut(piece, 0, piece.text.length - left));
      left = 0;
    }
  }
  return stringOf(pieces, value.origin);
}

/** Returns the first `count` UTF-16 units, which must be known. */
export function takeStart(value: StringValue, count: number): StringValue {
  const pieces: StringPiece[] = [];
  let left = count;
  for (const piece of value.pieces) {
    if ('hole' in piece || left <= 0) break;
    pieces.push(piece.text.length <= left ? piece : cut(piece, 0, left));
    left -= piece.text.length;
  }
  return stringOf(pieces, value.origin);
}

function cut(piece: TextPiece, from: number, to: number): TextPiece {
  const { source } = piece;
  return {
    text: piece.text.slice(from, to),
    source: source === null ? null : { ...source, start: source.start + from },
  };
}

/**
 * Applies a function that works on single characters to each known part of a string. A hole becomes a hole of the
 * result.
 */
export function mapCharacters(
  value: StringValue,
  name: string,
  change: (text: string) => string,
): StringValue {
  const pieces = value.pieces.map((piece): StringPiece => {
    if (!('hole' in piece)) {
      const text = change(piece.text);
      return text.length === piece.text.length ? { text, source: piece.source } : { text, source: null };
    }
    const { hole } = piece;
    const key = boundedKey(`${name}(${hole.key})`);
    return { hole: { ...hole, key, term: null, candidates: null }, source: piece.source };
  });
  return stringOf(pieces, value.origin);
}

export function isAscii(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 127) return false;
  return true;
}
