/**
 * Attributes of a set that edits change in place. Their values are thunks that stay the same objects: whoever forces one
 * depends on that attribute only, whoever lists names depends on the names.
 */

import { type Leaf, newLeaf, type Recorder, readLeaf, remembered, replaceReads } from '../../query/reads.ts';
import { isClosed } from './construct.ts';
import { isSameOrigin, isSameSimpleValue } from './same-values.ts';
import { thunk } from './thunks.ts';
import type { Attr, AttrsValue, Lazy, Origin, Value } from './value.ts';

/** One attribute, which keeps its thunk while it is there. */
interface Slot {
  readonly value: Leaf;
  attr: Attr;
  /** What the attribute's value is at present. */
  source: Lazy;
  /** True once an edit has changed the value. From then on, a set changes in place as well, attribute by attribute. */
  isEdited: boolean;
  /** The value, if it is such a set. */
  set: LiveAttrs | null;
}

/** A set whose attributes change in place. */
interface LiveAttrs extends AttrsValue {
  readonly entries: LiveEntries;
  /** Moves with the text. */
  origin: Origin | null;
}

/** What the sets need of the evaluation. */
export interface LiveEvaluation {
  readonly recorder: Recorder;
  force(lazy: Lazy): Value;
  /** Returns the new value of an attribute, to compare it with the one before; null if that takes too long. */
  tryForce(lazy: Lazy): Value | null;
  /** Returns whether a set is known to others by its object. */
  isCommon(set: AttrsValue): boolean;
}

export class LiveEntries extends Map<string, Attr> {
  readonly #cx: LiveEvaluation;
  readonly #recorder: Recorder;
  readonly #slots = new Map<string, Slot>();
  /** For names that were asked for, whether they are there, and where. */
  readonly #presence = new Map<string, Leaf>();
  readonly #names: Leaf;
  /** What is edited, for people: a file, or an attribute in it. */
  readonly #what: string;
  readonly #isInEdited: boolean;

  /**
   * @param what the file in which the set is written, or the attribute that it is
   * @param isInEdited true for a set in the value of an attribute that is being edited
   */
  constructor(cx: LiveEvaluation, what: string, entries: ReadonlyMap<string, Attr>, isInEdited = false) {
    super();
    this.#cx = cx;
    this.#recorder = cx.recorder;
    this.#what = what;
    this.#isInEdited = isInEdited;
    this.#names = newLeaf(`the names in ${what}`);
    for (const [name, entry] of entries) super.set(name, this.#added(name, entry));
  }

  override get(name: string): Attr | undefined {
    this.#ask(name);
    return super.get(name);
  }

  override has(name: string): boolean {
    this.#ask(name);
    return super.has(name);
  }

  override get size(): number {
    readLeaf(this.#recorder, this.#names);
    return super.size;
  }

  override keys(): MapIterator<string> {
    readLeaf(this.#recorder, this.#names);
    return super.keys();
  }

  override entries(): MapIterator<[string, Attr]> {
    readLeaf(this.#recorder, this.#names);
    return super.entries();
  }

  override values(): MapIterator<Attr> {
    readLeaf(this.#recorder, this.#names);
    return super.values();
  }

  override [Symbol.iterator](): MapIterator<[string, Attr]> {
    return this.entries();
  }

  override forEach(callback: (value: Attr, key: string, map: Map<string, Attr>) => void): void {
    for (const [name, entry] of this.entries()) callback(entry, name, this);
  }

  /**
   * Replaces the attributes. What changes does so in the recorder's next revision, so that nothing is taken for current that
   * new values were compared with in this one.
   */
  replace(entries: ReadonlyMap<string, Attr>): void {
    const revision = this.#recorder.revision + 1;
    const before = [...super.entries()];
    const now = Array.from(entries, ([name, entry]) => [name, this.#renewed(name, entry)] as const);
    super.clear();
    for (const [name, entry] of now) super.set(name, entry);
    if (before.length !== now.length || now.some(([name, entry], at) => !isSame(before[at], [name, entry])))
      this.#names.changedAt = revision;
    const earlier = new Map(before);
    for (const [name, leaf] of this.#presence)
      if (earlier.get(name) !== super.get(name)) leaf.changedAt = revision;
    for (const [name, { value }] of this.#slots)
      if (!super.has(name)) {
        value.changedAt = revision;
        this.#slots.delete(name);
      }
  }

  /** Returns an attribute with the thunk that its name has, if it was there before. */
  #renewed(name: string, entry: Attr): Attr {
    const slot = this.#slots.get(name);
    if (slot === undefined) return this.#added(name, entry);
    if (slot.source !== entry.value) {
      if (!this.#staysSame(slot, entry.value)) {
        slot.value.changedAt = this.#recorder.revision + 1;
        slot.isEdited = true;
      }
      slot.source = entry.value;
    }
    if (slot.attr.optional !== entry.optional || !isSameOrigin(slot.attr.at, entry.at))
      slot.attr = { ...entry, value: slot.attr.value };
    return slot.attr;
  }

  /** Returns whether nobody can tell the new value of an attribute from the one before, or only from its attributes. */
  #staysSame(slot: Slot, source: Lazy): boolean {
    const { value } = slot.attr;
    // Nobody has seen it.
    if (value.kind === 'thunk' && value.state === 'native') return true;
    if (!slot.isEdited || value.kind !== 'thunk' || value.state !== 'tracked') return false;
    const { reads } = value.from;
    const now = remembered(this.#recorder, () => this.#cx.tryForce(source));
    if (now.value === null || !takesOver(slot, value.value, now.value)) return false;
    replaceReads(this.#recorder, reads, slot.value, now.reads);
    return true;
  }

  #added(name: string, entry: Attr): Attr {
    const recorder = this.#recorder;
    const what = `${name} in ${this.#what}`;
    const value = thunk(() => {
      readLeaf(recorder, slot.value);
      const made = this.#cx.force(slot.source);
      slot.set = slot.isEdited ? liveAttrs(this.#cx, what, made) : null;
      return slot.set ?? made;
    });
    const slot: Slot = {
      value: newLeaf(what),
      source: entry.value,
      attr: { ...entry, value },
      isEdited: this.#isInEdited,
      set: null,
    };
    this.#slots.set(name, slot);
    return slot.attr;
  }

  #ask(name: string): void {
    if (!this.#recorder.isOn) return;
    let leaf = this.#presence.get(name);
    if (leaf === undefined) {
      leaf = newLeaf(`whether ${name} is in ${this.#what}`);
      this.#presence.set(name, leaf);
    }
    readLeaf(this.#recorder, leaf);
  }
}

function isSame(
  before: readonly [string, Attr] | undefined,
  [name, entry]: readonly [string, Attr],
): boolean {
  return before !== undefined && before[0] === name && before[1] === entry;
}

/** Returns a copy of a set whose attributes change in place; null for another value, and for a set that others know. */
function liveAttrs(cx: LiveEvaluation, what: string, made: Value): LiveAttrs | null {
  if (made.kind !== 'attrs' || !isClosed(made) || made.entries instanceof LiveEntries || cx.isCommon(made))
    return null;
  return { ...made, entries: new LiveEntries(cx, what, made.entries, true) };
}

/**
 * Makes the value of an attribute what it is now, if it can stay the same object: a simple value that is equal, or a set
 * whose attributes change.
 */
function takesOver({ set }: Slot, before: Value, now: Value): boolean {
  if (set === null || before !== set) {
    if (!isSameSimpleValue(before, now)) return false;
    // So that no earlier text is kept for it.
    Object.assign(before, now);
    return true;
  }
  if (now.kind !== 'attrs' || !isClosed(now) || now.entries instanceof LiveEntries) return false;
  if (!isSameOrigin(set.origin, now.origin)) return false;
  set.entries.replace(now.entries);
  set.origin = now.origin;
  return true;
}
