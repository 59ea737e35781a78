/**
 * The edits of a text, by which offsets into an earlier revision are brought up to date. Without them every letter would
 * change all places behind it, and with them everything that holds such a place.
 */
import { counter } from '../std.ts';
import type { Range } from './syntax.ts';

/** One edit: `removed` characters at `at` were replaced with `inserted` ones. UTF-16 units, in the text before it. */
export interface Splice {
  readonly at: number;
  readonly removed: number;
  readonly inserted: number;
}

/** All edits since a text was first edited. Revision `n` is the text after the first `n` of them. */
export interface EditLog {
  /** The path of the file. */
  readonly path: string;
  /** Tells the log from earlier ones of the same path. */
  readonly id: number;
  readonly splices: Splice[];
  /** What has changed since some of the revisions, as far as that was asked. */
  readonly since: Map<number, Changes>;
}

/**
 * The parts of a revision that are different in the last one, as far as the log had grown when it was asked: in
 * ascending order, with unchanged text between them, and offsets in that revision.
 */
interface Changes {
  upTo: number;
  parts: readonly Splice[];
}

/** A text among those of an edit log. */
export interface Revision {
  readonly log: EditLog;
  readonly number: number;
}

/** The number of revisions for which changes are kept. Few are alive at a time. */
const MAX_KEPT = 32;

const nextId = counter();

/** Returns the first revision of a text that is being edited. */
export function firstRevision(path: string): Revision {
  return { log: { path, id: nextId(), splices: [], since: new Map() }, number: 0 };
}

/** Appends the edit that leads from the text of the last revision to `after`, and returns the new revision. */
export function nextRevision({ log }: Revision, before: string, after: string): Revision {
  log.splices.push(spliceBetween(before, after));
  return { log, number: log.splices.length };
}

/** The number of characters that are compared at a time. */
const CHUNK = 256;

/** Returns the smallest edit that leads from one text to another. */
export function spliceBetween(before: string, after: string): Splice {
  const shorter = Math.min(before.length, after.length);
  let at = 0;
  while (at + CHUNK <= shorter && before.slice(at, at + CHUNK) === after.slice(at, at + CHUNK)) at += CHUNK;
  while (at < shorter && before.charCodeAt(at) === after.charCodeAt(at)) at++;
  let tail = 0;
  const endOf = (text: string) => text.slice(text.length - tail - CHUNK, text.length - tail);
  while (tail + CHUNK <= shorter - at && endOf(before) === endOf(after)) tail += CHUNK;
  while (
    tail < shorter - at &&
    before.charCodeAt(before.length - 1 - tail) === after.charCodeAt(after.length - 1 - tail)
  )
    tail++;
  return { at, removed: before.length - tail - at, inserted: after.length - tail - at };
}

/**
 * Returns the parts of a revision that have changed since, in ascending order and with offsets in that revision. Edits
 * that touch each other are one part, so that there are few however much was typed.
 */
export function changesSince(log: EditLog, revision: number): readonly Splice[] {
  let changes = log.since.get(revision);
  if (changes === undefined) {
    if (log.since.size >= MAX_KEPT) log.since.clear();
    changes = { upTo: revision, parts: [] };
    log.since.set(revision, changes);
  }
  for (; changes.upTo < log.splices.length; changes.upTo++)
    changes.parts = withEdit(changes.parts, log.splices[changes.upTo] as Splice);
  return changes.parts;
}

/** Adds an edit of the present text to the parts that have changed until then. */
function withEdit(parts: readonly Splice[], { at, removed, inserted }: Splice): readonly Splice[] {
  const before: Splice[] = [];
  const behind: Splice[] = [];
  /** How much further the present text is than the earlier one: before the edit, and behind the parts it touches. */
  let shift = 0;
  let shiftBehind = 0;
  let [start, end] = [at, at + removed];
  for (const part of parts) {
    const from = part.at + shiftBehind;
    const to = from + part.inserted;
    const growth = part.inserted - part.removed;
    if (from > at + removed) behind.push(part);
    else if (to < at) {
      before.push(part);
      shift += growth;
      shiftBehind = shift;
    } else {
      start = Math.min(start, from);
      end = Math.max(end, to);
      shiftBehind += growth;
    }
  }
  const first = start - shift;
  const merged = {
    at: first,
    removed: end - shiftBehind - first,
    inserted: end - start + inserted - removed,
  };
  return [...before, merged, ...behind];
}

/** Returns whether a range touches none of the parts that have changed, and ends up at `after`. */
export function isOnlyMoved({ start, end }: Range, changes: readonly Splice[], after: Range): boolean {
  let shift = 0;
  for (const { at, removed, inserted } of changes) {
    if (end <= at) break;
    if (start < at + removed || start < at) return false;
    shift += inserted - removed;
  }
  return start + shift === after.start && end + shift === after.end;
}
