/** Helpers for partly known sets: the reason for unknown names, and attributes as list items. */

import { compareBytes } from '../bytes.ts';
import { attrs, list, mayHaveAnyName, unknown, withCandidates } from '../eval/construct.ts';
import { boundedKey, identity, isTolerated } from '../eval/identity.ts';
import type { Attr, AttrsValue, Lazy, PatternAttr, UnknownValue } from '../eval/value.ts';
import { elementOf, nameString } from './arguments.ts';
import { type Item, maybeItem } from './list-parts.ts';

function sortedNames(set: AttrsValue): string[] {
  const names = [...set.entries.keys()];
  return names.sort(compareBytes);
}

/** Returns the reason why not all names of a set are known, or null if they are. */
export function hiddenNames(set: AttrsValue): UnknownValue | null {
  if (set.open !== null) return set.open;
  for (const entry of set.entries.values()) if (entry.optional) return namesUnknown(set);
  return set.patterns.length > 0 ? namesUnknown(set) : null;
}

export function namesUnknown(set: AttrsValue): UnknownValue {
  return unknown('which names a set has', `names(${identity(set)})`, set.origin);
}

/**
 * Returns one item for each attribute, in the order of names. Further attributes may be anywhere in between; one with
 * a partly known name is included as its pattern.
 */
export function itemsOf(
  set: AttrsValue,
  name: string,
  item: (name: Lazy, entry: Attr) => Lazy,
  example: (name: Lazy, value: Lazy) => Lazy,
): Item[] {
  const hidden = hiddenNames(set);
  const items: Item[] = [];
  if (hidden !== null) {
    const candidates: Lazy[] = [];
    for (const pattern of set.patterns)
      candidates.push(list([item(patternName(pattern), pattern)], pattern.at));
    if (mayHaveAnyName(set) && !isTolerated(set.open))
      candidates.push(list([example(anyName(set.open), elementOf(set.open))], set.origin));
    const key = isTolerated(hidden) ? hidden.key : boundedKey(`${name}(${identity(set)})`);
    const isAll = !isTolerated(hidden);
    items.push({ kind: 'spread', of: withCandidates({ ...hidden, key, term: null }, candidates, isAll) });
  }
  for (const text of sortedNames(set)) {
    const entry = set.entries.get(text) as Attr;
    const value = item(nameString(text, entry.at), entry);
    if (hidden === null || !entry.optional) items.push(value);
    else items.push(maybeItem(hidden, value, `${name} ${text}`));
    // Further names may follow this one; the candidates for them are only given once.
    if (hidden !== null)
      items.push({ kind: 'spread', of: withCandidates({ ...hidden, term: null }, [], true) });
  }
  return items;
}

/** Returns the name of an arbitrary attribute of an unknown set. */
export function anyName(set: UnknownValue): UnknownValue {
  return unknown(set.reason, boundedKey(`name of ${set.key}`), set.origin);
}

/** Returns the name of a pattern for making further names from it. A single hole is passed on as its unknown. */
export function patternName(pattern: PatternAttr): Lazy {
  const [first] = pattern.name.pieces;
  return pattern.name.pieces.length === 1 && first !== undefined && 'hole' in first
    ? first.hole
    : pattern.name;
}

/** Returns an unknown value as an open set without known attributes. */
export function openSet(value: UnknownValue): AttrsValue {
  return attrs(new Map(), value.origin, value);
}
