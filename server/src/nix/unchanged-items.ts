/**
 * Compares two texts of a file that is being edited: which attributes of its set were not touched, so that what was
 * evaluated from them is still valid.
 */
import { changesSince, isOnlyMoved, type Splice } from './edit-log.ts';
import { freeNames, valuesOf } from './expressions.ts';
import type { SourceFile } from './source.ts';
import type { AttrSetExpr, Binding, Expr, LambdaExpr, Range } from './syntax.ts';

/** The set that two texts of a file evaluate to, with its unchanged attributes. */
export interface UnchangedItems {
  /** The set in the earlier text, and in the later one. */
  readonly before: AttrSetExpr;
  readonly after: AttrSetExpr;
  /** Names that are bound once, by a plain `name = value;`. */
  readonly names: ReadonlySet<string>;
}

/**
 * Returns the unchanged attributes of the set that a file evaluates to, possibly as a function, or null if there is no
 * such set, if its attributes refer to each other, or if something around it has changed that all may refer to. An
 * attribute that refers to a changed binding of a `let` around the set, also by way of others, is not among them.
 */
export function unchangedItems(before: SourceFile, after: SourceFile): UnchangedItems | null {
  const changes = changesBetween(before, after);
  if (changes === null) return null;
  // A broken text is repaired, which may make another tree of the same text.
  const isBroken = before.errors.length > 0 || after.errors.length > 0;
  const isUnchanged = (left: Range, right: Range): boolean =>
    isOnlyMoved(left, changes, right) && (!isBroken || isSameTree(left, right, right.start - left.start));
  const found = setsIn(before.root, after.root, isUnchanged);
  if (found === null || found.before.recursive || found.after.recursive) return null;
  const earlier = plainBindings(found.before.bindings);
  const names = new Set<string>();
  for (const [name, binding] of plainBindings(found.after.bindings)) {
    const other = earlier.get(name);
    if (other === undefined || !isUnchanged(other, binding)) continue;
    if (!usesAny(valuesOf(binding), found.changed)) names.add(name);
  }
  return { before: found.before, after: found.after, names };
}

/** Returns the parts of the first text that are different in the second one, or null if that is not known. */
function changesBetween(
  { revision: from }: SourceFile,
  { revision: to }: SourceFile,
): readonly Splice[] | null {
  if (from === undefined || to === undefined || from.log !== to.log) return null;
  return to.number === to.log.splices.length ? changesSince(from.log, from.number) : null;
}

/** Returns whether two trees are the same, but for their offsets. */
function isSameTree(left: unknown, right: unknown, shift: number): boolean {
  if (typeof left !== 'object' || typeof right !== 'object' || left === null || right === null)
    return left === right;
  if (Array.isArray(left) !== Array.isArray(right)) return false;
  const [fields, others] = [Object.entries(left), Object.entries(right)];
  return (
    fields.length === others.length &&
    fields.every(([name, value], at) => {
      const [otherName, other] = others[at] as [string, unknown];
      if (name !== otherName) return false;
      if (OFFSETS.has(name)) return (value as number) + shift === other;
      if (name === 'map') return isSameMap(value as readonly number[], other as readonly number[], shift);
      return isSameTree(value, other, shift);
    })
  );
}

/** Compares the maps of two texts, in which every second number is an offset in the file. */
function isSameMap(left: readonly number[], right: readonly number[], shift: number): boolean {
  return (
    left.length === right.length &&
    left.every((offset, at) => (at % 2 === 0 ? offset : offset + shift) === right[at])
  );
}

const OFFSETS: ReadonlySet<string> = new Set(['start', 'end']);

type Compare = (left: Range, right: Range) => boolean;

/** The sets that two texts evaluate to, and the names around them that mean something else now. */
interface FoundSets {
  readonly before: AttrSetExpr;
  readonly after: AttrSetExpr;
  readonly changed: ReadonlySet<string>;
}

/** Finds the sets that two expressions evaluate to, if everything around them is the same but for bindings of `let`. */
function setsIn(before: Expr, after: Expr, isUnchanged: Compare): FoundSets | null {
  const changed = new Set<string>();
  for (let [left, right] = [before, after]; ; ) {
    if (left.kind === 'attrs' && right.kind === 'attrs') return { before: left, after: right, changed };
    if (left.kind === 'lambda' && right.kind === 'lambda') {
      const defaults = (right.formals ?? []).flatMap(({ fallback }) => fallback ?? []);
      if (!isSameHead(left, right, isUnchanged) || usesAny(defaults, changed)) return null;
      [left, right] = [left.body, right.body];
    } else if (left.kind === 'let' && right.kind === 'let') {
      if (!addChanged(changed, [left.bindings, right.bindings], isUnchanged)) return null;
      [left, right] = [left.body, right.body];
    } else if (left.kind === 'with' && right.kind === 'with') {
      if (!isUnchanged(left.scope, right.scope) || usesAny([right.scope], changed)) return null;
      [left, right] = [left.body, right.body];
    } else if (left.kind === 'assert' && right.kind === 'assert') {
      if (!isUnchanged(left.condition, right.condition) || usesAny([right.condition], changed)) return null;
      [left, right] = [left.body, right.body];
    } else return null;
  }
}

/**
 * Adds the names of a `let` that mean something else in the second text.
 * @returns false if that cannot be told, as for names that are bound in several parts
 */
function addChanged(
  changed: Set<string>,
  [before, after]: readonly [readonly Binding[], readonly Binding[]],
  isUnchanged: Compare,
): boolean {
  if (changed.size === 0 && areUnchanged(before, after, isUnchanged)) return true;
  const [earlier, later] = [bindingsByName(before), bindingsByName(after)];
  if (earlier === null || later === null) return false;
  for (const name of earlier.keys()) if (!later.has(name)) changed.add(name);
  const unchanged = new Map<string, Binding>();
  for (const [name, binding] of later) {
    const other = earlier.get(name);
    if (other !== undefined && isUnchanged(other, binding)) unchanged.set(name, binding);
    else changed.add(name);
  }
  // Bindings refer to each other in any order.
  for (let size = -1; size !== changed.size; ) {
    size = changed.size;
    for (const [name, binding] of unchanged) if (usesAny(valuesOf(binding), changed)) changed.add(name);
  }
  return true;
}

function usesAny(expressions: readonly Expr[], names: ReadonlySet<string>): boolean {
  if (names.size === 0) return false;
  return expressions.some(expression => [...freeNames(expression)].some(name => names.has(name)));
}

/** Returns whether two functions have the same parameters. */
function isSameHead(left: LambdaExpr, right: LambdaExpr, isUnchanged: Compare): boolean {
  if (left.ellipsis !== right.ellipsis || (left.name === null) !== (right.name === null)) return false;
  if (left.name !== null && right.name !== null && !isUnchanged(left.name, right.name)) return false;
  if (left.formals === null || right.formals === null) return left.formals === right.formals;
  return areUnchanged(left.formals, right.formals, isUnchanged);
}

function areUnchanged(left: readonly Range[], right: readonly Range[], isUnchanged: Compare): boolean {
  return left.length === right.length && left.every((item, at) => isUnchanged(item, right[at] as Range));
}

/** Returns the bindings of a `let` by the names that they bind; null if several bindings make one name. */
function bindingsByName(bindings: readonly Binding[]): ReadonlyMap<string, Binding> | null {
  const byName = new Map<string, Binding>();
  for (const binding of bindings) {
    if (binding.kind === 'bind' && binding.path.length > 1) return null;
    for (const name of namesBoundBy(binding)) {
      if (byName.has(name)) return null;
      byName.set(name, binding);
    }
  }
  return byName;
}

/** Returns the bindings `name = value;` by name, without those whose name other bindings have as well. */
function plainBindings(bindings: readonly Binding[]): ReadonlyMap<string, Binding> {
  const plain = new Map<string, Binding>();
  const bound = new Set<string>();
  for (const binding of bindings)
    for (const name of namesBoundBy(binding)) {
      if (!bound.has(name) && binding.kind === 'bind' && binding.path.length === 1) plain.set(name, binding);
      else plain.delete(name);
      bound.add(name);
    }
  return plain;
}

/** Returns the names that a binding adds to its set; none for a computed one. */
function namesBoundBy(binding: Binding): readonly string[] {
  if (binding.kind === 'inherit')
    return binding.names.flatMap(name => (name.kind === 'name' ? [name.name] : []));
  const [first] = binding.path;
  return first?.kind === 'name' ? [first.name] : [];
}
