/** The tables for shared values in an evaluation, which sharing.ts and shared-pairs.ts fill. */

import type { Remembered } from '../../query/reads.ts';
import type { Expr } from '../syntax.ts';
import type { Selection } from './selection.ts';
import type { AttrsValue, LambdaValue, StringValue, Value } from './value.ts';

/** By expression, by the common set that the value is made from, and by what else is read. */
export type SharedValues = WeakMap<Expr, WeakMap<AttrsValue, Map<string, Remembered<Value>>>>;

/** Functions as if they were at the top of their files. */
export interface ClosedFunctions {
  /** By their dependencies there. */
  readonly byNeeds: {
    get(expr: Expr): Map<string, LambdaValue> | undefined;
    set(expr: Expr, all: Map<string, LambdaValue>): unknown;
  };
  /** By the original function. A function that is being closed depends on itself, and cannot be shared. */
  readonly byFunction: WeakMap<LambdaValue, Remembered<LambdaValue | 'never'>>;
}

export function createClosedFunctions(): ClosedFunctions {
  return { byNeeds: new Map(), byFunction: new WeakMap() };
}

/** The shared values of the functions in a file. */
export interface PairMakers {
  readonly closed: ClosedFunctions;
  readonly pairs: WeakMap<LambdaValue, Pairs>;
}

export interface Pairs {
  /** By the text of the name; null if its pair cannot be shared. */
  readonly byName: Map<string, Remembered<Pair | null>>;
  /** True once the function has made a pair that is shared. */
  worthwhile: boolean;
}

export interface Pair {
  /** The name that it was made from. */
  readonly of: StringValue;
  readonly pair: AttrsValue;
  /** True if the pair's name is that name, so that it also has its place. */
  readonly isNamedSo: boolean;
  readonly selections: readonly Selection[];
}
