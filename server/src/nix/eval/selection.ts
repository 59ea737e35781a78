/** What evaluation shows of the selections it makes. */
import type { SelectExpr } from '../syntax.ts';
import type { AttrsValue, Lazy, Origin, StringValue, UnknownValue, Value } from './value.ts';

/** One selection `target.name`, static or by a computed name, seen while evaluating. */
export interface Selection {
  readonly target: AttrsValue | UnknownValue;
  readonly name: StringValue;
  /** Where the name stands. */
  readonly at: Origin;
  /** null: not known. */
  readonly found: boolean | null;
  /** What the selection gave; null where it was only asked for (`?`, `hasAttr`). */
  readonly result: Value | null;
  /** True for `?` and `hasAttr`, and with `or`. */
  readonly guarded: boolean;
  /** What stands after `or`. */
  readonly fallback: Lazy | null;
  /** The whole selection, if it is one in the source. */
  readonly expr: SelectExpr | null;
}

/** Tells of which values selections are recorded. Asked very often: it must be cheap. */
export type Watch = (target: AttrsValue | UnknownValue) => boolean;

/** The selections that evaluation made while a question was asked, in the order in which it made them. */
export interface Trace {
  readonly watches: Watch;
  readonly selections: Selection[];
}
