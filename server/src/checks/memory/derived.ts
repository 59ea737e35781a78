/**
 * What rules compute from a fleet before they look for anything: indexes and the like, computed when first asked for
 * and kept for as long as what they were made of is the same.
 */
import type { Fleet } from '../../fleet/model/fleet.ts';
import { sameItems } from '../../std.ts';
import { answerTo, ask, type Input, type Run, runOf } from './memory.ts';

/**
 * Returns a function of the fleet that is computed once, and again only if something that it reads has changed.
 * @param compute is given what it was the last time, if anything: given again, all that was made of it is still valid
 */
export function derived<T>(compute: (fleet: Fleet, before: T | undefined) => T): (fleet: Fleet) => T {
  const self = derivedInput(compute);
  const others = new WeakMap<Fleet, { readonly value: T }>();
  return fleet => {
    const run = runOf(fleet);
    if (run !== null) return ask(run, self) as T;
    let other = others.get(fleet);
    if (other === undefined) {
      other = { value: compute(fleet, undefined) };
      others.set(fleet, other);
    }
    return other.value;
  };
}

function derivedInput<T>(compute: (fleet: Fleet, before: T | undefined) => T): Input {
  const self: Input = {
    valueIn: run => answerTo<T>(run, self, before => compute(run.watched.fleet, before)),
  };
  return self;
}

export type Index<T> = ReadonlyMap<string, readonly T[]>;

/**
 * Returns a function like those of `derived`, for an index of lists by names: a caller that asks for one name depends
 * on that list alone.
 */
export function derivedIndex<T>(compute: (fleet: Fleet) => Index<T>): (fleet: Fleet) => Index<T> {
  const self = derivedInput<Index<T>>((fleet, before) => withKnown(compute(fleet), before));
  const items = new Map<string, Input>();
  const itemOf = (key: string): Input => {
    let item = items.get(key);
    if (item === undefined) {
      item = { valueIn: run => (self.valueIn(run) as Index<T>).get(key) };
      items.set(key, item);
    }
    return item;
  };
  const views = new WeakMap<Run, Index<T>>();
  const others = new WeakMap<Fleet, Index<T>>();
  return fleet => {
    const run = runOf(fleet);
    let index = run === null ? others.get(fleet) : views.get(run);
    if (index !== undefined) return index;
    index = run === null ? compute(fleet) : viewOf<T>(run, self, itemOf);
    if (run === null) others.set(fleet, index);
    else views.set(run, index);
    return index;
  };
}

/** Returns the index with the lists from before where they hold the same. */
function withKnown<T>(now: Index<T>, before: Index<T> | undefined): Index<T> {
  if (before === undefined) return now;
  return new Map(
    [...now].map(([key, list]): [string, readonly T[]] => {
      const known = before.get(key);
      return [key, known !== undefined && sameItems(known, list) ? known : list];
    }),
  );
}

function viewOf<T>(run: Run, self: Input, itemOf: (key: string) => Input): Index<T> {
  const whole = () => ask(run, self) as Index<T>;
  const get = (key: string) => ask(run, itemOf(key)) as readonly T[] | undefined;
  return {
    get,
    has: key => get(key) !== undefined,
    get size() {
      return whole().size;
    },
    keys: () => whole().keys(),
    values: () => whole().values(),
    entries: () => whole().entries(),
    forEach: callback => whole().forEach(callback),
    [Symbol.iterator]: () => whole()[Symbol.iterator](),
  };
}
