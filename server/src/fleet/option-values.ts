/**
 * What is set of options, against what is declared of them: which names there are no options for, which values have
 * another type, and where the options are written. Says only what is certain; a value that is not known is fine.
 */
import { BudgetExceeded, type Evaluation, withBudget } from '../nix/evaluation.ts';
import type { Attr, Lazy, Value } from '../nix/value.ts';
import type { Place } from './model.ts';
import {
  isGroup,
  nodeIn,
  type OptionGroup,
  type OptionLevel,
  type OptionNode,
  type OptionType,
} from './option-tree.ts';
import { kindMistake, type Wrong } from './option-types.ts';
import { placeOf } from './places.ts';
import { type Definition, definitionsOf } from './read.ts';

/** The names that lead to an option, from the level that was judged. */
export type OptionPath = readonly string[];

export interface UnknownOption {
  readonly kind: 'unknown';
  readonly path: OptionPath;
  /** Where its name is written. */
  readonly at: Place;
  /** The options there are instead. */
  readonly siblings: OptionGroup;
}

export interface WrongValue {
  readonly kind: 'type';
  readonly path: OptionPath;
  /** Where the value is written; the option's name for a set, which may be written in pieces. */
  readonly at: Place;
  readonly wrong: Wrong;
}

export type OptionMistake = UnknownOption | WrongValue;

/** An option where it is written. */
export interface WrittenName {
  readonly path: OptionPath;
  readonly at: Place;
  /** Null for a name in a set of options: `emily` in `machines.emily`. */
  readonly node: OptionNode | null;
}

export interface OptionFacts {
  readonly mistakes: readonly OptionMistake[];
  readonly names: readonly WrittenName[];
}

export const NO_FACTS: OptionFacts = { mistakes: [], names: [] };

/** Steps allowed for one set of options. */
const STEPS = 100_000;
const MAX_DEPTH = 16;

/** What the module system takes beside options. */
const OF_MODULES: ReadonlySet<string> = new Set([
  'imports',
  '_module',
  '_file',
  '_class',
  'key',
  'disabledModules',
]);
/** What makes the module one that says where its options are: what lies beside is none of them. */
const STRUCTURE = ['options', 'config', 'freeformType'];

/** Judges definitions of a set of options, at most once for each level. */
export function judging(cx: Evaluation, values: readonly Lazy[]): (level: OptionLevel) => OptionFacts {
  const known = new WeakMap<OptionLevel, OptionFacts>();
  return level => {
    let facts = known.get(level);
    if (facts === undefined) {
      facts = factsOf(cx, level, values);
      known.set(level, facts);
    }
    return facts;
  };
}

function factsOf(cx: Evaluation, level: OptionLevel, values: readonly Lazy[]): OptionFacts {
  const found: Found = { cx, mistakes: [], names: [] };
  const judged = withBudget(cx, STEPS, () =>
    judgeLevel(
      found,
      level,
      [],
      values.flatMap(value => definitionsOf(cx, value)),
    ),
  );
  return judged instanceof BudgetExceeded ? NO_FACTS : { mistakes: found.mistakes, names: found.names };
}

export function joinFacts(left: OptionFacts, right: OptionFacts): OptionFacts {
  return { mistakes: [...left.mistakes, ...right.mistakes], names: [...left.names, ...right.names] };
}

interface Found {
  readonly cx: Evaluation;
  readonly mistakes: OptionMistake[];
  readonly names: WrittenName[];
}

/** One definition of an option, with the place of its name. */
interface Written extends Definition {
  readonly nameAt: Place | null;
}

function judgeLevel(
  found: Found,
  level: OptionLevel,
  path: OptionPath,
  definitions: readonly Definition[],
): void {
  judgeGroup(found, level.options, level.freeform ?? null, path, definitions, true);
}

/** @param isModule the sets may be modules, with what modules have beside options */
function judgeGroup(
  found: Found,
  options: OptionGroup,
  freeform: OptionType | null,
  path: OptionPath,
  definitions: readonly Definition[],
  isModule: boolean,
): void {
  if (path.length > MAX_DEPTH) return;
  const byName = new Map<string, Written[]>();
  for (const definition of definitions) {
    const { value } = definition;
    if (value.kind !== 'attrs') continue;
    if (isModule && STRUCTURE.some(name => value.entries.has(name) && nodeIn(options, name) === null))
      continue;
    for (const [name, entry] of value.entries) {
      const node = nodeIn(options, name);
      if (node === null && isModule && OF_MODULES.has(name)) continue;
      note(found, entry, [...path, name], node);
      if (node === null && freeform === null) unknownOption(found, entry, [...path, name], options);
      else byName.set(name, [...(byName.get(name) ?? []), ...writtenIn(found.cx, entry, definition)]);
    }
  }
  const others: [string, Written[]][] = [];
  for (const [name, all] of byName) {
    const node = nodeIn(options, name);
    if (node === null) others.push([name, all]);
    else if (isGroup(node)) {
      judgeSet(found, [...path, name], all);
      judgeGroup(found, node.group, node.freeform ?? null, [...path, name], all, false);
    } else judgeType(found, node.type, [...path, name], all);
  }
  const element = freeform === null ? null : elementOf(freeform);
  if (element !== null) for (const [name, all] of others) judgeType(found, element, [...path, name], all);
}

function elementOf(type: OptionType): OptionType | null {
  return typeof type !== 'string' && 'attrsOf' in type ? type.attrsOf : null;
}

function note(found: Found, entry: Attr, path: OptionPath, node: OptionNode | null): void {
  if (entry.at !== null) found.names.push({ path, at: placeOf(entry.at), node });
}

function unknownOption(found: Found, entry: Attr, path: OptionPath, siblings: OptionGroup): void {
  if (!entry.optional && entry.at !== null)
    found.mistakes.push({ kind: 'unknown', path, at: placeOf(entry.at), siblings });
}

/** What an attribute says, as far as what it stands in holds. */
function writtenIn(cx: Evaluation, entry: Attr, around: Definition): Written[] {
  const nameAt = entry.at === null ? null : placeOf(entry.at);
  return definitionsOf(cx, entry.value).map(one => ({
    value: one.value,
    nameAt,
    conditional: one.conditional || around.conditional || entry.optional,
    never: one.never || around.never,
    priority: one.priority === 100 ? around.priority : one.priority,
  }));
}

/** Those that count: a weaker definition is not looked at by the module system either. */
function strongest(definitions: readonly Written[]): Written[] {
  const priority = Math.min(...definitions.filter(one => !one.never).map(one => one.priority));
  return definitions.filter(one => !one.never && one.priority === priority && one.priority <= 100);
}

function judgeSet(found: Found, path: OptionPath, definitions: readonly Written[]): void {
  for (const one of definitions)
    if (!one.conditional && one.value.kind !== 'attrs')
      wrongValue(found, path, one, kindMistake('attrs', one.value));
}

function judgeType(found: Found, type: OptionType, path: OptionPath, definitions: readonly Written[]): void {
  for (const one of strongest(definitions))
    if (!one.conditional) wrongValue(found, path, one, kindMistake(type, one.value));
  judgeInside(found, type, path, definitions);
}

function wrongValue(found: Found, path: OptionPath, { value, nameAt }: Written, wrong: Wrong | null): void {
  if (wrong === null) return;
  const at = value.kind === 'attrs' || value.origin === null ? nameAt : placeOf(value.origin);
  if (at !== null) found.mistakes.push({ kind: 'type', path, at, wrong });
}

/** What sets and lists of a type hold. */
function judgeInside(
  found: Found,
  type: OptionType,
  path: OptionPath,
  definitions: readonly Written[],
): void {
  if (typeof type === 'string') return;
  if ('nullOr' in type) judgeInside(found, type.nullOr, path, definitions);
  else if ('submodule' in type) judgeLevel(found, type.submodule, path, definitions);
  else if ('attrsOf' in type) judgeElements(found, type.attrsOf, path, definitions);
  else if ('listOf' in type) judgeItems(found, type.listOf, path, definitions);
  else if ('oneOf' in type) {
    for (const [branch, those] of byBranch(type.oneOf, definitions)) judgeInside(found, branch, path, those);
  }
}

/** The definitions that only one of several types can take, by that type: what is inside of others is not judged. */
function byBranch(types: readonly OptionType[], definitions: readonly Written[]): Map<OptionType, Written[]> {
  const found = new Map<OptionType, Written[]>();
  for (const one of definitions) {
    const fitting = types.filter(type => kindMistake(type, one.value) === null);
    const [only] = fitting;
    if (only !== undefined && fitting.length === 1) found.set(only, [...(found.get(only) ?? []), one]);
  }
  return found;
}

function judgeElements(
  found: Found,
  type: OptionType,
  path: OptionPath,
  definitions: readonly Written[],
): void {
  if (path.length > MAX_DEPTH) return;
  const byName = new Map<string, Written[]>();
  for (const definition of definitions) {
    if (definition.value.kind !== 'attrs') continue;
    for (const [name, entry] of definition.value.entries) {
      note(found, entry, [...path, name], null);
      byName.set(name, [...(byName.get(name) ?? []), ...writtenIn(found.cx, entry, definition)]);
    }
  }
  for (const [name, all] of byName) judgeType(found, type, [...path, name], all);
}

function judgeItems(found: Found, type: OptionType, path: OptionPath, definitions: readonly Written[]): void {
  if (path.length > MAX_DEPTH) return;
  for (const one of definitions) {
    if (one.value.kind !== 'list') continue;
    for (const item of one.value.items) {
      if (item.kind === 'spread') continue;
      const inner = definitionsOf(found.cx, item).map(definition => ({
        ...definition,
        nameAt: placeIn(definition.value) ?? one.nameAt,
        conditional: definition.conditional || one.conditional,
        never: definition.never || one.never,
        priority: one.priority,
      }));
      judgeType(found, type, [...path, '*'], inner);
    }
  }
}

function placeIn(value: Value): Place | null {
  return value.origin === null ? null : placeOf(value.origin);
}
