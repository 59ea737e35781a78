/**
 * Bindings of `{ … }` and `let … in`, grouped as Nix's parser groups them: `a.b = 1; a = { c = 2; };` is one
 * attribute `a`. Pure syntax; the grouping of an expression is computed once.
 */
import { type AttrName, type Binding, type Expr, literalText, type Range } from './syntax.ts';

/** A statically named attribute of a group. Exactly one of `expr`, `group` and `inherit` says what it is. */
export interface Member {
  readonly name: string;
  /** Where the name is written first. */
  readonly at: Range;
  readonly expr: Expr | null;
  readonly group: Group | null;
  /** `inherit x` (`from` null: the enclosing scope) or `inherit (from) x`. */
  readonly inherit: { readonly from: Expr | null } | null;
}

/** An attribute whose name must be evaluated. `rest` is the path below it. */
export interface DynamicMember {
  readonly name: Extract<AttrName, { kind: 'dynamic' }>;
  readonly rest: readonly AttrName[];
  readonly value: Expr;
}

/** A name that is bound again, at the second place. */
interface Duplicate extends Range {
  readonly name: string;
  readonly first: Range;
}

/** Nearly all groups have neither dynamic names nor duplicates: they share this, which stays empty. */
const NONE: never[] = [];

export interface Group {
  readonly start: number;
  /** Grows with each binding that is merged in, so that the range covers them all. */
  end: number;
  recursive: boolean;
  readonly members: Map<string, Member>;
  dynamics: DynamicMember[];
  /** Names that are bound twice, at the second place: Nix refuses the file. */
  duplicates: Duplicate[];
}

/** Lies on the list itself: a weak table of all sets of a fleet costs the collector as much as their trees do. */
const GROUP = Symbol('group');
type Grouped = readonly Binding[] & { [GROUP]?: Group };

/** Returns the grouping of a list of bindings. `range` is that of the whole expression. */
export function groupOf(bindings: readonly Binding[], recursive: boolean, range: Range): Group {
  const grouped: Grouped = bindings;
  const existing = grouped[GROUP];
  if (existing !== undefined) return existing;
  const group = newGroup(range, recursive);
  addAll(group, bindings);
  grouped[GROUP] = group;
  return group;
}

/** Returns the group that `path = value` makes, below a name that had to be computed. `path` is not empty. */
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

/** `${"a"}` is `a`: Nix's parser makes a plain name of a string without holes. */
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

/** Returns the group of a mergeable member; a literal set is copied into a group of its own, which may then grow. */
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
