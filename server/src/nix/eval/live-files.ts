/**
 * Files that are edited. Their values are the same objects after an edit; whoever reads what the edit changed has to be
 * computed again, which `reads.ts` finds out.
 */

import { type Leaf, newLeaf, type Recorder, readLeaf } from '../../query/reads.ts';
import type { SourceFile } from '../source.ts';
import type { LambdaExpr } from '../syntax.ts';
import type { UnchangedItems } from '../unchanged-items.ts';
import type { LiveEntries } from './live-entries.ts';
import type { Attr, AttrsValue, LambdaValue, Origin, Scope } from './value.ts';

/** A set that an edited file evaluates to. */
export interface LiveSet {
  readonly set: AttrsValue & { readonly entries: LiveEntries };
  /** The attributes in the last text without errors, since a broken one may lack most of them until it is whole again. */
  whole: { readonly entries: ReadonlyMap<string, Attr>; readonly origin: Origin };
}

export interface LiveFile {
  /** The text, which each edit changes. */
  readonly text: Leaf;
  /** The sets that the file evaluates to, by the key of the argument that it is applied to. */
  readonly sets: Map<string, LiveSet>;
  /** The last comparison of two texts. A longer memory would keep all texts. */
  compared: {
    readonly before: SourceFile;
    readonly after: SourceFile;
    readonly items: UnchangedItems | null;
  } | null;
}

/** Returns the state of a file that is edited for the first time, or whose values cannot stay the same objects. */
export function newLiveFile(path: string, before?: LiveFile): LiveFile {
  return { text: newLeaf(path), sets: before?.sets ?? new Map(), compared: null };
}

/** A function that is a whole file. Reading it reads the file's text; `written` does so without a record. */
export class LiveFunction implements LambdaValue {
  readonly kind = 'lambda';
  readonly origin: Origin | null;
  written: LambdaValue;
  readonly #recorder: Recorder;
  readonly #text: Leaf;

  constructor(written: LambdaValue, { text }: LiveFile, recorder: Recorder) {
    this.origin = written.origin;
    this.written = written;
    this.#recorder = recorder;
    this.#text = text;
  }

  get expr(): LambdaExpr {
    readLeaf(this.#recorder, this.#text);
    return this.written.expr;
  }

  get scope(): Scope {
    readLeaf(this.#recorder, this.#text);
    return this.written.scope;
  }
}

/** Returns a function as it is written now, without recording that it was read. */
export function writtenOf(fn: LambdaValue): LambdaValue {
  return fn instanceof LiveFunction ? fn.written : fn;
}
