/**
 * Finds the pairs that a function made before an edit of what its file imports, and that it would make again: those for
 * which it only read attributes that are the same in the renewed set.
 */
import { childrenOf } from '../expressions.ts';
import type { Expr } from '../syntax.ts';
import type { Evaluation } from './evaluation.ts';
import type { Selection } from './selection.ts';
import type { Pair, PairMakers, Pairs } from './sharing-tables.ts';
import { evaluated } from './thunks.ts';
import type { AttrsValue, LambdaValue, Lazy } from './value.ts';

/** The pairs that a function made before, with the sets that were renewed since, by the previous ones. */
interface Earlier {
  readonly pairs: Pairs;
  readonly renewed: ReadonlyMap<AttrsValue, AttrsValue>;
}

const earlierOf = new WeakMap<LambdaValue, Earlier | null>();

/** Returns the pair of a name as the function would make it again, or undefined if that is not certain. */
export function earlierPair(
  cx: Evaluation,
  { before }: PairMakers,
  closed: LambdaValue,
  name: string,
): Pair | undefined {
  if (before === null) return undefined;
  let earlier = earlierOf.get(closed);
  if (earlier === undefined) {
    earlier = earlierPairs(cx, before, closed);
    earlierOf.set(closed, earlier);
  }
  const pair = earlier?.pairs.byName.get(name);
  if (earlier === null || pair == null) return undefined;
  const selections: Selection[] = [];
  for (const selection of pair.selections) {
    const again = madeAgain(selection, earlier.renewed);
    if (again === null) return undefined;
    selections.push(again);
  }
  return { ...pair, selections };
}

/** Returns a selection from the renewed set, or null if its result may be another one. */
function madeAgain(selection: Selection, renewed: Earlier['renewed']): Selection | null {
  const { target, name } = selection;
  const now = target.kind === 'attrs' ? renewed.get(target) : undefined;
  if (target.kind !== 'attrs' || now === undefined || name.text === null) return null;
  const [left, right] = [target.entries.get(name.text), now.entries.get(name.text)];
  return left?.value === right?.value && left?.optional === right?.optional
    ? { ...selection, target: now }
    : null;
}

function earlierPairs(cx: Evaluation, before: PairMakers, closed: LambdaValue): Earlier | null {
  for (const other of before.closed.byNeeds.get(closed.expr)?.values() ?? []) {
    const pairs = before.pairs.get(other);
    const renewed = new Map<AttrsValue, AttrsValue>();
    if (pairs !== undefined && isSameFunction(cx, other, closed, renewed)) return { pairs, renewed };
  }
  return null;
}

/**
 * Returns whether two functions at the top of their file are the same, but for sets that were renewed and from which
 * they only select, which are added to `renewed`.
 */
function isSameFunction(
  cx: Evaluation,
  left: LambdaValue,
  right: LambdaValue,
  renewed: Map<AttrsValue, AttrsValue>,
): boolean {
  if (left === right) return true;
  const [needs, others] = [left.scope.names, right.scope.names];
  if (left.expr !== right.expr || needs === null || others === null) return false;
  if (needs === cx.globals || others === cx.globals) return needs === others;
  if (needs.size !== others.size) return false;
  for (const [name, need] of needs) {
    const other = others.get(name);
    if (other === undefined || !isSameNeed(cx, [need, other], renewed, () => isOnlySelected(left.expr, name)))
      return false;
  }
  return true;
}

function isSameNeed(
  cx: Evaluation,
  [need, other]: readonly [Lazy, Lazy],
  renewed: Map<AttrsValue, AttrsValue>,
  isSelected: () => boolean,
): boolean {
  if (need === other) return true;
  const [left, right] = [evaluated(need), evaluated(other)];
  if (left?.kind === 'builtin' && right?.kind === 'builtin') return left.builtin === right.builtin;
  if (left?.kind === 'lambda' && right?.kind === 'lambda') return isSameFunction(cx, left, right, renewed);
  if (left?.kind !== 'attrs' || right?.kind !== 'attrs') return false;
  if (cx.renewals.get(right) !== left || !isSelected()) return false;
  renewed.set(left, right);
  return true;
}

/** Returns whether a name occurs in an expression only as that from which an attribute is selected or tested. */
function isOnlySelected(expr: Expr, name: string): boolean {
  switch (expr.kind) {
    case 'variable':
      return expr.name !== name;
    case 'select':
    case 'has-attr':
      return childrenOf(expr).every(
        child => (child === expr.target && child.kind === 'variable') || isOnlySelected(child, name),
      );
    case 'attrs':
    case 'let':
      return (
        !expr.bindings.some(
          binding =>
            binding.kind === 'inherit' &&
            binding.from === null &&
            binding.names.some(inherited => inherited.kind === 'name' && inherited.name === name),
        ) && childrenOf(expr).every(child => isOnlySelected(child, name))
      );
    default:
      return childrenOf(expr).every(child => isOnlySelected(child, name));
  }
}
