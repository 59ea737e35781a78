/**
 * Compares definitions with declared options: finds names without an option, values of a wrong type, and the places
 * where options are written. Evaluates only what some option asks for. Reports only what is certain; an unknown value
 * counts as correct.
 */
import { BudgetExceeded } from '../../nix/eval/budget.ts';
import { type Evaluation, withBudget } from '../../nix/eval/evaluation.ts';
import type { Attr, Lazy, Value } from '../../nix/eval/value.ts';
import type { Place } from '../../nix/places.ts';
import { placeOf } from '../../nix/places.ts';
import { type Definition, definitionsOf } from '../read.ts';
import { accepts, textOf, textsIn, valueInWords } from './accepts.ts';
import { typeOf } from './below.ts';
import type {
  OptionFacts,
  OptionMistake,
  OptionPath,
  OptionTree,
  OptionType,
  WrittenName,
  WrittenValue,
  WrongValue,
} from './option.ts';
import { scalarOf } from './types.ts';

const NO_FACTS: OptionFacts = { mistakes: [], names: [] };

/** Evaluation steps allowed for one set of options. */
const STEPS = 100_000;
const MAX_DEPTH = 16;

/** Attributes that the module system accepts beside options. */
const OF_MODULES: ReadonlySet<string> = new Set([
  'imports',
  '_module',
  '_file',
  '_class',
  'key',
  'disabledModules',
]);

/** With one of these, a module's options are in `config`, and other attributes are not options. */
const STRUCTURE = ['options', 'config', 'freeformType'];

/** Returns a function that checks the definitions against a tree of options, at most once per tree. */
export function judging(cx: Evaluation, values: readonly Lazy[]): (tree: OptionTree) => OptionFacts {
  const factsByTree = new WeakMap<OptionTree, OptionFacts>();
  return tree => {
    let facts = factsByTree.get(tree);
    if (facts === undefined) {
      facts = factsOf(cx, tree, values);
      factsByTree.set(tree, facts);
    }
    return facts;
  };
}

function factsOf(cx: Evaluation, tree: OptionTree, values: readonly Lazy[]): OptionFacts {
  const judgement: Judgement = { cx, mistakes: [], names: [] };
  const judged = withBudget(cx, STEPS, () =>
    judgeSet(
      judgement,
      tree,
      [],
      values.flatMap(value => definitionsOf(cx, value)),
      true,
    ),
  );
  return judged instanceof BudgetExceeded
    ? NO_FACTS
    : { mistakes: judgement.mistakes, names: judgement.names };
}

export function joinFacts(left: OptionFacts, right: OptionFacts): OptionFacts {
  return { mistakes: [...left.mistakes, ...right.mistakes], names: [...left.names, ...right.names] };
}

interface Judgement {
  readonly cx: Evaluation;
  readonly mistakes: OptionMistake[];
  readonly names: WrittenName[];
}

/** A definition of an option, with the place of its name. */
interface Written extends Definition {
  readonly nameAt: Place | null;
}

/**
 * Checks sets of definitions against a set of options.
 * @param isModule true if the sets may be modules, with a module's other attributes
 */
function judgeSet(
  judgement: Judgement,
  tree: OptionTree,
  path: OptionPath,
  definitions: readonly Definition[],
  isModule: boolean,
): void {
  if (path.length > MAX_DEPTH) return;
  const byName = new Map<string, Written[]>();
  for (const definition of definitions) {
    const { value } = definition;
    if (value.kind !== 'attrs') continue;
    if (isModule && STRUCTURE.some(name => value.entries.has(name) && !tree.options.has(name))) continue;
    for (const [name, entry] of value.entries) {
      const option = tree.options.get(name) ?? null;
      if (option === null && isModule && OF_MODULES.has(name)) continue;
      note(judgement, entry, [...path, name], option);
      if (option === null && !tree.open) unknownOption(judgement, entry, [...path, name], tree);
      else add(byName, name, writtenIn(judgement.cx, entry, definition));
    }
  }
  for (const [name, all] of byName) {
    const option = tree.options.get(name);
    if (option === undefined) {
      if (tree.freeform?.kind === 'map') judgeType(judgement, tree.freeform.of, [...path, name], all);
    } else if (option.declared.length > 0) judgeType(judgement, typeOf(option), [...path, name], all);
    else {
      // If it is not known to be a set of options, it may be a single option.
      if (!option.open)
        for (const written of strongest(all))
          if (!written.conditional) judgeKind(judgement, { kind: 'set' }, [...path, name], written);
      judgeSet(judgement, option, [...path, name], all, false);
    }
  }
}

function add(into: Map<string, Written[]>, name: string, all: readonly Written[]): void {
  const before = into.get(name);
  if (before === undefined) into.set(name, [...all]);
  else before.push(...all);
}

function note(judgement: Judgement, entry: Attr, path: OptionPath, option: OptionTree | null): void {
  if (entry.at !== null) judgement.names.push({ path, at: placeOf(entry.at), option });
}

function unknownOption(judgement: Judgement, entry: Attr, path: OptionPath, siblings: OptionTree): void {
  if (!entry.optional && entry.at !== null)
    judgement.mistakes.push({ kind: 'unknown', path, at: placeOf(entry.at), siblings });
}

/** Returns the definitions of an attribute, under the conditions of the set that contains it. */
function writtenIn(cx: Evaluation, entry: Attr, around: Definition): Written[] {
  const nameAt = entry.at === null ? null : placeOf(entry.at);
  return definitionsOf(cx, entry.value).map(definition => ({
    value: definition.value,
    nameAt,
    conditional: definition.conditional || around.conditional || entry.optional,
    never: definition.never || around.never,
    priority: definition.priority === 100 ? around.priority : definition.priority,
  }));
}

/** Returns the definitions of the strongest priority. The module system ignores the weaker ones too. */
function strongest(definitions: readonly Written[]): Written[] {
  const priority = Math.min(
    ...definitions.filter(definition => !definition.never).map(definition => definition.priority),
  );
  return definitions.filter(
    definition => !definition.never && definition.priority === priority && definition.priority <= 100,
  );
}

function judgeType(
  judgement: Judgement,
  type: OptionType,
  path: OptionPath,
  definitions: readonly Written[],
): void {
  for (const written of strongest(definitions))
    if (!written.conditional) judgeKind(judgement, type, path, written);
  judgeInside(judgement, type, path, definitions);
}

/** Checks whether the type accepts the value itself, regardless of its content. */
function judgeKind(
  judgement: Judgement,
  type: OptionType,
  path: OptionPath,
  { value, nameAt }: Written,
): void {
  if (fits(type, value)) return;
  const at = value.kind === 'attrs' || value.origin === null ? nameAt : placeOf(value.origin);
  if (at !== null) judgement.mistakes.push({ kind: 'type', path, at, type, value: shallow(value) });
}

function fits(type: OptionType, value: Value): boolean {
  if (value.kind === 'unknown' || value.kind === 'failure') return true;
  switch (type.kind) {
    case 'null-or':
      return value.kind === 'null' || fits(type.of, value);
    case 'either':
      return type.of.some(optionType => fits(optionType, value));
    case 'list':
      return value.kind === 'list';
    case 'map':
      return value.kind === 'attrs';
    default:
      return accepts(type, shallow(value));
  }
}

/** Returns a value without its content. */
function shallow(value: Value): WrittenValue {
  const at = value.origin === null ? null : placeOf(value.origin);
  return { kind: value.kind, at, scalar: scalarOf(value), items: [], entries: new Map(), open: true };
}

/** Checks the content of sets and lists. */
function judgeInside(
  judgement: Judgement,
  type: OptionType,
  path: OptionPath,
  definitions: readonly Written[],
): void {
  switch (type.kind) {
    case 'null-or':
      judgeInside(judgement, type.of, path, definitions);
      return;
    case 'submodule':
      judgeSet(judgement, type.tree, path, definitions, true);
      return;
    case 'map':
      judgeElements(judgement, type.of, path, definitions);
      return;
    case 'list':
      judgeItems(judgement, type.of, path, definitions);
      return;
    case 'either':
      for (const [branch, those] of byBranch(type.of, definitions))
        judgeInside(judgement, branch, path, those);
      return;
    default:
  }
}

/**
 * Returns, by type, the definitions that only that one of several types accepts. The content of others is not
 * checked.
 */
function byBranch(types: readonly OptionType[], definitions: readonly Written[]): Map<OptionType, Written[]> {
  const definitionsByType = new Map<OptionType, Written[]>();
  for (const definition of definitions) {
    const fitting = types.filter(type => fits(type, definition.value));
    const [only] = fitting;
    if (only !== undefined && fitting.length === 1)
      definitionsByType.set(only, [...(definitionsByType.get(only) ?? []), definition]);
  }
  return definitionsByType;
}

function judgeElements(
  judgement: Judgement,
  type: OptionType,
  path: OptionPath,
  definitions: readonly Written[],
): void {
  if (path.length > MAX_DEPTH) return;
  const byName = new Map<string, Written[]>();
  for (const definition of definitions) {
    if (definition.value.kind !== 'attrs') continue;
    for (const [name, entry] of definition.value.entries) {
      note(judgement, entry, [...path, name], null);
      add(byName, name, writtenIn(judgement.cx, entry, definition));
    }
  }
  for (const [name, all] of byName) judgeType(judgement, type, [...path, name], all);
}

function judgeItems(
  judgement: Judgement,
  type: OptionType,
  path: OptionPath,
  definitions: readonly Written[],
): void {
  if (path.length > MAX_DEPTH) return;
  for (const written of definitions) {
    if (written.value.kind !== 'list') continue;
    for (const item of written.value.items) {
      if (item.kind === 'spread') continue;
      const inner = definitionsOf(judgement.cx, item).map(definition => ({
        ...definition,
        nameAt: definition.value.origin === null ? written.nameAt : placeOf(definition.value.origin),
        conditional: definition.conditional || written.conditional,
        never: definition.never || written.never,
        priority: written.priority,
      }));
      judgeType(judgement, type, [...path, '*'], inner);
    }
  }
}

/** Returns the values that an option accepts and the value that it got, in words. */
export function wordsOf({ type, value }: WrongValue): { readonly expected: string; readonly actual: string } {
  return { expected: textOf(type), actual: valueInWords(value) };
}

/** Returns the allowed strings if the value is a string that is not among them. */
export function choicesFor({ type, value }: WrongValue): readonly string[] {
  return typeof value.scalar === 'string' ? textsIn(type) : [];
}
