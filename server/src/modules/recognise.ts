/**
 * Small questions about expressions, paths and values that the reading of a file asks. Each stands for itself.
 */

import type { Evaluation } from '../nix/eval/evaluation.ts';
import type { Scope, Value } from '../nix/eval/value.ts';
import type { NamePath, WalkedBinding } from '../nix/eval/walk.ts';
import type { Place } from '../nix/places.ts';
import { placeOf } from '../nix/places.ts';
import type { SourceFile } from '../nix/source.ts';
import type { ApplyExpr, Expr } from '../nix/syntax.ts';
import { packages } from './modules.ts';

/** Returns the names of a path, outermost first; those that are not known are ''. */
export function namesOf(path: NamePath | null): string[] {
  const names: string[] = [];
  for (let at = path; at !== null; at = at.parent) names.unshift(at.name?.text ?? '');
  return names;
}

/**
 * Returns whether the path is an option that holds generators, rather than its declaration, or what a test (`{ expr;
 * expected; }`) expects.
 */
export function isGenerators(names: readonly string[]): boolean {
  if (names.at(-1) !== 'generators' || names.at(-2) !== 'vars') return false;
  return !names.includes('options') && !names.includes('expected');
}

/** `map (name: …) names`: what the function does with real arguments shows only in the result. */
export function takesFunction(expr: ApplyExpr): boolean {
  let at: Expr = expr;
  for (; at.kind === 'apply'; at = at.fn) if (at.arg.kind === 'lambda') return true;
  return false;
}

/** How deep and how wide results of applying functions are looked into. */
const LOOK_DEPTH = 5;
const LOOK_WIDTH = 200;

/** Forces what lists and sets hold, so that selections in it are seen. Functions and strings end it. */
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

/** Returns where an argument set passes a `pkgs` that cannot be null. */
export function packageSetIn(cx: Evaluation, arg: Expr, scope: Scope): Place | null {
  const set = cx.evaluate(arg, scope);
  const entry = set.kind === 'attrs' ? set.entries.get('pkgs') : undefined;
  if (entry === undefined || entry.at === null) return null;
  const value = cx.resolve(entry.value);
  return isPackages(value) ? placeOf(entry.at) : null;
}

/** Returns whether it is a package set that cannot be null: the module's own, or one made on the spot. */
function isPackages(value: Value): boolean {
  if (value.kind === 'attrs') return value.open?.key === packages.open?.key;
  return value.kind === 'unknown' && value.candidates === null && value.term?.kind === 'apply';
}

export function rangeIn(file: SourceFile, walked: WalkedBinding): Place {
  return { file: file.path, start: walked.range.start, end: walked.range.end };
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
