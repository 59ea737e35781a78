/** The parts of expressions, and their free names. Pure syntax; evaluates nothing. */
import type { AttrName, Binding, Expr } from './syntax.ts';

/**
 * Returns whether an expression binds a name for its content. Does not consider `with`, which never shadows other
 * bindings.
 */
export function bindsName(expr: Expr, name: string): boolean {
  if (expr.kind === 'lambda')
    return expr.name?.name === name || (expr.formals ?? []).some(formal => formal.name.name === name);
  if (expr.kind !== 'let' && !(expr.kind === 'attrs' && expr.recursive)) return false;
  return expr.bindings.some(binding =>
    binding.kind === 'inherit'
      ? binding.names.some(written => isNamed(written, name))
      : isNamed(binding.path[0], name),
  );
}

/** Returns whether a name is literal and equal to `name`. */
function isNamed(written: AttrName | undefined, name: string): boolean {
  return written?.kind === 'name' && written.name === name;
}

/** Returns the direct children of an expression. */
export function childrenOf(expr: Expr): Expr[] {
  const children: Expr[] = [];
  eachChild(expr, child => children.push(child));
  return children;
}

/** Returns the expressions of a binding. */
export function valuesOf(binding: Binding): Expr[] {
  const values: Expr[] = [];
  eachValue(binding, value => values.push(value));
  return values;
}

type Visit = (expr: Expr) => void;

/** Visits the direct children of an expression without allocating a list, since whole trees are walked this way. */
function eachChild(expr: Expr, visit: Visit): void {
  switch (expr.kind) {
    case 'string':
    case 'path':
      for (const part of expr.parts) if (part.kind === 'hole') visit(part.expr);
      return;
    case 'list':
      for (const item of expr.items) visit(item);
      return;
    case 'attrs':
    case 'let':
      for (const binding of expr.bindings) eachValue(binding, visit);
      if (expr.kind === 'let') visit(expr.body);
      return;
    case 'lambda':
      for (const { fallback } of expr.formals ?? []) if (fallback !== null) visit(fallback);
      visit(expr.body);
      return;
    case 'apply':
      visit(expr.fn);
      visit(expr.arg);
      return;
    case 'select':
      visit(expr.target);
      eachName(expr.path, visit);
      if (expr.fallback !== null) visit(expr.fallback);
      return;
    case 'has-attr':
      visit(expr.target);
      eachName(expr.path, visit);
      return;
    case 'with':
      visit(expr.scope);
      visit(expr.body);
      return;
    case 'if':
      visit(expr.condition);
      visit(expr.then);
      visit(expr.otherwise);
      return;
    case 'assert':
      visit(expr.condition);
      visit(expr.body);
      return;
    case 'unary':
      visit(expr.operand);
      return;
    case 'binary':
      visit(expr.left);
      visit(expr.right);
      return;
    default:
      return;
  }
}

function eachValue(binding: Binding, visit: Visit): void {
  if (binding.kind === 'bind') {
    eachName(binding.path, visit);
    visit(binding.value);
    return;
  }
  if (binding.from !== null) visit(binding.from);
  eachName(binding.names, visit);
}

function eachName(path: readonly AttrName[], visit: Visit): void {
  for (const name of path) if (name.kind === 'dynamic') visit(name.expr);
}

/** Returns the free names of an expression, including those that a `with` may provide. */
export function freeNames(expr: Expr): ReadonlySet<string> {
  const free = new Set<string>();
  /** The expressions around the current one. */
  const around: Expr[] = [];
  const note = (name: string) => {
    if (!free.has(name) && !around.some(outer => bindsName(outer, name))) free.add(name);
  };
  const visit = (at: Expr) => {
    if (at.kind === 'variable') {
      note(at.name);
      return;
    }
    if (at.kind === 'attrs' || at.kind === 'let')
      for (const binding of at.bindings)
        if (binding.kind === 'inherit' && binding.from === null)
          for (const name of binding.names) if (name.kind === 'name') note(name.name);
    around.push(at);
    eachChild(at, visit);
    around.pop();
  };
  visit(expr);
  return free;
}

/** Returns whether an expression contains a `with`, which makes the sources of names unknown. */
export function hasWith(expr: Expr): boolean {
  let isFound = false;
  const visit = (at: Expr) => {
    if (at.kind === 'with') isFound = true;
    if (!isFound) eachChild(at, visit);
  };
  visit(expr);
  return isFound;
}
