/**
 * Evaluates a fleet's own functions that render its session steps. Steps may have any form, and pure functions
 * next to them turn them into shell text; those functions are called like the machine's module would. They are
 * recognised by their types (a machine's name or the steps in, texts out), not by their names.
 */

import { VARIABLE_NAME } from '../../checks/rules/registry/invalid-env-var.ts';
import { referencesOf } from '../../fleet/assembly/references.ts';
import { configOf, unknownArgument, wellKnownArgument } from '../../modules/modules.ts';
import { certain, member } from '../../modules/read.ts';
import { BudgetExceeded } from '../../nix/eval/budget.ts';
import { attr, attrs, display, list, string } from '../../nix/eval/construct.ts';

import { type Evaluation, withBudget } from '../../nix/eval/evaluation.ts';
import { createEvaluation } from '../../nix/eval/evaluator.ts';
import { describeFailure } from '../../nix/eval/failures.ts';
import { append } from '../../nix/eval/operators.ts';
import { folderOf } from '../../nix/eval/paths.ts';
import type {
  Attr,
  FailureValue,
  LambdaValue,
  Lazy,
  NixFiles,
  StringValue,
  Value,
} from '../../nix/eval/value.ts';
import type { Formal } from '../../nix/syntax.ts';

/** A variable and the file that it refers to. */
export interface Variable {
  readonly name: string;
  readonly value: string;
  readonly secret: boolean;
  readonly key: string;
  readonly generator: string;
  readonly file: string;
}

export type Shell = 'bash' | 'nushell';

/** Text for one shell. */
export interface ShellText {
  /** The text, with unknown parts as `${…}`, as in the source. */
  readonly text: string;
  /** The source of the unknown parts; empty if everything is known. */
  readonly holes: readonly string[];
  /** The error that evaluation would end with, or `null`. */
  readonly failure: string | null;
}

export interface SessionText {
  /** The file of the function that renders it. */
  readonly file: string;
  readonly shells: Readonly<Record<Shell, ShellText | null>>;
}

/** The input of the functions. */
export interface SessionOf {
  /** The file with the steps. */
  readonly spec: string;
  readonly machine: string;
  /** The registry keys that the machine selects. */
  readonly keys: readonly string[];
  /** The variables in the configuration. */
  readonly variables: readonly Variable[];
}

/** Parameters that receive the configuration of the machine. */
const CONFIGURATIONS: ReadonlySet<string> = new Set(['config', 'osConfig']);

/** The limit of evaluation steps for one file. */
const STEPS = 200_000;

/** The maximum number of files to try, and of nested function results. */
const MOST_FILES = 24;
const MOST_CALLS = 3;

/**
 * Returns the text for a machine, or null if no known function of the fleet renders one.
 *
 * @param namedBy returns the files that name a file by its path
 */
export function sessionText(
  files: NixFiles,
  namedBy: (path: string) => readonly string[],
  about: SessionOf,
): SessionText | null {
  const cx = createEvaluation(files);
  const tried = (file: string, argumentFor: (fn: LambdaValue) => Lazy): SessionText | null => {
    const texts = withBudget(cx, STEPS, () =>
      textsOf(cx, called(cx, cx.importFile(file, null), argumentFor)),
    );
    return texts === null || texts instanceof BudgetExceeded ? null : { file, shells: texts };
  };
  const readers = nearFirst(namedBy(about.spec), about.spec);
  for (const file of readers) {
    const text = tried(file, fn => machineArgument(fn, about));
    if (text !== null) return text;
  }
  const steps = withBudget(cx, STEPS, () => stepsFor(cx, about));
  if (steps === null || steps instanceof BudgetExceeded) return null;
  for (const file of renderersBeside(files, readers, about.spec)) {
    const text = tried(file, fn => stepsArgument(fn, steps));
    if (text !== null) return text;
  }
  return null;
}

/** Sorts paths with those in the same folder first, because they belong to the pipeline. */
function nearFirst(paths: readonly string[], spec: string): string[] {
  const isNear = (path: string) => folderOf(path) === folderOf(spec);
  const others = paths.filter(path => path !== spec);
  return [...others.filter(isNear), ...others.filter(path => !isNear(path))].slice(0, MOST_FILES);
}

/** Returns the files that readers of the steps import besides them. */
function renderersBeside(files: NixFiles, readers: readonly string[], spec: string): string[] {
  const names = new Set<string>();
  for (const reader of readers)
    for (const { target } of referencesOf(reader, files.text(reader) ?? ''))
      if (target !== spec && files.kind(target) === 'file') names.add(target);
  return nearFirst([...names], spec);
}

/** Calls a function, and its result for as long as that is a function. */
function called(cx: Evaluation, value: Value, argumentFor: (fn: LambdaValue) => Lazy): Value {
  let at = value;
  for (let calls = 0; at.kind === 'lambda' && calls < MOST_CALLS; calls++)
    at = cx.apply(at, argumentFor(at), null);
  return at;
}

/** Returns the argument for a parameter. Well-known names get their usual value; any other gets the machine. */
function machineArgument({ expr, scope }: LambdaValue, { machine, keys, variables }: SessionOf): Lazy {
  const file = scope.file.path;
  const meaning = (name: string, at: number): Lazy => {
    if (CONFIGURATIONS.has(name)) return configurationOf(machine, variables);
    if (wellKnownArgument(name) !== null) return unknownArgument(name, file, at);
    return /keys?$/i.test(name)
      ? list(
          keys.map(key => string(key, null)),
          null,
        )
      : string(machine, null);
  };
  if (expr.formals === null) return meaning(expr.name?.name ?? '', expr.start);
  return argumentSet(expr.formals, name => meaning(name, expr.start));
}

/** Returns a configuration with the machine's name, and with the paths and values of the files of its keys. */
function configurationOf(machine: string, variables: readonly Variable[]): Lazy {
  const files = variables.map(({ generator, file, secret, value }) => ({
    path: ['clan', 'core', 'vars', 'generators', generator, 'files', file, secret ? 'path' : 'value'],
    value: string(value, null),
  }));
  return configOf(machine, [{ path: ['networking', 'hostName'], value: string(machine, null) }, ...files]);
}

function stepsArgument({ expr, scope }: LambdaValue, steps: Lazy): Lazy {
  if (expr.formals === null) return steps;
  return argumentSet(expr.formals, name =>
    wellKnownArgument(name) === null ? steps : unknownArgument(name, scope.file.path, expr.start),
  );
}

/** Returns an argument set with the required names only; the others have defaults. */
function argumentSet(formals: readonly Formal[], meaning: (name: string) => Lazy): Value {
  const givenAttrs = new Map<string, Attr>();
  for (const { name, fallback } of formals)
    if (fallback === null) givenAttrs.set(name.name, attr(meaning(name.name), null));
  return attrs(givenAttrs, null);
}

/** Returns the shared steps combined with those of the machine, like the fleets' own functions do. */
function stepsFor(cx: Evaluation, { spec, machine }: SessionOf): Value | null {
  const value = cx.importFile(spec, null);
  if (value.kind === 'list') return value;
  if (value.kind !== 'attrs') return null;
  const shared = member(cx, value, 'shared');
  const machines = member(cx, value, 'machines');
  if (shared?.kind !== 'list' || machines?.kind !== 'attrs') return null;
  const certainMachine = certain(machines, machine);
  return certainMachine === null ? shared : append(cx, shared, cx.force(certainMachine.value), null);
}

/** Returns the texts of a value that is a text or a set with texts for shells, or null. */
function textsOf(cx: Evaluation, value: Value): SessionText['shells'] | null {
  const textByShell = new Map<Shell, ShellText>();
  for (const { name, value: text } of namedTexts(cx, value)) {
    const shell = shellOf(name, text.kind === 'string' ? display(text) : '');
    if (shell !== null && !textByShell.has(shell)) textByShell.set(shell, shown(text));
  }
  if (textByShell.size === 0) return null;
  return { bash: textByShell.get('bash') ?? null, nushell: textByShell.get('nushell') ?? null };
}

interface NamedText {
  readonly name: string;
  readonly value: StringValue | FailureValue;
}

/**
 * Returns the texts in a set. A failing value is included if it is a rejected text; a function that fails lacks
 * an argument.
 */
function namedTexts(cx: Evaluation, value: Value): NamedText[] {
  if (value.kind === 'string') return [{ name: '', value }];
  if (value.kind !== 'attrs') return [];
  const all = [...value.entries].flatMap(([name, entry]): NamedText[] => {
    const text = entry.optional ? null : cx.force(entry.value);
    return text?.kind === 'string' || text?.kind === 'failure' ? [{ name, value: text }] : [];
  });
  const isText = all.some(({ value: text }) => text.kind === 'string');
  return all.filter(({ value: text }) => isText || text.kind === 'string' || text.failure === 'throw');
}

/** Returns the shell that a text is for, according to its name (`extraNuSessionVars`) or else its syntax. */
function shellOf(name: string, text: string): Shell | null {
  const words = name.split(/[^A-Za-z]+|(?<=[a-z])(?=[A-Z])/).map(word => word.toLowerCase());
  if (words.some(word => word === 'nu' || word === 'nushell')) return 'nushell';
  if (words.some(word => OTHER_SHELLS.has(word))) return null;
  if (words.some(word => word === 'bash' || word === 'sh' || word === 'posix')) return 'bash';
  if (/\$env\.\w|\bload-env\b/.test(text)) return 'nushell';
  return /\bexport\s+\w|^\s*\w+=/m.test(text) || text === '' ? 'bash' : null;
}

const OTHER_SHELLS: ReadonlySet<string> = new Set(['fish', 'elvish', 'powershell', 'pwsh', 'xonsh']);

function shown(value: StringValue | FailureValue): ShellText {
  if (value.kind === 'failure') return { text: '', holes: [], failure: describeFailure(value) };
  const holes = value.pieces.flatMap(piece => ('hole' in piece ? [piece.source] : []));
  return { text: display(value), holes: [...new Set(holes)], failure: null };
}

/** Returns whether a text for a shell assigns the variable. */
export function assigns(text: string, shell: Shell, name: string): boolean {
  const assigned =
    shell === 'bash' ? `(?:^|[\\s;&|({])${name}=` : `\\$env\\.${name}\\s*=|\\{\\s*${name}\\s*:`;
  return VARIABLE_NAME.test(name) && new RegExp(assigned, 'm').test(text);
}
