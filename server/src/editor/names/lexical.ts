/**
 * Resolves a name to its binding by Nix's scoping rules: `let`, recursive sets, and literal imports. Pure
 * syntax, so it ignores names from `with`.
 */
import { childAround } from '../../edits/locate.ts';
import { folderOf, joinPath } from '../../nix/eval/paths.ts';
import { childrenOf } from '../../nix/expressions.ts';
import type { SourceFile } from '../../nix/source.ts';
import {
  type AttrBinding,
  type AttrName,
  type Binding,
  type Expr,
  literalText,
  type Range,
} from '../../nix/syntax.ts';

/** A name in the source, as found at a cursor. */
export interface NameAt extends Range {
  readonly name: string;
  /** The expressions around it, outermost first. */
  readonly around: readonly Expr[];
  /** The expression that it is selected from, or null for a plain name or one that is being bound. */
  readonly selectedFrom: Expr | null;
  /** The value that it is bound to here, or null for a use. */
  readonly bound: Expr | null;
}

/**
 * Returns the name at an offset: a variable, the last name of a selection, or a bound name.
 *
 * @param offset 0-based UTF-16 offset
 */
export function nameAt(file: SourceFile, offset: number): NameAt | null {
  const around: Expr[] = [];
  for (let at: Expr | undefined = file.root; at !== undefined; ) {
    around.push(at);
    at = childAround(at, { start: offset, end: offset }) ?? undefined;
  }
  const innermost = around.at(-1);
  if (innermost === undefined) return null;
  const { start, end } = innermost;
  if (innermost.kind === 'variable')
    return { name: innermost.name, start, end, around, selectedFrom: null, bound: null };
  if (innermost.kind === 'select') {
    const last = innermost.path.at(-1);
    if (last?.kind !== 'name' || innermost.path.length > 1 || !touches(last, offset)) return null;
    return { ...rangeOf(last), name: last.name, around, selectedFrom: innermost.target, bound: null };
  }
  if (innermost.kind !== 'attrs' && innermost.kind !== 'let') return null;
  for (const binding of innermost.bindings) {
    if (binding.kind === 'bind') {
      const [name] = binding.path;
      if (binding.path.length === 1 && name?.kind === 'name' && touches(name, offset))
        return { ...rangeOf(name), name: name.name, around, selectedFrom: null, bound: binding.value };
      continue;
    }
    const name = binding.names.find(attrName => touches(attrName, offset));
    if (name?.kind === 'name')
      return { ...rangeOf(name), name: name.name, around, selectedFrom: binding.from, bound: null };
  }
  return null;
}

function touches({ start, end }: Range, offset: number): boolean {
  return start <= offset && offset <= end;
}

function rangeOf({ start, end }: AttrName): Range {
  return { start, end };
}

/** Returns the binding of a name as visible inside the expressions `around`, or null if no scope has it. */
export function bindingOf(around: readonly Expr[], name: string): Binding | null {
  for (const scope of around.toReversed()) {
    if (scope.kind === 'lambda' && takes(scope, name)) return null;
    const isScope = scope.kind === 'let' || (scope.kind === 'attrs' && scope.recursive);
    if (!isScope) continue;
    const binding = boundIn(scope.bindings, name);
    if (binding !== null) return binding;
  }
  return null;
}

function takes(lambda: Extract<Expr, { kind: 'lambda' }>, name: string): boolean {
  return lambda.name?.name === name || (lambda.formals ?? []).some(formal => formal.name.name === name);
}

function boundIn(bindings: readonly Binding[], name: string): Binding | null {
  const isName = (attrName: AttrName | undefined) => attrName?.kind === 'name' && attrName.name === name;
  return (
    bindings.find(binding =>
      binding.kind === 'bind'
        ? binding.path.length === 1 && isName(binding.path[0])
        : binding.from !== null && binding.names.some(isName),
    ) ?? null
  );
}

/**
 * Returns the file that a value is imported from: the only path in the value, or in the bindings of the names
 * in it. Relative to the root; null if there is none or more than one.
 */
export function importedFrom(file: SourceFile, around: readonly Expr[], value: Expr): string | null {
  const paths = new Set<string>();
  const seen = new Set<Expr>();
  const look = (expr: Expr): void => {
    if (seen.has(expr)) return;
    seen.add(expr);
    if (expr.kind === 'path') {
      const text = literalText(expr.parts);
      const path = text?.startsWith('.') === true ? joinPath(folderOf(file.path), text) : null;
      if (path !== null) paths.add(path);
    }
    if (expr.kind === 'variable') {
      const binding = bindingOf(around, expr.name);
      if (binding?.kind === 'bind') look(binding.value);
    }
    childrenOf(expr).forEach(look);
  };
  look(value);
  const [only, ...others] = paths;
  return only === undefined || others.length > 0 ? null : only;
}

/**
 * Returns the first binding of a name in text order, at any depth of an expression.
 *
 * @param name null for any name @param accepts decides between several
 */
export function findBinding(
  expr: Expr,
  name: string | null,
  accepts: (binding: AttrBinding) => boolean = () => true,
): AttrBinding | null {
  if (expr.kind === 'let' || expr.kind === 'attrs') {
    for (const binding of expr.bindings) {
      if (binding.kind !== 'bind' || binding.path.length !== 1) continue;
      const [first] = binding.path;
      if (first?.kind === 'name' && (name === null || first.name === name) && accepts(binding))
        return binding;
    }
  }
  for (const child of childrenOf(expr)) {
    const binding = findBinding(child, name, accepts);
    if (binding !== null) return binding;
  }
  return null;
}
