/**
 * Places in files that are being edited. Their offsets are brought up to date when they are read, so that a place, and
 * everything that holds it, stays the same object while text above it changes.
 */
import { changesSince, type EditLog, type Revision } from './edit-log.ts';
import type { Range } from './syntax.ts';

/** Receives the edit logs of places whose offsets are read. */
type Listener = (log: EditLog) => void;

/** The listener of the computation that runs; null if nobody keeps what is computed from offsets. */
const reading: { listener: Listener | null } = { listener: null };

/** Runs a computation whose reads of offsets in edited files are reported, since its result may depend on them. */
export function reportingOffsets<T>(listener: Listener | null, compute: () => T): T {
  const before = reading.listener;
  reading.listener = listener;
  try {
    return compute();
  } finally {
    reading.listener = before;
  }
}

/** The texts whose offsets a computation has read, by their logs, with the revisions. */
export type OffsetsRead = ReadonlyMap<EditLog, number>;

/** Runs a computation and returns its value with the offsets that it read, or null if it read none. */
export function withOffsetsRead<T>(compute: () => T): {
  readonly value: T;
  readonly read: OffsetsRead | null;
} {
  const outer = reading.listener;
  let read: Map<EditLog, number> | null = null;
  const value = reportingOffsets(log => {
    outer?.(log);
    read ??= new Map();
    read.set(log, log.splices.length);
  }, compute);
  return { value, read };
}

/** Returns whether a value computed from offsets is still valid, and reports the reads if it is. */
export function isStillThere(read: OffsetsRead): boolean {
  for (const [log, revision] of read) if (log.splices.length !== revision) return false;
  const { listener } = reading;
  if (listener !== null) for (const log of read.keys()) listener(log);
  return true;
}

/** A class, since its offsets are computed when they are read. */
export class LivePlace {
  readonly file: string;
  readonly #log: EditLog;
  /** The revision that the place was made for, and its range there. */
  readonly #birth: number;
  readonly #from: number;
  readonly #to: number;
  /** The revision to which the rest belongs. */
  #revision: number;
  #start: number;
  #end: number;
  /** True if an edit went over an end of the place, so that it is nowhere any more. */
  #isCut = false;

  constructor({ log, number }: Revision, start: number, end: number) {
    this.file = log.path;
    this.#log = log;
    this.#birth = number;
    this.#from = start;
    this.#to = end;
    this.#revision = number;
    this.#start = start;
    this.#end = end;
  }

  get start(): number {
    reading.listener?.(this.#log);
    this.#update();
    return this.#start;
  }

  get end(): number {
    reading.listener?.(this.#log);
    this.#update();
    return this.#end;
  }

  /** Returns a place at a range of the current text. */
  beside(start: number, end: number): LivePlace {
    return new LivePlace({ log: this.#log, number: this.#log.splices.length }, start, end);
  }

  /** Returns whether both are at the same range, now and after any edit. Reports no read. */
  isSame(other: LivePlace): boolean {
    if (this.#log !== other.#log) return this.#log.path === other.#log.path && this.#isAt(other);
    this.#update();
    other.#update();
    return this.#start === other.#start && this.#end === other.#end && !this.#isCut && !other.#isCut;
  }

  /** Returns the same for places of one log. Those of others are of no use once the file is edited. */
  isSameForever(other: LivePlace): boolean {
    return this.#log === other.#log && this.isSame(other);
  }

  /** Returns whether the place is at a range of the last revision, now and after any edit. Reports no read. */
  isAtLast({ log, number }: Revision, { start, end }: Range): boolean {
    if (this.#log !== log || number !== log.splices.length) return false;
    this.#update();
    return this.#start === start && this.#end === end && !this.#isCut;
  }

  /** A key that equal places share until the next edit. Reports no read, as `isSame`. */
  get identity(): string {
    this.#update();
    return `${this.file}\0${this.#start}\0${this.#end}`;
  }

  /** A key of the text and the range that the place was made for. */
  get lastingKey(): string {
    return `${this.file}@${this.#log.id}.${this.#birth}\0${this.#from}\0${this.#to}`;
  }

  toJSON(): Range & { readonly file: string } {
    return { file: this.file, start: this.start, end: this.end };
  }

  #isAt(other: Range): boolean {
    return this.start === other.start && this.end === other.end;
  }

  /**
   * Brings the offsets up to date. Text inserted at either end of the place does not belong to it.
   */
  #update(): void {
    if (this.#revision === this.#log.splices.length) return;
    this.#revision = this.#log.splices.length;
    let [shift, growth] = [0, 0];
    this.#isCut = false;
    for (const { at, removed, inserted } of changesSince(this.#log, this.#birth)) {
      if (this.#to <= at) break;
      const behind = at + removed;
      if (this.#from >= behind) shift += inserted - removed;
      else if (this.#from <= at && behind <= this.#to) growth += inserted - removed;
      else {
        this.#isCut = true;
        this.#start = this.#end = Math.min(this.#from, at) + shift;
        return;
      }
    }
    this.#start = this.#from + shift;
    this.#end = this.#to + shift + growth;
  }
}
