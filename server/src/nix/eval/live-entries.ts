/**
 * Attributes of a set that edits change in place. Their values are thunks that stay the same objects: whoever forces one
 * depends on that attribute only, whoever lists names depends on the names.
 */

import { type Leaf, newLeaf, type Recorder, readLeaf } from '../../query/reads.ts';
import { isSamePlace, placeOf } from '../places.ts';
import { thunk } from './thunks.ts';
import type { Attr, Lazy, Origin, Value } from './value.ts';

/** One attribute, which keeps its thunk while it is there. */
interface Slot {
  readonly value: Leaf;
  attr: Attr;
  /** What the attribute's value is at present. */
  source: Lazy;
}

type Force = (lazy: Lazy) => Value;

export class LiveEntries extends Map<string, Attr> {
  readonly #recorder: Recorder;
  readonly #force: Force;
  readonly #slots = new Map<string, Slot>();
  /** For names that were asked for, whether they are there, and where. */
  readonly #presence = new Map<string, Leaf>();
  readonly #names: Leaf;
  readonly #path: string;

  /** @param path the file in which the set is written */
  constructor(recorder: Recorder, force: Force, path: string, entries: ReadonlyMap<string, Attr>) {
    super();
    this.#path = path;
    this.#names = newLeaf(`the names in ${path}`);
    this.#recorder = recorder;
    this.#force = force;
    this.replace(entries);
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

  /** Replaces the attributes in the recorder's present revision. */
  replace(entries: ReadonlyMap<string, Attr>): void {
    const { revision } = this.#recorder;
    const before = [...super.entries()];
    super.clear();
    for (const [name, entry] of entries) super.set(name, this.#renewed(name, entry));
    const now = [...super.entries()];
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
      slot.source = entry.value;
      slot.value.changedAt = this.#recorder.revision;
    }
    if (slot.attr.optional !== entry.optional || !isSameOrigin(slot.attr.at, entry.at))
      slot.attr = { ...entry, value: slot.attr.value };
    return slot.attr;
  }

  #added(name: string, entry: Attr): Attr {
    const recorder = this.#recorder;
    const value = thunk(() => {
      readLeaf(recorder, slot.value);
      return this.#force(slot.source);
    });
    const slot: Slot = {
      value: newLeaf(`${name} in ${this.#path}`),
      source: entry.value,
      attr: { ...entry, value },
    };
    this.#slots.set(name, slot);
    return slot.attr;
  }

  #ask(name: string): void {
    if (!this.#recorder.isOn) return;
    let leaf = this.#presence.get(name);
    if (leaf === undefined) {
      leaf = newLeaf(`whether ${name} is in ${this.#path}`);
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

/** Returns whether two origins are the same place by now, although one may be in an earlier text. */
function isSameOrigin(left: Origin | null, right: Origin | null): boolean {
  return left === right || (left !== null && right !== null && isSamePlace(placeOf(left), placeOf(right)));
}
