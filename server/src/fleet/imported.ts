/**
 * Things inside `imports` that are made by applying a function and bring generators with them.
 */
import { attr, attrs, symbol } from '../nix/construct.ts';
import { apply, evaluate, force } from '../nix/evaluate.ts';
import type { Evaluation } from '../nix/evaluation.ts';
import type { ApplyExpr, Expr, Range } from '../nix/syntax.ts';
import type { Attr, AttrsValue, Scope, UnknownValue, Value } from '../nix/value.ts';
import type { AppliedImport, Place } from './model.ts';
import { unknownArgument } from './modules.ts';
import { member } from './read.ts';

/** The items of an `imports` list that are applications, however the list is put together. */
export function appliedItems(expr: Expr): ApplyExpr[] {
  switch (expr.kind) {
    case 'list':
      return expr.items.filter(item => item.kind === 'apply');
    case 'binary':
      return [...appliedItems(expr.left), ...appliedItems(expr.right)];
    case 'apply':
      return appliedItems(expr.arg);
    case 'let':
    case 'with':
      return appliedItems(expr.body);
    default:
      return [];
  }
}

/**
 * What an applied import brings.
 * @param registryRead tells whether a registry was read since `reset`
 * @returns null if it has nothing to do with generators
 */
export function readAppliedImport(
  cx: Evaluation,
  item: ApplyExpr,
  scope: Scope,
  registryRead: { reset(): void; seen(): boolean },
): AppliedImport | null {
  registryRead.reset();
  const value = evaluate(cx, item, scope);
  const brings = whatItBrings(cx, value, registryRead) ?? (given(cx, item, scope) ? 'arguments' : null);
  if (brings === null) return null;
  const { text, path: file } = scope.file;
  const [fn, ...args] = spine(item);
  const pathExpr = [fn, ...args].find(part => part?.kind === 'path');
  const lastArg = args.at(-1);
  const slice = (range: Range) => text.slice(range.start, range.end);
  return {
    at: place(file, item),
    item: place(file, withParentheses(text, item)),
    pathText: pathExpr === undefined ? null : slice(pathExpr),
    argsText: lastArg === undefined || lastArg === pathExpr ? null : slice(lastArg),
    brings,
  };
}

function place(file: string, range: Range): Place {
  return { file, start: range.start, end: range.end };
}

/** `f a b` as `[f, a, b]`. */
function spine(expr: Expr): Expr[] {
  const parts: Expr[] = [];
  let at = expr;
  for (; at.kind === 'apply'; at = at.fn) parts.unshift(at.arg);
  return [at, ...parts];
}

function whatItBrings(
  cx: Evaluation,
  value: Value,
  registryRead: { seen(): boolean },
): 'generators' | 'module' | null {
  if (value.kind === 'lambda') {
    const { formals } = value.expr;
    const args = new Map<string, Attr>();
    for (const formal of formals ?? [])
      args.set(
        formal.name.name,
        attr(unknownArgument(formal.name.name, value.scope.file.path, formal.start), null),
      );
    const open = symbol('module arguments', 'an argument of the module');
    return whatSetBrings(cx, apply(cx, value, attrs(args, null, open), null), registryRead);
  }
  return whatSetBrings(cx, value, registryRead);
}

function whatSetBrings(
  cx: Evaluation,
  value: Value,
  registryRead: { seen(): boolean },
): 'generators' | 'module' | null {
  if (value.kind !== 'attrs') return null;
  if (holdsGenerators(cx, value)) return 'generators';
  const assigned = assignedGenerators(cx, value);
  if (assigned === null || assigned.kind !== 'attrs') return null;
  // Generators that a module writes down itself are no harm; those made from a registry are.
  return registryRead.seen() ? 'module' : null;
}

/** A set of generators where a module is expected. */
function holdsGenerators(cx: Evaluation, set: AttrsValue): boolean {
  if (set.entries.size === 0) return false;
  for (const entry of set.entries.values()) {
    const value = force(cx, entry.value);
    if (value.kind !== 'attrs') return false;
    if (!value.entries.has('script') || !(value.entries.has('files') || value.entries.has('prompts')))
      return false;
  }
  return true;
}

function assignedGenerators(cx: Evaluation, module: AttrsValue): Value | null {
  const body = member(cx, module, 'config');
  for (const top of body?.kind === 'attrs' ? [body, module] : [module]) {
    let at: Value | null = top;
    for (const name of ['clan', 'core', 'vars', 'generators'])
      at = at?.kind === 'attrs' ? member(cx, at, name) : null;
    if (at !== null) return at;
  }
  return null;
}

/** Is one of the arguments taken from the configuration's generators? */
function given(cx: Evaluation, item: ApplyExpr, scope: Scope): boolean {
  return spine(item)
    .slice(1)
    .some(arg => {
      const value = evaluate(cx, arg, scope);
      if (value.kind === 'unknown') return isFromGenerators(value);
      if (value.kind !== 'attrs') return false;
      for (const entry of value.entries.values()) {
        const inner = force(cx, entry.value);
        if (inner.kind === 'unknown' && isFromGenerators(inner)) return true;
      }
      return false;
    });
}

function isFromGenerators(value: UnknownValue): boolean {
  for (let at = value; at.term?.kind === 'select'; at = at.term.of) {
    if (at.term.name.text !== 'generators' || at.term.of.term?.kind !== 'select') continue;
    if (at.term.of.term.name.text === 'vars') return true;
  }
  return false;
}

/** The tree has no parentheses; widen a range over those that stand around it. */
function withParentheses(text: string, range: Range): Range {
  let { start, end } = range;
  for (;;) {
    let before = start - 1;
    while (/\s/.test(text.charAt(before))) before--;
    let after = end;
    while (/\s/.test(text.charAt(after))) after++;
    if (text.charAt(before) !== '(' || text.charAt(after) !== ')') return { start, end };
    start = before;
    end = after + 1;
  }
}
