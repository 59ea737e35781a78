/** Expands words while a script is followed: turns their parts into values and records every variable that is read. */

import { SHELL_VARIABLES } from '../programs/names.ts';
import type { CommandPart, ProcessPart, Range, VariablePart, Word, WordPart } from '../syntax.ts';
import { noteAssignment, noteVariable, type Run } from './flow-run.ts';
import { distinct, isCertain, MAX_VALUES, putVariable, type State } from './flow-state.ts';
import { type Variable, variableIn } from './flow-variables.ts';
import { cut } from './patterns.ts';
import { concat, EMPTY, isUncertain, literal, text, unknownFrom, type Value, variablesIn } from './values.ts';

/** Follows commands inside words, which expansion itself cannot do. */
interface Substitution {
  command(run: Run, state: State, part: CommandPart): Value;
  process(run: Run, state: State, part: ProcessPart): Value;
}

export interface Expansion {
  readonly run: Run;
  readonly state: State;
  readonly substitution: Substitution;
}

/** A word of a command line after expansion, with all of its possible values. */
export interface PossibleField extends Range {
  /** The possible values; a single one if it is known. */
  readonly values: readonly Value[];
  /** True if it may expand to any number of words. */
  readonly many: boolean;
}

/**
 * Returns the possible values of a word that expands to a single text: a redirection's target, an assignment's right
 * side.
 */
export function expandWord(cx: Expansion, word: Word, splits: boolean): Value[] {
  return expandParts(cx, withTilde(word.parts), splits);
}

const JUST_EMPTY: readonly Value[] = [EMPTY];

function expandParts(cx: Expansion, parts: readonly WordPart[], splits: boolean): Value[] {
  let values: readonly Value[] = JUST_EMPTY;
  for (const part of parts) {
    const next = expandPart(cx, part, splits);
    values =
      values === JUST_EMPTY ? next : values.flatMap(value => next.map(candidate => concat(value, candidate)));
    if (values.length > MAX_VALUES) values = [unknownFrom(values.flatMap(variablesIn))];
  }
  return distinct(values);
}

/** Replaces a leading `~` or `~/` by `$HOME`. */
function withTilde(parts: readonly WordPart[]): readonly WordPart[] {
  const [first] = parts;
  if (first?.kind !== 'text' || first.quoted || !/^~(\/|$)/.test(first.text)) return parts;
  const at = { start: first.start, end: first.start + 1 };
  const home: WordPart = {
    kind: 'variable',
    name: 'HOME',
    nameAt: at,
    ...at,
    quoted: true,
    operator: null,
    fallback: null,
    subscript: null,
    inner: [],
  };
  return [home, { ...first, text: first.text.slice(1), start: at.end }, ...parts.slice(1)];
}

/** Expands a word of a command to its fields. */
export function expandFields(cx: Expansion, word: Word): PossibleField[] {
  const lists = choices(withTilde(word.parts));
  const [only] = lists;
  if (lists.length === 1 && only) return fieldsOf(cx, only, word);
  return lists.flatMap(parts => fieldsOf(cx, parts, word));
}

/** Returns the parts of a word for each choice of its braces. */
function choices(parts: readonly WordPart[]): readonly (readonly WordPart[])[] {
  if (!parts.some(part => part.kind === 'brace')) return [parts];
  let lists: WordPart[][] = [[]];
  for (const part of parts) {
    const isBrace = part.kind === 'brace' && lists.length * part.choices.length <= MAX_CHOICES;
    if (isBrace) lists = lists.flatMap(list => part.choices.map(choice => [...list, ...choice]));
    else for (const list of lists) list.push(part);
  }
  return lists;
}

/** The most words that braces are expanded to. Of larger expansions only the plurality is known. */
const MAX_CHOICES = 256;

function fieldsOf(cx: Expansion, parts: readonly WordPart[], at: Range): PossibleField[] {
  const range = { start: at.start, end: at.end };
  const [only] = parts;
  if (parts.length === 1 && only?.kind === 'variable') {
    const items = itemsOf(cx, only);
    if (items !== null) return items.map(value => ({ ...range, values: [value], many: false }));
  }
  const values = expandParts(cx, parts, true);
  const many = parts.some(part => isSplit(part, parts.length)) && values.some(value => mayHoldBlanks(value));
  const [value] = values;
  const words = many && parts.length === 1 && values.length === 1 ? literal(value ?? EMPTY) : null;
  if (words !== null) {
    const split = words.split(/[ \t\n]+/).filter(piece => piece !== '');
    return split.map(piece => ({ ...range, values: [text(piece)], many: false }));
  }
  return [{ ...range, values, many }];
}

/** Returns whether a part may expand to several words. A hole in the middle of a word counts as part of that word. */
function isSplit(part: WordPart, count: number): boolean {
  if (part.kind === 'glob' || part.kind === 'brace') return true;
  if (part.kind === 'hole') return !part.quoted && count === 1;
  if (part.kind === 'variable') return !part.quoted || part.name === '@' || part.subscript === '@';
  return part.kind === 'command' && !part.quoted;
}

function mayHoldBlanks(value: Value): boolean {
  return value.some(part => {
    if (part.kind === 'text') return /[ \t\n]/.test(part.text);
    return part.kind === 'unknown' || part.kind === 'hole';
  });
}

/** Returns the items of `"$@"` and `"${list[@]}"`, or `null` if they are unknown. */
function itemsOf(cx: Expansion, part: VariablePart): readonly Value[] | null {
  if (part.operator !== null) return null;
  if (part.name === '@') return cx.state.positional;
  if (part.subscript !== '@') return null;
  const variable = variableIn(cx.state.variables, part.name);
  if (!variable?.list || variable.perhapsUnset) return null;
  readVariable(cx, part, true);
  for (const item of variable.list) for (const name of variablesIn(item)) cx.run.touched.add(name);
  return variable.list;
}

function expandPart(cx: Expansion, part: WordPart, splits: boolean): readonly Value[] {
  switch (part.kind) {
    case 'text':
      return [text(part.text)];
    case 'hole':
      return [[{ kind: 'hole', text: part.text }]];
    case 'command':
      return [cx.substitution.command(cx.run, cx.state, part)];
    case 'process':
      return [cx.substitution.process(cx.run, cx.state, part)];
    case 'arithmetic':
      expandArithmetic(cx, part.inner, part.assigns);
      return [unknownFrom([])];
    case 'glob':
      return [unknownFrom([])];
    case 'brace': {
      const values = part.choices.flatMap(choice => expandParts(cx, choice, splits));
      return [unknownFrom(values.flatMap(variablesIn))];
    }
    case 'variable':
      return expandVariable(cx, part, splits);
  }
}

/** Follows arithmetic, which makes the variables that it assigns unknown. */
export function expandArithmetic(
  cx: Expansion,
  inner: readonly WordPart[],
  assigns: readonly string[],
): void {
  for (const part of inner) expandPart(cx, part, false);
  for (const name of assigns) {
    const variable = variableIn(cx.state.variables, name);
    if (variable) putVariable(cx.state, name, { ...variable, values: [unknownFrom([])], list: null });
  }
}

const SPECIAL = /^([0-9]+|[@*#?$!_-])$/;
const GUARDS = new Set(['-', ':-', '=', ':=', '+', ':+', '?', ':?']);

function expandVariable(cx: Expansion, part: VariablePart, splits: boolean): readonly Value[] {
  for (const inner of part.inner) expandPart(cx, inner, false);
  if (part.operator === 'indirect') {
    // `${!name}` reads a variable whose name is computed; `${!prefix@}` lists names.
    readVariable(cx, part, splits);
    return [unknownFrom(cx.run.options.directories)];
  }
  if (SPECIAL.test(part.name)) return operated(cx, part, special(cx, part.name), part.name === '@');
  readVariable(cx, part, splits);
  const variable = variableIn(cx.state.variables, part.name);
  const result = operated(
    cx,
    part,
    valuesOf(cx, part, variable),
    variable?.perhapsUnset ?? !isOutside(cx, part.name),
  );
  for (const value of result) for (const name of variablesIn(value)) cx.run.touched.add(name);
  return result;
}

function special(cx: Expansion, name: string): readonly Value[] {
  const { positional } = cx.state;
  if (!/^[1-9]/.test(name))
    return [unknownFrom(positional?.flatMap(variablesIn) ?? cx.run.options.directories)];
  if (positional === null) return [unknownFrom(cx.run.options.directories)];
  return [positional[Number(name) - 1] ?? EMPTY];
}

function isOutside(cx: Expansion, name: string): boolean {
  const { directories, environment } = cx.run.options;
  return directories.includes(name) || environment.includes(name) || SHELL_VARIABLES.has(name);
}

function valuesOf(cx: Expansion, part: VariablePart, variable: Variable | undefined): readonly Value[] {
  if (part.name === 'PWD' && variable === undefined) return [cx.state.cwd];
  if (variable === undefined) return [[{ kind: 'variable', name: part.name }]];
  if (variable.list !== null || part.subscript !== null) {
    const [first] = variable.list ?? [];
    if (part.subscript === null && first !== undefined) return [first];
    return [unknownFrom((variable.list ?? []).flatMap(variablesIn).concat(cx.run.options.directories))];
  }
  return variable.values;
}

/** Applies the operator of `${x…}`. */
function operated(
  cx: Expansion,
  part: VariablePart,
  values: readonly Value[],
  perhapsUnset: boolean,
): readonly Value[] {
  const { operator } = part;
  if (operator === null || operator === ':?' || operator === '?') {
    if (part.fallback) expandWord(cx, part.fallback, false);
    return values;
  }
  if (operator === 'length') return [unknownFrom([])];
  if (!GUARDS.has(operator)) return values.map(value => cut(value, operator, part.inner));
  const other = part.fallback === null ? [EMPTY] : expandWord(cx, part.fallback, false);
  if (operator.endsWith('+'))
    return perhapsUnset || values.some(isUncertain) ? distinct([...other, EMPTY]) : other;
  const mayBeEmpty =
    operator.startsWith(':') && values.some(value => value.length === 0 || isUncertain(value));
  const isUnset =
    variableIn(cx.state.variables, part.name) === undefined && perhapsUnset && !SPECIAL.test(part.name);
  const result = isUnset ? other : perhapsUnset || mayBeEmpty ? distinct([...values, ...other]) : values;
  if (operator.endsWith('=')) setVariable(cx, part, result);
  return result.length > MAX_VALUES ? [unknownFrom(result.flatMap(variablesIn))] : result;
}

function readVariable(cx: Expansion, part: VariablePart, splits: boolean): void {
  const variable = variableIn(cx.state.variables, part.name);
  const sure = variable !== undefined ? !variable.perhapsUnset : isOutside(cx, part.name);
  const never = variable === undefined && !isOutside(cx, part.name) && !cx.run.assigned.has(part.name);
  noteVariable(cx.run, {
    start: part.start,
    end: part.end,
    name: part.name,
    nameAt: part.nameAt,
    quoted: part.quoted,
    splits,
    guarded: part.operator !== null && GUARDS.has(part.operator),
    set: sure ? 'yes' : never ? 'never' : 'perhaps',
    certain: isCertain(cx.state),
    inSubprocess: cx.state.inSubprocess,
  });
}

/** An assignment to a variable: the ranges of the whole assignment and of the name. */
interface Setting extends Range {
  readonly name: string;
  readonly nameAt: Range;
}

interface SetOptions {
  readonly exported?: boolean;
  /** The items of an array, or `null` if it is not an array or they are unknown. */
  readonly list?: readonly Value[] | null;
}

/** Sets a variable to several possible values and records the assignment. */
export function setVariable(
  cx: Expansion,
  setting: Setting,
  values: readonly Value[],
  { exported = false, list = null }: SetOptions = {},
): void {
  const { name, nameAt, start, end } = setting;
  const before = variableIn(cx.state.variables, name);
  const isExported = exported || before?.exported === true;
  putVariable(cx.state, name, { values, list, perhapsUnset: false, exported: isExported });
  const [value] = values;
  noteAssignment(cx.run, {
    start,
    end,
    name,
    nameAt: { start: nameAt.start, end: nameAt.end },
    value: values.length === 1 && list === null ? (value ?? EMPTY) : null,
    exported: isExported,
    certain: isCertain(cx.state),
  });
}
