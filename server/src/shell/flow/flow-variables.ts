/**
 * The variables of a script at one place of it: a table that is never changed itself, so that the ways through a script
 * have it in common. Knows nothing of what sets them.
 */
import type { Value } from './values.ts';

/** A variable of the script. */
export interface Variable {
  /** What it may hold: one value if it is known which. */
  readonly values: readonly Value[];
  /** The items of an array; null if it is none or they are not known. */
  readonly list: readonly Value[] | null;
  /** True if on some way here it was not set. */
  readonly perhapsUnset: boolean;
  readonly exported: boolean;
}

/** Most are set once and never again: what is new is kept apart, so that setting one does not copy them all. */
export interface Variables {
  readonly settled: ReadonlyMap<string, Variable>;
  /** Goes before; undefined for one that is no more. */
  readonly recent: ReadonlyMap<string, Variable | undefined>;
}

export const NO_VARIABLES: Variables = { settled: new Map(), recent: new Map() };

/** So many are recent at least before they are settled. */
const FEW = 16;

export function variableIn({ settled, recent }: Variables, name: string): Variable | undefined {
  return recent.has(name) ? recent.get(name) : settled.get(name);
}

/** Returns the variables with `name` set to `variable`; without it for undefined. */
export function withVariable(
  { settled, recent }: Variables,
  name: string,
  variable: Variable | undefined,
): Variables {
  const fresh = new Map(recent).set(name, variable);
  // Then a change copies no more than the square root of them, and as seldom are all of them copied.
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

/** Returns the variables after either of two ways; `join` computes those in which the ways differ. */
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
