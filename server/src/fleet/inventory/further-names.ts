/**
 * Collects the names that an unknown part of a list or set may add: machines or tags of a role, machines with a tag. Knows
 * values, not what the names stand for.
 */

import { readName } from '../../modules/read.ts';
import { mayHaveAnyName } from '../../nix/eval/construct.ts';
import type { Evaluation } from '../../nix/eval/evaluation.ts';
import type { AttrsValue, Spread, UnknownValue, Value } from '../../nix/eval/value.ts';
import type { FurtherNames } from '../model/services.ts';

export const NO_NAMES: FurtherNames = { names: [], patterns: [], any: false };
export const ANY_NAMES: FurtherNames = { names: [], patterns: [], any: true };

export function isNone({ names, patterns, any }: FurtherNames): boolean {
  return names.length === 0 && patterns.length === 0 && !any;
}

export function joinNames(left: FurtherNames, right: FurtherNames): FurtherNames {
  if (isNone(left)) return right;
  if (isNone(right)) return left;
  return {
    names: [...new Set([...left.names, ...right.names])],
    patterns: [...new Set([...left.patterns, ...right.patterns])],
    any: left.any || right.any,
  };
}

/** The depth of unknown values inside unknown values that is followed. */
const MAX_DEPTH = 8;

/** Returns the names of all items or attributes that a value may have. */
export function namesOf(cx: Evaluation, value: Value, depth = 0): FurtherNames {
  if (value.kind === 'attrs')
    return joinNames({ ...NO_NAMES, names: [...value.entries.keys()] }, furtherOfSet(cx, value, depth));
  if (value.kind === 'list')
    return value.items
      .map(item => (item.kind === 'spread' ? furtherOfSpread(cx, item, depth) : nameOf(cx.force(item))))
      .reduce(joinNames, NO_NAMES);
  return value.kind === 'unknown' ? furtherOfUnknown(cx, value, depth) : ANY_NAMES;
}

/** Returns the name of one item of a list. */
export function nameOf(value: Value): FurtherNames {
  if (value.kind !== 'string') return ANY_NAMES;
  if (value.text !== null) return { ...NO_NAMES, names: [value.text] };
  return { ...NO_NAMES, patterns: [readName(value, false).name] };
}

/** Returns the names of the attributes that a set may have besides those that it lists. */
export function furtherOfSet(cx: Evaluation, set: AttrsValue, depth = 0): FurtherNames {
  const patterns = set.patterns.map(({ name }) => nameOf(name)).reduce(joinNames, NO_NAMES);
  return mayHaveAnyName(set) ? joinNames(patterns, furtherOfUnknown(cx, set.open, depth)) : patterns;
}

/** Returns the names that an unknown number of items may have. */
export function furtherOfSpread(cx: Evaluation, { of }: Spread, depth = 0): FurtherNames {
  return furtherOfUnknown(cx, of, depth);
}

function furtherOfUnknown(
  cx: Evaluation,
  { candidates, bounded }: UnknownValue,
  depth: number,
): FurtherNames {
  if (bounded !== true || candidates === null || depth >= MAX_DEPTH) return ANY_NAMES;
  return candidates.map(candidate => namesOf(cx, cx.force(candidate), depth + 1)).reduce(joinNames, NO_NAMES);
}
