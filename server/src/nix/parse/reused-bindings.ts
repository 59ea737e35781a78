/**
 * Reads only what is new in a text. A binding is read alike wherever it stands, up to and including its semicolon, so
 * those that an edit did not touch are taken from the reading of the text before it: the same nodes as long as their
 * offsets are the same, and moved copies behind the edit.
 */
import { spliceBetween } from '../edit-log.ts';
import type { Binding, Comment } from '../syntax.ts';
import { type OffsetMapping, shiftBinding, shiftComment } from './lower-shift.ts';

/** The part of a reader that reading a binding changes; see `Reader`. */
interface Progress {
  at: number;
  end: number;
  height: number;
  readonly depth: number;
  readonly comments: Comment[];
}

/** The bindings of a text that was read, for reading a later text. */
export interface Reading {
  readonly text: string;
  /** The placeholder for missing names in the text. */
  readonly placeholder: string | null;
  readonly bindings: readonly ReadBinding[];
}

/** A binding that was read, with all that reading it does to the reader. */
interface ReadBinding {
  /** The offset from the beginning of the binding around it, or of the text. */
  readonly offset: number;
  readonly length: number;
  /** May have offsets of an earlier text. */
  readonly node: Binding;
  /** Comments inside, with offsets like those of the node. */
  readonly comments: readonly Comment[];
  readonly height: number;
  /** The depth at which it was read. */
  readonly depth: number;
  readonly inside: readonly ReadBinding[];
}

/** Bindings that are being collected, and those of the text before. */
export interface Reuse {
  /** The bindings of the innermost one that is being read. */
  collected: ReadBinding[];
  /** The offset at which that one begins. */
  start: number;
  readonly earlier: Earlier | null;
}

/** A text before, and where it is the same. Offsets in it. */
interface Earlier {
  readonly bindings: readonly ReadBinding[];
  /** The length of the common beginning. */
  readonly before: number;
  /** The beginning of the common end. */
  readonly behind: number;
  /** The distance by which the text behind the edit has moved. */
  readonly moved: number;
  /** The offsets of placeholders that mean something else in the new text. */
  readonly marks: readonly number[];
}

export function reuseOf(text: string, placeholder: string | null, reading: Reading | null): Reuse {
  return { collected: [], start: 0, earlier: reading && earlierOf(reading, text, placeholder) };
}

function earlierOf(reading: Reading, text: string, placeholder: string | null): Earlier {
  const { text: old, bindings } = reading;
  const { at: before, removed } = spliceBetween(old, text);
  const marks =
    reading.placeholder === placeholder
      ? []
      : [reading.placeholder, placeholder].flatMap(mark => (mark === null ? [] : offsetsOf(mark, old)));
  return { bindings, before, behind: before + removed, moved: text.length - old.length, marks };
}

function offsetsOf(word: string, text: string): number[] {
  const offsets: number[] = [];
  for (let at = text.indexOf(word); at !== -1; at = text.indexOf(word, at + 1)) offsets.push(at);
  return offsets;
}

/** Returns the binding that begins at the reader's offset, and notes it. Reads it with `read` unless it is known. */
export function bindingHere(reader: Progress, reuse: Reuse, read: () => Binding): Binding {
  const { at, depth } = reader;
  const unchanged = reuse.earlier && findKnown(reuse.earlier, at, depth);
  if (unchanged !== null) return taken(reader, reuse, unchanged);
  const { collected, start } = reuse;
  const comments = reader.comments.length;
  reuse.collected = [];
  reuse.start = at;
  const node = read();
  collected.push({
    offset: at - start,
    length: reader.end - at,
    node,
    comments: reader.comments.length === comments ? NO_COMMENTS : reader.comments.slice(comments),
    height: reader.height,
    depth,
    inside: reuse.collected,
  });
  reuse.collected = collected;
  reuse.start = start;
  return node;
}

const NO_COMMENTS: readonly Comment[] = [];

/** Moves the reader behind a known binding. */
function taken(reader: Progress, { collected, start }: Reuse, known: ReadBinding): Binding {
  const { at, depth } = reader;
  const { node, comments } = movedTo(known, at);
  const { length, height, inside } = known;
  collected.push({ offset: at - start, length, node, comments, height, depth, inside });
  reader.at = at + length;
  reader.end = reader.at;
  reader.height = height;
  for (const comment of comments) reader.comments.push(comment);
  return node;
}

/** Returns a binding with its offsets at another place. */
function movedTo(known: ReadBinding, at: number): Pick<ReadBinding, 'node' | 'comments'> {
  const by = at - known.node.start;
  if (by === 0) return known;
  const move: OffsetMapping = { original: offset => offset + by, unchanged: -1 };
  const comments =
    known.comments.length === 0 ? NO_COMMENTS : known.comments.map(comment => shiftComment(comment, move));
  return { node: shiftBinding(known.node, move), comments };
}

/** Returns the binding of the earlier text that is unchanged at an offset of the new one, or null if there is none. */
function findKnown(earlier: Earlier, at: number, depth: number): ReadBinding | null {
  const { before, behind, marks } = earlier;
  const isBefore = at < before;
  const start = isBefore ? at : at - earlier.moved;
  if (!isBefore && start < behind) return null;
  const known = bindingAt(earlier.bindings, start);
  if (known === null || depth > known.depth) return null;
  const end = start + known.length;
  if (isBefore && end > before) return null;
  return marks.some(mark => mark >= start && mark < end) ? null : known;
}

/** Returns the binding that begins at an offset. */
function bindingAt(bindings: readonly ReadBinding[], offset: number): ReadBinding | null {
  for (let [among, left] = [bindings, offset]; ; ) {
    const found = lastUpTo(among, left);
    if (found === null || found.offset === left) return found;
    left -= found.offset;
    among = found.inside;
  }
}

/** Returns the last binding that does not begin behind an offset. */
function lastUpTo(bindings: readonly ReadBinding[], offset: number): ReadBinding | null {
  let low = 0;
  let high = bindings.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((bindings[middle] as ReadBinding).offset <= offset) low = middle + 1;
    else high = middle;
  }
  return bindings[low - 1] ?? null;
}
