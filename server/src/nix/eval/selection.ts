/** What evaluation shows of a selection to those who listen. */
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
