/**
 * Splits the output stream of a process that performs tasks in sequence, by the mark that ends each task's output.
 * Knows nothing of the tasks.
 */
import type { Readable } from 'node:stream';

interface Output {
  readonly bytes: Buffer;
  /** True if part of it was dropped. */
  readonly truncated: boolean;
}

interface MarkedOutput extends Output {
  /** The text after the mark. */
  readonly note: string;
}

export interface MarkedStream {
  /**
   * Returns everything up to the next mark, which must be the last output before the next call.
   * @param mark a text that cannot appear in the output otherwise
   * @param limitBytes limit for the output; the rest is dropped
   */
  next(mark: string, limitBytes: number): Promise<MarkedOutput>;
  /** Returns the output so far, if no further mark will come. */
  cut(): Output;
}

/** The number of bytes after a mark. */
const NOTE_BYTES = 3;

interface Part {
  readonly mark: Buffer;
  readonly limit: number;
  readonly chunks: Buffer[];
  kept: number;
  size: number;
  /** The last bytes, as many as the mark and its note. */
  tail: Buffer;
  readonly resolve: (output: MarkedOutput) => void;
}

export function markedStream(stream: Readable): MarkedStream {
  let part: Part | null = null;
  stream.on('data', (chunk: Buffer) => {
    if (part === null) return;
    take(part, chunk);
    if (!isMarked(part)) return;
    const done = part;
    part = null;
    const note = done.tail.subarray(done.mark.length).toString('latin1');
    done.resolve({ ...outputOf(done, done.size - done.tail.length), note });
  });
  return {
    next: (mark, limit) =>
      new Promise(resolve => {
        part = { mark: Buffer.from(mark), limit, chunks: [], kept: 0, size: 0, tail: EMPTY, resolve };
      }),
    cut() {
      const output = part === null ? { bytes: EMPTY, truncated: false } : outputOf(part, part.size);
      part = null;
      return output;
    },
  };
}

const EMPTY = Buffer.alloc(0);

function take(part: Part, chunk: Buffer): void {
  const ending = part.mark.length + NOTE_BYTES;
  part.size += chunk.length;
  // The mark may begin within the limit and end after it.
  const room = part.limit + ending - part.kept;
  if (room > 0) {
    part.chunks.push(chunk.subarray(0, room));
    part.kept += Math.min(chunk.length, room);
  }
  part.tail = chunk.length >= ending ? chunk.subarray(-ending) : lastOf([part.tail, chunk], ending);
}

function lastOf(buffers: readonly Buffer[], bytes: number): Buffer {
  const whole = Buffer.concat(buffers);
  return whole.subarray(Math.max(0, whole.length - bytes));
}

function isMarked({ tail, mark }: Part): boolean {
  return tail.length === mark.length + NOTE_BYTES && tail.subarray(0, mark.length).equals(mark);
}

function outputOf({ chunks, limit }: Part, size: number): Output {
  return { bytes: Buffer.concat(chunks).subarray(0, Math.min(size, limit)), truncated: size > limit };
}
