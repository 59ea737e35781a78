/**
 * Selects the parts of a file that may concern vars: those with certain words, and with names that are bound to
 * something containing such a word. Walks skip everything else, which is most of a real configuration.
 */
import type { SourceFile } from '../../nix/source.ts';
import type { Binding, Expr, Range, WithExpr } from '../../nix/syntax.ts';
import { HELPER_WORDS } from '../generators/helper-secrets.ts';
import { STORED_NAMES } from './stored-names.ts';

/** Matches reads of a generator's file that do not contain the word `generators`. */
export const USE_WORDS = new RegExp(`\\bgetPublicValue\\b|${HELPER_WORDS.source}|${STORED_NAMES.source}`);

/** Matches words that concern vars wherever they occur. */
const WORDS = new RegExp(`\\bgenerators\\b|\\bimportApply\\b|\\bimports\\b|${USE_WORDS.source}`, 'g');

/** Returns whether a range of the file may concern vars. */
export type Prefilter = (range: Range) => boolean;

const kept = new WeakMap<SourceFile, { readonly places: string; readonly prefilter: Prefilter }>();

/**
 * Returns the prefilter of a file, computed once for each text.
 * @param places offsets of further relevant parts, such as paths to a registry
 */
export function prefilterOf(file: SourceFile, places: readonly number[]): Prefilter {
  const key = places.join();
  const before = kept.get(file);
  if (before?.places === key) return before.prefilter;
  const prefilter = createPrefilter(file, places);
  kept.set(file, { places: key, prefilter });
  return prefilter;
}

function createPrefilter({ text, root }: SourceFile, places: readonly number[]): Prefilter {
  const offsets = new Set<number>(places);
  for (const match of text.matchAll(WORDS)) offsets.add(match.index);
  let sorted = [...offsets].sort((a, b) => a - b);
  const { bindings, withs } = namesAndWiths(root);
  const names = new Set<string>();
  for (let round = 0; round < 8; round++) {
    const fresh = bindings.filter(binding => !names.has(binding.name) && someWithin(sorted, binding));
    const opened = withs.filter(({ scope }) => someWithin(sorted, scope));
    if (fresh.length === 0 && opened.length === 0) break;
    // Any name in the body of such a `with` may come from its scope.
    for (const { body } of opened) {
      withs.splice(
        withs.findIndex(expr => expr.body === body),
        1,
      );
      for (const match of text.slice(body.start, body.end).matchAll(NAME))
        offsets.add(body.start + match.index);
    }
    for (const { name } of fresh) {
      if (names.has(name)) continue;
      names.add(name);
      addOccurrences(text, name, offsets);
    }
    sorted = [...offsets].sort((a, b) => a - b);
  }
  return range => someWithin(sorted, range);
}

const NAME = /[A-Za-z_][A-Za-z0-9_'-]*/g;

const WORDS_WHOLE = new Set(['generators', 'importApply', 'imports', 'config', 'pkgs', 'lib']);

/** Returns true if one of the ascending offsets is in the range. */
function someWithin(sorted: readonly number[], range: Range): boolean {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] as number) < range.start) low = middle + 1;
    else high = middle;
  }
  return low < sorted.length && (sorted[low] as number) < range.end;
}

/**
 * Adds the offsets at which a name occurs as a whole word. Uses `indexOf`, which is fast for a few names since it
 * creates no match objects.
 */
function addOccurrences(text: string, name: string, into: Set<number>): void {
  for (let at = text.indexOf(name); at >= 0; at = text.indexOf(name, at + name.length)) {
    const isWhole = !isOfName(text.charCodeAt(at - 1)) && !isOfName(text.charCodeAt(at + name.length));
    if (isWhole) into.add(at);
  }
}

/**
 * Returns whether a UTF-16 unit may be part of a name. Accepts NaN, for an offset outside of the text, and returns
 * false.
 */
function isOfName(unit: number): boolean {
  const letter = unit | 32;
  return (
    (letter >= 97 && letter <= 122) || (unit >= 48 && unit <= 57) || unit === 95 || unit === 45 || unit === 39
  );
}

interface NamedRange extends Range {
  readonly name: string;
}

/**
 * Returns the names that `let` and `rec` bind anywhere in the file, with the ranges of their values, and every `with`.
 */
function namesAndWiths(root: Expr): { readonly bindings: NamedRange[]; readonly withs: WithExpr[] } {
  const bindings: NamedRange[] = [];
  const withs: WithExpr[] = [];
  const pending: Expr[] = [root];
  for (let expr = pending.pop(); expr !== undefined; expr = pending.pop()) {
    if (expr.kind === 'let' || (expr.kind === 'attrs' && expr.recursive))
      for (const binding of expr.bindings)
        bindings.push(...namesOf(binding).filter(({ name }) => !WORDS_WHOLE.has(name)));
    if (expr.kind === 'with') withs.push(expr);
    pushChildren(expr, pending);
  }
  return { bindings, withs };
}

function namesOf(binding: Binding): NamedRange[] {
  if (binding.kind === 'inherit') {
    if (binding.from === null) return [];
    const { from } = binding;
    return binding.names.flatMap(name =>
      name.kind === 'name' ? [{ name: name.name, start: from.start, end: binding.end }] : [],
    );
  }
  const [first] = binding.path;
  return first?.kind === 'name' ? [{ name: first.name, start: first.start, end: binding.end }] : [];
}

function pushChildren(expr: Expr, into: Expr[]): void {
  switch (expr.kind) {
    case 'let':
    case 'attrs':
      for (const binding of expr.bindings) {
        if (binding.kind === 'bind') into.push(binding.value);
        else if (binding.from !== null) into.push(binding.from);
      }
      if (expr.kind === 'let') into.push(expr.body);
      return;
    case 'list':
      into.push(...expr.items);
      return;
    case 'lambda':
      into.push(expr.body);
      return;
    case 'apply':
      into.push(expr.fn, expr.arg);
      return;
    case 'with':
      into.push(expr.scope, expr.body);
      return;
    case 'if':
      into.push(expr.then, expr.otherwise);
      return;
    case 'assert':
      into.push(expr.body);
      return;
    case 'binary':
      into.push(expr.left, expr.right);
      return;
    default:
      return;
  }
}
