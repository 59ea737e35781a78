/**
 * What an expression consists of, and which names it takes from around it. Pure syntax: nothing is evaluated.
 */
import type { AttrName, Binding, Expr, StringPart } from './syntax.ts';

/** Does an expression give a name a meaning for what is inside it? Not asked of `with`, which gives way to others. */
export function bindsName(expr: Expr, name: string): boolean {
  if (expr.kind === 'lambda')
    return expr.name?.name === name || (expr.formals ?? []).some(formal => formal.name.name === name);
  if (expr.kind !== 'let' && !(expr.kind === 'attrs' && expr.recursive)) return false;
  return expr.bindings.some(binding => {
    const names = binding.kind === 'inherit' ? binding.names : binding.path.slice(0, 1);
    return names.some(each => each.kind === 'name' && each.name === name);
  });
}

/** The expressions directly inside of one. */
export function childrenOf(expr: Expr): Expr[] {
  switch (expr.kind) {
    case 'string':
    case 'path':
      return holesOf(expr.parts);
    case 'list':
      return [...expr.items];
    case 'attrs':
      return expr.bindings.flatMap(valuesOf);
    case 'let':
      return [...expr.bindings.flatMap(valuesOf), expr.body];
    case 'lambda': {
      const fallbacks = (expr.formals ?? []).flatMap(formal =>
        formal.fallback === null ? [] : [formal.fallback],
      );
      return [...fallbacks, expr.body];
    }
    case 'apply':
      return [expr.fn, expr.arg];
    case 'select':
      return [expr.target, ...namesOf(expr.path), ...(expr.fallback === null ? [] : [expr.fallback])];
    case 'has-attr':
      return [expr.target, ...namesOf(expr.path)];
    case 'with':
      return [expr.scope, expr.body];
    case 'if':
      return [expr.condition, expr.then, expr.otherwise];
    case 'assert':
      return [expr.condition, expr.body];
    case 'unary':
      return [expr.operand];
    case 'binary':
      return [expr.left, expr.right];
    default:
      return [];
  }
}

/** The expressions of a binding. */
export function valuesOf(binding: Binding): Expr[] {
  if (binding.kind === 'bind') return [...namesOf(binding.path), binding.value];
  return [...(binding.from === null ? [] : [binding.from]), ...namesOf(binding.names)];
}

function namesOf(path: readonly AttrName[]): Expr[] {
  return path.flatMap(name => (name.kind === 'dynamic' ? [name.expr] : []));
}

function holesOf(parts: readonly StringPart[]): Expr[] {
  return parts.flatMap(part => (part.kind === 'hole' ? [part.expr] : []));
}

/** Names that an expression takes from around it; those that a `with` may give it are among them. */
export function freeNames(expr: Expr): ReadonlySet<string> {
  const free = new Set<string>();
  const visit = (at: Expr, bound: (name: string) => boolean) => {
    if (at.kind === 'variable' && !bound(at.name)) free.add(at.name);
    if (at.kind === 'attrs' || at.kind === 'let')
      for (const binding of at.bindings)
        if (binding.kind === 'inherit' && binding.from === null)
          for (const name of binding.names)
            if (name.kind === 'name' && !bound(name.name)) free.add(name.name);
    const inner = (name: string) => bound(name) || bindsName(at, name);
    for (const child of childrenOf(at)) visit(child, inner);
  };
  visit(expr, () => false);
  return free;
}

/** Is there a `with` in it? Then it cannot be told where its names come from. */
export function hasWith(expr: Expr): boolean {
  return expr.kind === 'with' || childrenOf(expr).some(hasWith);
}
