/**
 * Groups the bindings of `{ … }` and `let … in` as Nix's parser does: `a.b = 1; a = { c = 2; };` is a single
 * attribute `a`. Pure syntax; the grouping of an expression is computed once.
 */
import { type AttrName, type Binding, type Expr, literalText, type Range } from './syntax.ts';

/** A statically named attribute of a group, defined by exactly one of `expr`, `group` and `inherit`. */
export interface Member {
  readonly name: string;
  /** The first place of the name. */
  readonly at: Range;
  readonly expr: Expr | null;
  readonly group: Group | null;
  /** `inherit x` (`from` is null for the enclosing scope) or `inherit (from) x`. */
  readonly inherit: { readonly from: Expr | null } | null;
}

/** An attribute whose name must be evaluated. `rest` is the path below it. */
export interface DynamicMember {
  readonly name: Extract<AttrName, { kind: 'dynamic' }>;
  readonly rest: readonly AttrName[];
  readonly value: Expr;
}

/** A name that is bound a second time, with the second place. */
interface Duplicate extends Range {
  readonly name: string;
  readonly first: Range;
}

/** Shared by nearly all groups, which have neither dynamic names nor duplicates. Stays empty. */
const NONE: never[] = [];

export interface Group {
  readonly start: number;
  /** Grows with each merged binding, so that the range covers all of them. */
  end: number;
  recursive: boolean;
  readonly members: Map<string, Member>;
  dynamics: DynamicMember[];
  /** Names that are bound twice, for which Nix rejects the file, with the second place. */
  duplicates: Duplicate[];
}

/**
 * Stored on the list itself, as a weak table of all sets in a fleet costs the garbage collector as much as their
 * trees.
 */
const GROUP = Symbol('group');
type Grouped = readonly Binding[] & { [GROUP]?: Group };

/**
 * Returns the grouping of a list of bindings.
 * @param range the range of the whole expression
 */
export function groupOf(bindings: readonly Binding[], recursive: boolean, range: Range): Group {
  const grouped: Grouped = bindings;
  const existing = grouped[GROUP];
  if (existing !== undefined) return existing;
  const group = newGroup(range, recursive);
  addAll(group, bindings);
  grouped[GROUP] = group;
  return group;
}

/** Returns the group for `path = value` below a computed name. `path` is not empty. */
export function groupOfPath(path: readonly AttrName[], value: Expr): Group {
  const group = newGroup({ start: (path[0] as AttrName).start, end: value.end }, false);
  addPath(group, path, 0, value);
  return group;
}

function newGroup(range: Range, recursive: boolean): Group {
  return {
    start: range.start,
    end: range.end,
    recursive,
    members: new Map(),
    dynamics: NONE,
    duplicates: NONE,
  };
}

function addAll(group: Group, bindings: readonly Binding[]): void {
  for (const binding of bindings) {
    group.end = Math.max(group.end, binding.end);
    if (binding.kind === 'bind') {
      addPath(group, binding.path, 0, binding.value);
      continue;
    }
    for (const written of binding.names) {
      const name = plainName(written);
      if (name.kind !== 'name') continue;
      add(group, name.name, {
        name: name.name,
        at: name,
        expr: null,
        group: null,
        inherit: { from: binding.from },
      });
    }
  }
}

/** Returns a plain name for a quoted string without holes, as Nix's parser does: `${"a"}` is `a`. */
function plainName(name: AttrName): AttrName {
  if (name.kind !== 'dynamic' || name.expr.kind !== 'string') return name;
  const text = literalText(name.expr.parts);
  return text === null ? name : { kind: 'name', name: text, quoted: true, start: name.start, end: name.end };
}

function addPath(group: Group, path: readonly AttrName[], index: number, value: Expr): void {
  const written = path[index];
  if (written === undefined) return;
  group.end = Math.max(group.end, value.end);
  const name = plainName(written);
  if (name.kind === 'dynamic') {
    const member: DynamicMember = { name, rest: path.slice(index + 1), value };
    if (group.dynamics.length === 0) group.dynamics = [member];
    else group.dynamics.push(member);
    return;
  }
  if (index === path.length - 1) {
    const member: Member = { name: name.name, at: name, expr: value, group: null, inherit: null };
    const existing = group.members.get(name.name);
    if (existing !== undefined && value.kind === 'attrs' && mergeable(existing)) {
      const merged = asGroup(existing);
      addAll(merged, value.bindings);
      group.members.set(name.name, { ...existing, expr: null, group: merged });
      return;
    }
    add(group, name.name, member);
    return;
  }
  const existing = group.members.get(name.name);
  if (existing === undefined) {
    const inner = newGroup({ start: name.start, end: value.end }, false);
    group.members.set(name.name, { name: name.name, at: name, expr: null, group: inner, inherit: null });
    addPath(inner, path, index + 1, value);
    return;
  }
  if (!mergeable(existing)) {
    noteDuplicate(group, name, name.name, existing);
    return;
  }
  const inner = asGroup(existing);
  if (existing.group === null) group.members.set(name.name, { ...existing, expr: null, group: inner });
  addPath(inner, path, index + 1, value);
}

function mergeable(member: Member): boolean {
  return member.group !== null || member.expr?.kind === 'attrs';
}

/** Returns the group of a mergeable member. A literal set is copied into a group of its own, which may then grow. */
function asGroup(member: Member): Group {
  if (member.group !== null) return member.group;
  const literal = member.expr as Extract<Expr, { kind: 'attrs' }>;
  const group = newGroup(literal, literal.recursive);
  addAll(group, literal.bindings);
  return group;
}

function add(group: Group, name: string, member: Member): void {
  const existing = group.members.get(name);
  if (existing === undefined) group.members.set(name, member);
  else noteDuplicate(group, member.at, name, existing);
}

function noteDuplicate(group: Group, { start, end }: Range, name: string, first: Member): void {
  const duplicate: Duplicate = { start, end, name, first: first.at };
  if (group.duplicates.length === 0) group.duplicates = [duplicate];
  else group.duplicates.push(duplicate);
}
