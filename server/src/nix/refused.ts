/**
 * Finds mistakes that Nix reports when it parses a grammatical file: duplicate attributes and arguments, and
 * undefined names. Pure syntax; evaluates nothing.
 * Source: `bindVars` and `ParserState::addAttr` of Nix (src/libexpr), in the most lenient version: sets of one name
 * are merged at any depth, as since 2.25.
 */
import { memoized } from '../std.ts';
import { groupOf } from './bindings.ts';
import type { SourceFile } from './source.ts';
import {
  type AttrName,
  type Binding,
  type Expr,
  literalText,
  type Range,
  type StringPart,
} from './syntax.ts';

/** A mistake, at the place of the name. */
export interface Refused extends Range {
  readonly kind: 'attribute' | 'argument' | 'variable';
  readonly name: string;
  /** The first place of the name, or null for a variable. */
  readonly first: Range | null;
}

interface Names {
  readonly names: ReadonlySet<string>;
  readonly outer: Names | null;
}

/** The names in scope, or null if a `with` may provide any name. */
type Known = Names | null;

const NONE: readonly Refused[] = [];
/**
 * Returns the mistakes in a file, in the order of the text. Empty for a file with syntax errors, for which they
 * cannot be determined.
 */
export const refusedIn = memoized((file: SourceFile): readonly Refused[] =>
  file.errors.length > 0 ? NONE : look(file.root),
);

/** Names that Nix provides in every file. Those that begin with `__` differ between versions. */
const GLOBALS: Names = {
  names: new Set(
    `abort baseNameOf break builtins derivation derivationStrict dirOf false fetchGit fetchMercurial fetchTarball
    fetchTree fromTOML import isNull map null placeholder removeAttrs scopedImport throw toString true or`.split(
      /\s+/,
    ),
  ),
  outer: null,
};

function look(root: Expr): readonly Refused[] {
  const refused = new Map<number, Refused>();
  const note = (candidate: Refused): void => {
    if (!refused.has(candidate.start)) refused.set(candidate.start, candidate);
  };
  visit(root, GLOBALS, note);
  if (refused.size === 0) return NONE;
  return [...refused.values()].sort((a, b) => a.start - b.start);
}

type Note = (refused: Refused) => void;

function visit(expr: Expr, names: Known, note: Note): void {
  switch (expr.kind) {
    case 'variable':
      visitName(expr.name, expr, names, note);
      break;
    case 'string':
    case 'path':
      visitParts(expr.parts, names, note);
      break;
    case 'list':
      for (const item of expr.items) visit(item, names, note);
      break;
    case 'attrs':
      visitBindings(expr.bindings, expr.recursive, expr, names, note);
      break;
    case 'let':
      visit(expr.body, visitBindings(expr.bindings, true, expr, names, note), note);
      break;
    case 'lambda':
      visitLambda(expr, names, note);
      break;
    case 'apply':
      visit(expr.fn, names, note);
      visit(expr.arg, names, note);
      break;
    case 'select':
      visit(expr.target, names, note);
      visitPath(expr.path, names, note);
      if (expr.fallback !== null) visit(expr.fallback, names, note);
      break;
    case 'has-attr':
      visit(expr.target, names, note);
      visitPath(expr.path, names, note);
      break;
    case 'with':
      visit(expr.scope, names, note);
      visit(expr.body, null, note);
      break;
    case 'if':
      visit(expr.condition, names, note);
      visit(expr.then, names, note);
      visit(expr.otherwise, names, note);
      break;
    case 'assert':
      visit(expr.condition, names, note);
      visit(expr.body, names, note);
      break;
    case 'unary':
      visit(expr.operand, names, note);
      break;
    case 'binary':
      visit(expr.left, names, note);
      visit(expr.right, names, note);
      break;
    default:
      break;
  }
}

function visitName(name: string, { start, end }: Range, names: Known, note: Note): void {
  if (names === null || name.startsWith('__')) return;
  for (let at: Known = names; at !== null; at = at.outer) if (at.names.has(name)) return;
  note({ kind: 'variable', name, start, end, first: null });
}

function visitParts(parts: readonly StringPart[], names: Known, note: Note): void {
  for (const part of parts) if (part.kind === 'hole') visit(part.expr, names, note);
}

function visitPath(path: readonly AttrName[], names: Known, note: Note): void {
  for (const name of path) if (name.kind === 'dynamic') visit(name.expr, names, note);
}

function visitLambda(lambda: Extract<Expr, { kind: 'lambda' }>, names: Known, note: Note): void {
  const places = new Map<string, Range>();
  if (lambda.name !== null) places.set(lambda.name.name, lambda.name);
  for (const { name } of lambda.formals ?? []) {
    const first = places.get(name.name);
    if (first === undefined) places.set(name.name, name);
    else note({ kind: 'argument', name: name.name, start: name.start, end: name.end, first });
  }
  const inner = names && { names: new Set(places.keys()), outer: names };
  for (const { fallback } of lambda.formals ?? []) if (fallback !== null) visit(fallback, inner, note);
  visit(lambda.body, inner, note);
}

/** Visits bindings, and returns the names that are known inside them. */
function visitBindings(
  bindings: readonly Binding[],
  recursive: boolean,
  range: Range,
  known: Known,
  note: Note,
): Known {
  const names = new Set<string>();
  let isRepeated = false;
  let mergesRecursive = false;
  for (const binding of bindings)
    for (const written of binding.kind === 'bind' ? binding.path.slice(0, 1) : binding.names) {
      const name = staticName(written);
      if (name === null) continue;
      if (names.has(name)) isRepeated = true;
      names.add(name);
    }
  if (isRepeated) {
    noteDuplicates(groupOf(bindings, recursive, range), note);
    // Whether the names of a `rec` that is merged with other sets are in scope in those differs between versions.
    mergesRecursive = bindings.some(binding => binding.kind === 'bind' && isRecursive(binding.value));
  }
  const inner = recursive && known !== null ? { names, outer: known } : known;
  for (const binding of bindings) visitBinding(binding, mergesRecursive ? null : inner, known, note);
  return inner;
}

function visitBinding(binding: Binding, inner: Known, outer: Known, note: Note): void {
  if (binding.kind === 'bind') {
    visitPath(binding.path, inner, note);
    visit(binding.value, inner, note);
    return;
  }
  if (binding.from !== null) visit(binding.from, inner, note);
  else
    for (const written of binding.names) {
      const name = staticName(written);
      if (name !== null) visitName(name, written, outer, note);
    }
}

function isRecursive(expr: Expr): boolean {
  return expr.kind === 'attrs' && expr.recursive;
}

function staticName(name: AttrName): string | null {
  if (name.kind === 'name') return name.name;
  return name.expr.kind === 'string' ? literalText(name.expr.parts) : null;
}

function noteDuplicates(group: ReturnType<typeof groupOf>, note: Note): void {
  for (const { name, start, end, first } of group.duplicates)
    note({ kind: 'attribute', name, start, end, first });
  for (const member of group.members.values()) if (member.group !== null) noteDuplicates(member.group, note);
}
