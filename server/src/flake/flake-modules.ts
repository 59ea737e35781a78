/**
 * Reads the modules that make up a flake (`mkFlake { … } { imports = [ … ]; }`), a file each, or the outputs that a plain
 * flake returns. Does not interpret the modules, nor evaluate conditions in them, which may
 * depend on what is being collected.
 */

import { referenceOf, selectionPath } from '../modules/module-references.ts';
import { type ArgumentLookup, inputs, moduleArguments } from '../modules/modules.ts';
import { certain, member } from '../modules/read.ts';
import { BudgetExceeded } from '../nix/eval/budget.ts';
import { attr, attrs, symbol } from '../nix/eval/construct.ts';
import { type Evaluation, withBudget } from '../nix/eval/evaluation.ts';
import { importedFile } from '../nix/eval/evaluator.ts';
import { stringAsPath } from '../nix/eval/paths.ts';
import type { AttrsValue, LambdaValue, Lazy, UnknownValue, Value } from '../nix/eval/value.ts';
import { frameworkValue } from './frameworks/calls.ts';
import { type PartsFramework, partsFramework } from './frameworks/flake-parts.ts';

/** A set of definitions that applies if all its conditions hold. */
export interface FlakeSet {
  readonly file: string;
  readonly set: AttrsValue;
  readonly conditions: readonly Lazy[];
}

export interface FlakeModules {
  /** True if the sets define options of flake-parts, false if they are the outputs of a plain flake. */
  readonly isParts: boolean;
  readonly sets: readonly FlakeSet[];
  /** The sets below `options` of the modules. */
  readonly options: readonly AttrsValue[];
  /** The files of the modules. */
  readonly files: ReadonlySet<string>;
  /** False if there may be modules that were not followed. */
  readonly complete: boolean;
  /** The frameworks whose modules are imported, with the importing files. */
  readonly frameworks: readonly ImportedFramework[];
}

export interface ImportedFramework {
  readonly framework: PartsFramework;
  readonly file: string;
}

/** The flake's own `config` as its modules see it, not that of a machine. */
export const flakeConfig: UnknownValue = {
  ...symbol('config', 'the configuration of the flake'),
  key: 'flake-config',
};

/** The definitions of one file and the files that it imports. */
export interface FileModules {
  readonly sets: readonly FlakeSet[];
  readonly options: readonly AttrsValue[];
  readonly imports: readonly string[];
  readonly complete: boolean;
  readonly frameworks: readonly ImportedFramework[];
}

/** The result for a file that takes too long to read. */
const UNKNOWN: FileModules = { sets: [], options: [], imports: [], complete: false, frameworks: [] };

const MAX_DEPTH = 16;
/** Evaluation steps allowed per file. */
const STEPS = 200_000;
/** The file in which a flake begins. */
export const ROOT = 'flake.nix';

/** Modules of other flakes that only add outputs of their own, recognised by the usual names of their inputs. */
const HARMLESS =
  /^(flake-parts|clan-core|treefmt-nix|git-hooks|git-hooks-nix|pre-commit-hooks|pre-commit-hooks-nix|devshell|make-shell|make-shells|home-manager|agenix-shell|agenix-rekey|nix-topology|disko)$/;

/** The outputs of a plain flake, or the first module of one that uses flake-parts. */
export type FlakeOutputs =
  | { readonly kind: 'outputs'; readonly set: AttrsValue }
  | { readonly kind: 'parts'; readonly module: Lazy; readonly special: AttrsValue | null };

/** Returns what `flake.nix` returns; null if it is unknown. */
export function flakeOutputs(cx: Evaluation): FlakeOutputs | null {
  if (cx.files.kind(ROOT) !== 'file') return null;
  const modules = withBudget(cx, STEPS, () => {
    const flake = cx.importFile(ROOT, null);
    const fn = flake.kind === 'attrs' ? member(cx, flake, 'outputs') : null;
    if (fn?.kind !== 'lambda') return null;
    const result = cx.resolve(cx.apply(fn, inputs, null));
    if (result.kind === 'attrs') return { kind: 'outputs', set: result } as const;
    return result.kind === 'unknown' ? partsOf(cx, result) : null;
  });
  return modules instanceof BudgetExceeded ? null : modules;
}

/** Recognises `flake-parts.lib.mkFlake { inherit inputs; } module`. */
function partsOf(cx: Evaluation, { term }: UnknownValue): FlakeOutputs | null {
  if (term?.kind !== 'apply' || term.fn.term?.kind !== 'apply') return null;
  if (selectionPath(term.fn.term.fn)?.at(-1) !== 'mkFlake') return null;
  const args = cx.force(term.fn.term.arg);
  const special = args.kind === 'attrs' ? member(cx, args, 'specialArgs') : null;
  return { kind: 'parts', module: term.arg, special: special?.kind === 'attrs' ? special : null };
}

/**
 * Reads the modules in a file.
 * @param module the value of the file
 * @param special the arguments that the flake gives to all of its modules, beside those of `lookup`
 */
export function readFlakeModules(
  cx: Evaluation,
  file: string,
  module: () => Lazy,
  { lookup, special }: { readonly lookup: ArgumentLookup; readonly special: AttrsValue | null },
): FileModules {
  const read = withBudget(cx, STEPS, () => readFlakeModule(cx, file, module(), withSpecial(lookup, special)));
  return read instanceof BudgetExceeded ? UNKNOWN : read;
}

function withSpecial(lookup: ArgumentLookup, special: AttrsValue | null): ArgumentLookup {
  if (special === null) return lookup;
  return name => (name === 'lib' ? null : certain(special, name)?.value) ?? lookup(name);
}

function argumentsOf(fn: LambdaValue, lookup: ArgumentLookup): AttrsValue {
  const attrsValue = moduleArguments(fn, lookup);
  if (!attrsValue.entries.has('config')) return attrsValue;
  return attrs(new Map(attrsValue.entries).set('config', attr(flakeConfig, null)), null);
}

function readFlakeModule(cx: Evaluation, file: string, module: Lazy, lookup: ArgumentLookup): FileModules {
  const sets: FlakeSet[] = [];
  const options: AttrsValue[] = [];
  const imports: string[] = [];
  const frameworks: ImportedFramework[] = [];
  let complete = true;

  function read(lazy: Lazy, conditions: readonly Lazy[], depth: number): void {
    if (depth > MAX_DEPTH) complete = false;
    else
      eachContent(cx, lazy, conditions, (value, under) => {
        if (value.kind === 'lambda')
          read(cx.apply(value, argumentsOf(value, lookup), null), under, depth + 1);
        else if (value.kind === 'attrs') readSet(value, under, depth);
        else if (value.kind === 'path' || value.kind === 'string') {
          const path = value.kind === 'path' ? value : stringAsPath(value);
          if (path === null || path.text.startsWith('/')) complete = false;
          else imports.push(importedFile(cx.files, path.text));
        } else if (value.kind === 'unknown') {
          const made = frameworkValue(cx, value);
          if (made === null || made.kind === 'unknown') readUnknown(value);
          else read(made, under, depth + 1);
        } else complete = false;
      });
  }

  function readUnknown(value: UnknownValue): void {
    if (isOwnOutput(value)) return;
    const reference = referenceOf(cx, value);
    if (reference?.kind === 'files') imports.push(...reference.files);
    else if (reference?.kind !== 'foreign' || !isHarmless(value)) {
      const framework = partsFramework(selectionPath(value) ?? []);
      if (framework === null) complete = false;
      else frameworks.push({ framework, file });
    }
  }

  function readSet(set: AttrsValue, conditions: readonly Lazy[], depth: number): void {
    const imported = set.entries.get('imports');
    if (imported !== undefined)
      eachContent(cx, imported.value, conditions, value => {
        if (value.kind !== 'list') complete = false;
        else
          for (const item of value.items) {
            if (item.kind === 'spread') complete = false;
            else read(item, conditions, depth + 1);
          }
      });
    const declared = member(cx, set, 'options');
    if (declared?.kind === 'attrs') options.push(declared);
    const config = set.entries.get('config');
    const body = config?.value ?? (declared === null ? set : null);
    if (body !== null)
      eachContent(cx, body, conditions, (value, under) => {
        if (value.kind === 'attrs') sets.push({ file, set: value, conditions: under });
        else complete = false;
      });
  }

  read(module, [], 0);
  return { sets, options, imports, complete, frameworks };
}

/** Visits the content of `mkIf` and `mkMerge` without evaluating the conditions. */
function eachContent(
  cx: Evaluation,
  lazy: Lazy,
  conditions: readonly Lazy[],
  onValue: (value: Value, conditions: readonly Lazy[]) => void,
): void {
  const value = cx.force(lazy);
  const type = value.kind === 'attrs' ? member(cx, value, '_type') : null;
  if (value.kind !== 'attrs' || type?.kind !== 'string') {
    onValue(value, conditions);
    return;
  }
  const condition = certain(value, 'condition');
  const content = certain(value, 'content');
  const contents = type.text === 'merge' ? member(cx, value, 'contents') : null;
  if (content !== null)
    eachContent(
      cx,
      content.value,
      condition === null ? conditions : [...conditions, condition.value],
      onValue,
    );
  else if (contents?.kind === 'list')
    for (const item of contents.items) {
      if (item.kind === 'spread') onValue(item.of, conditions);
      else eachContent(cx, item, conditions, onValue);
    }
}

/**
 * Recognises `flake-parts-lib.mkTransposedPerSystemModule { … }`, which declares a per-system output under a name of
 * its own.
 */
function isOwnOutput({ term }: UnknownValue): boolean {
  return term?.kind === 'apply' && selectionPath(term.fn)?.at(-1) === 'mkTransposedPerSystemModule';
}

function isHarmless(value: UnknownValue): boolean {
  const path = selectionPath(value) ?? [];
  return HARMLESS.test(path[path.indexOf('inputs') + 1] ?? '');
}
