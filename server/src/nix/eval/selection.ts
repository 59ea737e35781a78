/** The selections that evaluation reports. */
import type { SelectExpr } from '../syntax.ts';
import type { AttrsValue, Lazy, Origin, StringValue, UnknownValue, Value } from './value.ts';

/** A selection `target.name` by a static or computed name, as seen during evaluation. */
export interface Selection {
  readonly target: AttrsValue | UnknownValue;
  readonly name: StringValue;
  /** The place of the name. */
  readonly at: Origin;
  /** Whether the attribute exists; null if that is unknown. */
  readonly found: boolean | null;
  /** The selected value, or null if its existence was only tested (`?`, `hasAttr`). */
  readonly result: Value | null;
  /** True for `?` and `hasAttr`, and with `or`. */
  readonly guarded: boolean;
  /** The expression after `or`. */
  readonly fallback: Lazy | null;
  /** The whole selection, if it is a selection in the source. */
  readonly expr: SelectExpr | null;
}

/** Returns whether selections from a value are recorded. Called very often, so it must be fast. */
export type Watch = (target: AttrsValue | UnknownValue) => boolean;

/** The selections that evaluation made for a question, in order. */
export interface Trace {
  readonly watches: Watch;
  readonly selections: Selection[];
}
