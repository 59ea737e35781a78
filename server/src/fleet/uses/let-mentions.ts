/** Finds the places at which a name that `let` binds is used, with what decides whether evaluation comes there. */

import type { Evaluation } from '../../nix/eval/evaluation.ts';
import { type WalkedPlace, type WalkState, walk } from '../../nix/eval/walk.ts';
import { bindsName, childrenOf } from '../../nix/expressions.ts';
import type { Expr, LetExpr, Range } from '../../nix/syntax.ts';

/** More mentions of one name than are looked at. */
const MAX_MENTIONS = 64;

/** A use of a name that `let` binds. */
export interface Mention {
  readonly place: WalkedPlace;
  /** The attribute that is selected from it; null for the whole value, or an unknown one. */
  readonly selects: string | null;
}

/** Walks to the mentions of a name in its `let`. */
export function mentionsOf(cx: Evaluation, within: LetExpr, name: string, state: WalkState): Mention[] {
  const places = placesOf(within, name);
  const mentions: Mention[] = [];
  const holdsOne = (range: Range) => places.some(at => range.start <= at.start && at.end <= range.end);
  walk(cx, within, state, {
    skips: range => !holdsOne(range),
    enter(expr, place) {
      if (!holdsOne(expr)) return false;
      const target = expr.kind === 'select' ? expr.target : expr;
      if (target.kind !== 'variable' || target.name !== name) return true;
      const [first] = expr.kind === 'select' ? expr.path : [];
      mentions.push({
        place,
        selects: first?.kind === 'name' ? first.name : null,
      });
      return false;
    },
  });
  return mentions;
}

/** Returns the places at which a name of a `let` is used, without those where an inner binding shadows it. */
function placesOf(within: LetExpr, name: string): Range[] {
  const places: Range[] = [];
  const pending: Expr[] = [...childrenOf(within)];
  noteInherited(within, name, places);
  for (let expr = pending.pop(); expr !== undefined && places.length < MAX_MENTIONS; expr = pending.pop()) {
    if (expr.kind === 'variable' && expr.name === name) places.push(expr);
    else if (!bindsName(expr, name)) {
      noteInherited(expr, name, places);
      pending.push(...childrenOf(expr));
    } else if (expr.kind === 'attrs') noteInherited(expr, name, places);
  }
  return places;
}

/** Notes `inherit name;`, which has no expression of its own. */
function noteInherited(expr: Expr, name: string, places: Range[]): void {
  if (expr.kind !== 'attrs' && expr.kind !== 'let') return;
  for (const binding of expr.bindings)
    if (binding.kind === 'inherit' && binding.from === null)
      for (const written of binding.names)
        if (written.kind === 'name' && written.name === name) places.push(written);
}
