/** Helpers for expressions, paths and values that occur while a file is read. */

import type { Evaluation } from '../nix/eval/evaluation.ts';
import type { Value } from '../nix/eval/value.ts';
import type { NamePath, WalkedBinding } from '../nix/eval/walk.ts';
import { type Place, placeIn } from '../nix/places.ts';
import type { SourceFile } from '../nix/source.ts';
import type { ApplyExpr, Expr } from '../nix/syntax.ts';

/** Returns the names of a path, outermost first. Unknown names are ''. */
export function namesOf(path: NamePath | null): string[] {
  const names: string[] = [];
  for (let at = path; at !== null; at = at.parent) names.unshift(at.name?.text ?? '');
  return names;
}

/**
 * Returns whether a function is passed to another one, as in `map (name: …) names`. The effect of such a function is
 * only visible in the call's result.
 */
export function takesFunction(expr: ApplyExpr): boolean {
  let at: Expr = expr;
  for (; at.kind === 'apply'; at = at.fn) if (at.arg.kind === 'lambda') return true;
  return false;
}

/** Limits for `lookInto`: levels, and elements per level. */
const LOOK_DEPTH = 5;
const LOOK_WIDTH = 200;

/** Forces the elements of lists and sets, so that the selections in them are recorded. Does not call functions. */
export function lookInto(cx: Evaluation, value: Value, depth = LOOK_DEPTH): void {
  if (depth === 0) return;
  if (value.kind === 'list') {
    for (const item of value.items.slice(0, LOOK_WIDTH))
      if (item.kind !== 'spread') lookInto(cx, cx.resolve(item), depth - 1);
  } else if (value.kind === 'attrs') {
    for (const entry of [...value.entries.values(), ...value.patterns].slice(0, LOOK_WIDTH))
      lookInto(cx, cx.resolve(entry.value), depth - 1);
  }
}

export function isImport(expr: ApplyExpr): boolean {
  let head: Expr = expr;
  while (head.kind === 'apply') head = head.fn;
  return head.kind === 'variable' && head.name === 'import';
}

export function rangeIn(file: SourceFile, walked: WalkedBinding): Place {
  return placeIn(file, walked.range);
}

export function quoted(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

export function withoutComments(file: SourceFile): string {
  let text = '';
  let from = 0;
  for (const comment of file.comments) {
    text += file.text.slice(from, comment.start);
    from = comment.end;
  }
  return text + file.text.slice(from);
}
