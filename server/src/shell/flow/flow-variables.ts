/** The variables at one point of a script, in an immutable table that the branches of the script share. */
import type { Value } from './values.ts';

/** A variable of the script. */
export interface Variable {
  /** The possible values; a single one if it is known. */
  readonly values: readonly Value[];
  /** The items of an array, or `null` if it is not an array or they are unknown. */
  readonly list: readonly Value[] | null;
  /** True if the variable is unset on some path. */
  readonly perhapsUnset: boolean;
  readonly exported: boolean;
}

/**
 * Variables in two tables. Most variables are set only once, so recent changes are kept separately, and setting a
 * variable does not copy all of them.
 */
export interface Variables {
  readonly settled: ReadonlyMap<string, Variable>;
  /** Overrides `settled`; undefined for a variable that was removed. */
  readonly recent: ReadonlyMap<string, Variable | undefined>;
}

export const NO_VARIABLES: Variables = { settled: new Map(), recent: new Map() };

/** The number of recent changes below which they are never merged. */
const FEW = 16;

export function variableIn({ settled, recent }: Variables, name: string): Variable | undefined {
  return recent.has(name) ? recent.get(name) : settled.get(name);
}

/** Returns the variables with `name` set to `variable`, or removed if that is undefined. */
export function withVariable(
  { settled, recent }: Variables,
  name: string,
  variable: Variable | undefined,
): Variables {
  const fresh = new Map(recent).set(name, variable);
  // This bounds the copying per change to about the square root of the number of variables.
  const isFew = fresh.size <= FEW || fresh.size ** 2 <= settled.size;
  return isFew ? { settled, recent: fresh } : { settled: joined(settled, fresh), recent: new Map() };
}

function joined(settled: Variables['settled'], recent: Variables['recent']): Variables['settled'] {
  const all = new Map(settled);
  for (const [name, variable] of recent) {
    if (variable === undefined) all.delete(name);
    else all.set(name, variable);
  }
  return all;
}

/** Returns the variables after either of two branches. `join` combines those that differ. */
export function joinedVariables(
  left: Variables,
  right: Variables,
  join: (left: Variable | undefined, right: Variable | undefined) => Variable,
): Variables {
  if (left === right) return left;
  const isAlike = left.settled === right.settled;
  const names = new Set([...left.recent.keys(), ...right.recent.keys()]);
  if (!isAlike)
    for (const variables of [left, right]) for (const name of variables.settled.keys()) names.add(name);
  const result = new Map<string, Variable | undefined>();
  for (const name of names) {
    const [onLeft, onRight] = [variableIn(left, name), variableIn(right, name)];
    if (onLeft !== undefined || onRight !== undefined)
      result.set(name, onLeft === onRight ? onLeft : join(onLeft, onRight));
    else if (left.settled.has(name)) result.set(name, undefined);
  }
  return isAlike
    ? { settled: left.settled, recent: result }
    : { settled: joined(new Map(), result), recent: new Map() };
}
