/** The tables in which an evaluation keeps what is shared: sharing.ts and shared-pairs.ts fill them. */
import type { Expr } from '../syntax.ts';
import type { Selection } from './selection.ts';
import type { AttrsValue, LambdaValue, StringValue, Value } from './value.ts';

/** By expression, by the common set that it is made of, and by what else is read beside it. */
export type SharedValues = WeakMap<Expr, WeakMap<AttrsValue, Map<string, Value>>>;

/** Functions as if they stood at the top of their files. */
export interface ClosedFunctions {
  /** By what they need there. */
  readonly byNeeds: {
    get(expr: Expr): Map<string, LambdaValue> | undefined;
    set(expr: Expr, all: Map<string, LambdaValue>): unknown;
  };
  /** By the function as it is found. One that is being looked into needs itself, and is the same for nobody. */
  readonly byFunction: WeakMap<LambdaValue, LambdaValue | 'never'>;
}

export function createClosedFunctions(): ClosedFunctions {
  return { byNeeds: new Map(), byFunction: new WeakMap() };
}

/** What is kept of the functions of one file. */
export interface PairMakers {
  readonly closed: ClosedFunctions;
  readonly pairs: WeakMap<LambdaValue, Pairs>;
}

interface Pairs {
  /** By the text of the name; null where what is made of it is not shared. */
  readonly byName: Map<string, Pair | null>;
  /** True once the function has made one that is shared. */
  worthwhile: boolean;
}

export interface Pair {
  /** What it was made of. */
  readonly of: StringValue;
  readonly pair: AttrsValue;
  /** Is it named by what it was made of? Then that says where the name is written. */
  readonly isNamedSo: boolean;
  readonly selections: readonly Selection[];
}
