/**
 * Records what answers were computed from, wherever they are kept: in thunks, in tables, in closures. After a change, only
 * an answer that read what has changed is computed again. For answers that are so many, and of which so few are ever asked
 * for again, that they cannot each be a query of a database; nothing is recorded until something can change.
 */

/** Something that an edit may change: one attribute of a set, the names of a set, or a value as a whole. */
export interface Leaf {
  /** What it is, for people. */
  readonly name: string;
  /** The revision in which it last changed. */
  changedAt: number;
}

/** What an answer was evaluated from. Only grows; an answer that is computed again gets another one. */
export interface Reads {
  /** By leaf, the revision in which it was read. */
  leaves: Map<Leaf, number> | null;
  /** The reads of answers that this answer uses. */
  parts: Set<Reads> | null;
  /** The last revision in which nothing of it had changed. */
  freshAt: number;
  /** True if parts may be added once the answer is computed. */
  grows: boolean;
  /** The last search that has looked at it. */
  seenBy: object | null;
}

export interface Recorder {
  /** False until a file is edited. */
  isOn: boolean;
  /** The number of edits that changed something in place. */
  revision: number;
  /** The reads of the answer that is being computed. */
  current: Reads | null;
  /** What was read for answers of which nobody records the reads. */
  unowned: Reads;
}

export function createRecorder(): Recorder {
  return { isOn: false, revision: 0, current: null, unowned: newReads() };
}

export function newReads(): Reads {
  return { leaves: null, parts: null, freshAt: -1, grows: false, seenBy: null };
}

export function newLeaf(name: string): Leaf {
  return { name, changedAt: -1 };
}

/** The current reads of an answer that has read nothing yet, as most never do. */
const NOTHING_YET = newReads();

/** Returns the reads of the current answer, to add to them. */
function currentReads(recorder: Recorder): Reads {
  if (recorder.current === NOTHING_YET) recorder.current = newReads();
  return recorder.current ?? recorder.unowned;
}

/** Returns the reads of the current answer, to which more can be added later; null if nobody records them. */
function currentAnswer(recorder: Recorder): Reads | null {
  if (recorder.current === null) return null;
  const reads = currentReads(recorder);
  reads.grows = true;
  return reads;
}

/**
 * Begins to record what an answer reads.
 * @returns what `endReads` needs
 */
export function beginReads(recorder: Recorder): Reads | null {
  const outer = recorder.current;
  if (recorder.isOn) recorder.current = NOTHING_YET;
  return outer;
}

/** Ends it: the answer becomes part of the one around it. Returns its reads; null if it read nothing that may change. */
export function endReads(recorder: Recorder, outer: Reads | null): Reads | null {
  if (!recorder.isOn) return null;
  const { current } = recorder;
  const reads = current === NOTHING_YET || current === null ? null : simplified(current);
  recorder.current = outer;
  readAnswer(recorder, reads);
  return reads;
}

/** Records that the current answer depends on a leaf. */
export function readLeaf(recorder: Recorder, leaf: Leaf): void {
  if (!recorder.isOn) return;
  const { revision } = recorder;
  const reads = currentReads(recorder);
  reads.leaves ??= new Map();
  // An answer that reads a leaf again, later, is still made of what it read first.
  if (!reads.leaves.has(leaf)) reads.leaves.set(leaf, revision);
}

/** Records that the current answer uses another one. */
export function readAnswer(recorder: Recorder, reads: Reads | null): void {
  if (recorder.isOn && reads !== null) addPart(currentReads(recorder), reads);
}

/** Adds the reads of a part of an answer to those of the whole. */
export function addPart(whole: Reads, part: Reads): void {
  if (whole === part) return;
  whole.parts ??= new Set();
  whole.parts.add(part);
}

/** Returns what stands for the reads of an answer: null for none, and the part if there is only one. */
function simplified(reads: Reads): Reads | null {
  if (reads.leaves !== null || reads.grows) return reads;
  if (reads.parts === null) return null;
  if (reads.parts.size > 1) return reads;
  const [only = null] = reads.parts;
  return only;
}

/**
 * Computes an answer, or a part of one, and adds what it reads to `reads`. The caller records who uses the answer.
 */
export function recordingReads<T>(recorder: Recorder, reads: Reads | null, compute: () => T): T {
  if (!recorder.isOn) return compute();
  const before = recorder.current;
  recorder.current = reads;
  try {
    return compute();
  } finally {
    recorder.current = before;
  }
}

/** Computes an answer that many others may use without a record of it. */
export function unowned<T>(recorder: Recorder, compute: () => T): T {
  return recordingReads(recorder, recorder.unowned, compute);
}

/**
 * Replaces what an answer was evaluated from, which has come out the same from something else.
 * @param leaf what it still reads
 * @param part what it reads now
 */
export function replaceReads({ revision }: Recorder, answer: Reads, leaf: Leaf, part: Reads | null): void {
  answer.leaves = new Map([[leaf, revision]]);
  answer.parts = part === null ? null : new Set([part]);
  answer.freshAt = -1;
}

/** Returns whether something that an answer was evaluated from has changed since. */
export function isStale(recorder: Recorder, reads: Reads | null): boolean {
  return staleLeaf(recorder, reads) !== null;
}

/** Returns the first thing that has changed since an answer was evaluated from it. */
export function staleLeaf({ revision, isOn }: Recorder, reads: Reads | null): Leaf | null {
  if (!isOn || reads === null || reads.freshAt === revision) return null;
  return findChanged(reads, revision);
}

/** A search for something that has changed. */
interface Search {
  readonly revision: number;
  changed: Leaf | null;
  /** Reads that contain themselves, which are only known to be fresh together. */
  readonly circular: Reads[];
}

/** Looks at all reads that are part of others, and remembers which of them are fresh. */
function findChanged(reads: Reads, revision: number): Leaf | null {
  if (reads.parts === null) {
    const changed = changedLeaf(reads);
    if (changed === null) reads.freshAt = revision;
    return changed;
  }
  const search: Search = { revision, changed: null, circular: [] };
  isFresh(reads, search);
  if (search.changed === null) for (const circular of search.circular) circular.freshAt = revision;
  return search.changed;
}

function changedLeaf({ leaves }: Reads): Leaf | null {
  if (leaves !== null) for (const [leaf, readAt] of leaves) if (leaf.changedAt > readAt) return leaf;
  return null;
}

/** Returns true if the reads are fresh by themselves; otherwise something has changed, or they contain themselves. */
function isFresh(reads: Reads, search: Search): boolean {
  if (reads.freshAt === search.revision) return true;
  if (reads.seenBy === search) return false;
  reads.seenBy = search;
  search.changed = changedLeaf(reads);
  if (search.changed !== null) return false;
  let fresh = true;
  if (reads.parts !== null)
    for (const part of reads.parts) {
      if (!isFresh(part, search)) fresh = false;
      if (search.changed !== null) return false;
    }
  if (fresh) reads.freshAt = search.revision;
  else search.circular.push(reads);
  return fresh;
}

/** An answer with what it was evaluated from, if that is recorded. */
export interface Remembered<T> {
  readonly value: T;
  readonly reads: Reads | null;
}

/** Returns the reads of an answer that was computed in two steps. */
export function together(first: Reads | null, second: Reads | null): Reads | null {
  if (isEmpty(second)) return first;
  if (first === null || second === null) return second;
  return { ...newReads(), parts: new Set([first, second]) };
}

function isEmpty(reads: Reads | null): boolean {
  return reads === null || (reads.leaves === null && reads.parts === null && !reads.grows);
}

/** Computes something on which the current answer does not depend. */
export function unrecorded<T>(recorder: Recorder, compute: () => T): T {
  return recordingReads(recorder, newReads(), compute);
}

/**
 * Computes an answer together with its reads, which are then part of the current answer.
 * @param owners further answers that it is a part of
 */
export function remembered<T>(
  recorder: Recorder,
  compute: () => T,
  owners: readonly Reads[] = [],
): Remembered<T> {
  if (!recorder.isOn) return { value: compute(), reads: null };
  const reads = newReads();
  try {
    const value = recordingReads(recorder, reads, compute);
    return { value, reads };
  } finally {
    for (const owner of owners) addPart(owner, reads);
    if (owners.length === 0 || recorder.current !== null) readAnswer(recorder, reads);
  }
}

/** Returns whether an answer is still valid. If so, it becomes part of the current answer. */
export function isValid<T>(
  recorder: Recorder,
  answer: Remembered<T> | null | undefined,
): answer is Remembered<T> {
  if (answer == null || isStale(recorder, answer.reads)) return false;
  readAnswer(recorder, answer.reads);
  return true;
}

/**
 * Returns a function that computes a part of the current answer when it is first needed, and again once something that it
 * was evaluated from has changed.
 */
export function laterPart<T>(recorder: Recorder, compute: () => T): () => T {
  const owner = currentAnswer(recorder);
  return partOf(recorder, owner === null ? [] : [owner], compute);
}

/** Returns the same for a part of given answers. */
export function partOf<T>(recorder: Recorder, owners: readonly Reads[], compute: () => T): () => T {
  for (const owner of owners) owner.grows = true;
  let answer: Remembered<T> | null = null;
  return () => {
    if (answer === null || isStale(recorder, answer.reads)) answer = remembered(recorder, compute, owners);
    // The owners have it already.
    else if (owners.length === 0 || recorder.current !== null) readAnswer(recorder, answer.reads);
    return answer.value;
  };
}
