/**
 * What is set of options, against what is declared of them: which names there are no options for, which values have
 * another type, and where the options are written. Evaluates only what some option asks for. Says only what is certain; a
 * value that is not known is fine.
 */
import { BudgetExceeded } from '../../nix/eval/budget.ts';
import { type Evaluation, withBudget } from '../../nix/eval/evaluation.ts';
import type { Attr, Lazy, Value } from '../../nix/eval/value.ts';
import type { Place } from '../../nix/places.ts';
import { placeOf } from '../../nix/places.ts';
import { type Definition, definitionsOf } from '../read.ts';
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
import { gotText, takes, textOf, textsIn } from './takes.ts';
import { scalarOf } from './types.ts';

const NO_FACTS: OptionFacts = { mistakes: [], names: [] };

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

/** Judges definitions of a set of options, at most once for each tree. */
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

/** One definition of an option, with the place of its name. */
interface Written extends Definition {
  readonly nameAt: Place | null;
}

/** @param isModule the sets may be modules, with what modules have beside options */
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
      // What is not known to be a set of options may be one option.
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

/** Returns what an attribute says, as far as what it stands in holds. */
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

/** Those that count: a weaker definition is not looked at by the module system either. */
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

/** Judges the value itself, whatever it holds: whether it is one that the type takes. */
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
      return takes(type, shallow(value));
  }
}

/** Returns a value without what it holds. */
function shallow(value: Value): WrittenValue {
  const at = value.origin === null ? null : placeOf(value.origin);
  return { kind: value.kind, at, scalar: scalarOf(value), items: [], entries: new Map(), open: true };
}

/** Judges what sets and lists of a type hold. */
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
 * Returns the definitions that only one of several types can take, by that type: what is inside of others is not
 * judged.
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

/** Returns what an option takes and what it got, in words. */
export function wordsOf({ type, value }: WrongValue): { readonly takes: string; readonly got: string } {
  return { takes: textOf(type), got: gotText(value) };
}

/** Returns the texts that are allowed, for a text that is none of them. */
export function choicesFor({ type, value }: WrongValue): readonly string[] {
  return typeof value.scalar === 'string' ? textsIn(type) : [];
}
