/**
 * Reads the options that one module declares, and its definitions below names that may be the fleet's own. Evaluates
 * the module's value as `read-module.ts` does, and follows no file.
 */

import { frameworkValue } from '../../flake/frameworks/calls.ts';
import { isOptionModule } from '../../modules/module-references.ts';
import { type ArgumentLookup, moduleArguments } from '../../modules/modules.ts';
import { mayBeOwn } from '../../modules/options/namespaces.ts';
import type { OptionTree, WrittenEntry } from '../../modules/options/option.ts';
import { EMPTY, mergeTrees, OPEN, readTree } from '../../modules/options/tree.ts';
import { ANY, scalarOf } from '../../modules/options/types.ts';
import { readEntry } from '../../modules/options/written.ts';
import { definitionsOf } from '../../modules/read.ts';
import type { Evaluation } from '../../nix/eval/evaluation.ts';
import type { AttrsValue, Lazy, UnknownValue } from '../../nix/eval/value.ts';
import type { Place } from '../../nix/places.ts';
import { placeIn, placeOf } from '../../nix/places.ts';
import { addToList } from '../../std.ts';
import type { ModuleOptions } from '../model/options.ts';

const NO_OPTIONS: ModuleOptions = { tree: EMPTY, definitions: new Map(), functions: [] };

/** The options of a module that could not be read. */
export const UNKNOWN_OPTIONS: ModuleOptions = { ...NO_OPTIONS, tree: OPEN };

const MAX_DEPTH = 16;

export function readModuleOptions(cx: Evaluation, module: Lazy, specialArgs: ArgumentLookup): ModuleOptions {
  const trees: OptionTree[] = [];
  const definitions = new Map<string, WrittenEntry[]>();
  const functions: Place[] = [];

  function read(lazy: Lazy, depth: number): void {
    if (depth > MAX_DEPTH) {
      trees.push(OPEN);
      return;
    }
    for (const { value } of definitionsOf(cx, lazy)) {
      if (value.kind === 'attrs') readSet(value, depth);
      else if (value.kind === 'lambda') {
        const { expr, scope } = value;
        functions.push(placeIn(scope.file, expr));
        read(cx.apply(value, moduleArguments(value, specialArgs), null), depth + 1);
      } else if (value.kind === 'unknown') readUnknown(value, depth);
    }
  }

  function readUnknown(value: UnknownValue, depth: number): void {
    const made = frameworkValue(cx, value);
    if (made !== null) read(made, depth + 1);
    else if (isOptionModule(value)) trees.push(...renamedTrees(cx, value));
  }

  function readSet(set: AttrsValue, depth: number): void {
    if (set.open !== null || set.patterns.length > 0 || set.entries.has('freeformType')) trees.push(OPEN);
    const imported = set.entries.get('imports');
    for (const { value } of imported === undefined ? [] : definitionsOf(cx, imported.value))
      for (const item of value.kind === 'list' ? value.items : []) {
        if (item.kind === 'spread') continue;
        const inner = cx.force(item);
        if (inner.kind === 'attrs' || inner.kind === 'lambda' || inner.kind === 'unknown')
          read(inner, depth + 1);
      }
    const options = set.entries.get('options');
    if (options !== undefined)
      trees.push(
        readTree(cx, options.value, options.at === null ? null : placeOf(options.at), readSubmodule),
      );
    const config = set.entries.get('config');
    if (config !== undefined) define(config.value);
    else if (options === undefined) define(set);
  }

  function define(config: Lazy): void {
    for (const definition of definitionsOf(cx, config)) {
      if (definition.value.kind !== 'attrs') continue;
      for (const [name, attr] of definition.value.entries) {
        if (!mayBeOwn(name)) continue;
        const entry = readEntry(cx, attr);
        const weighed = {
          ...entry,
          definitions: entry.definitions.map(inner => ({
            ...inner,
            conditional: inner.conditional || definition.conditional,
            never: inner.never || definition.never,
          })),
        };
        addToList(definitions, name, weighed);
      }
    }
  }

  /** Returns the options of a submodule; open if it accepts more than it declares. */
  function readSubmodule(submodule: Lazy): OptionTree {
    const inner: ArgumentLookup = name => (name === 'config' || name === 'name' ? null : specialArgs(name));
    return submoduleTree(cx, submodule, inner);
  }

  read(module, 0);
  return { tree: mergeTrees(trees), definitions, functions };
}

/** Returns the options of a module that is used as a type, or of a list of such modules. */
function submoduleTree(cx: Evaluation, submodule: Lazy, specialArgs: ArgumentLookup): OptionTree {
  const value = cx.force(submodule);
  if (value.kind === 'list') {
    const trees = value.items.map(item =>
      item.kind === 'spread' ? OPEN : submoduleTree(cx, item, specialArgs),
    );
    return mergeTrees(trees);
  }
  if (value.kind !== 'attrs' && value.kind !== 'lambda') return OPEN;
  const { tree, hidden } = readWhole(cx, value, specialArgs);
  return hidden ? OPEN : tree;
}

/** Reads the options of a module whose files no caller follows. */
function readWhole(
  cx: Evaluation,
  module: Lazy,
  specialArgs: ArgumentLookup,
): { readonly tree: OptionTree; readonly hidden: boolean } {
  const value = cx.force(module);
  const set = value.kind === 'lambda' ? cx.apply(value, moduleArguments(value, specialArgs), null) : value;
  if (set.kind !== 'attrs') return { tree: OPEN, hidden: true };
  const options = set.entries.get('options');
  const tree =
    options === undefined
      ? EMPTY
      : readTree(cx, options.value, null, inner => submoduleTree(cx, inner, specialArgs));
  const hidden =
    set.open !== null ||
    set.entries.has('freeformType') ||
    set.entries.has('imports') ||
    set.patterns.length > 0;
  return { tree, hidden };
}

/** Returns the options that `mkRenamedOptionModule [ "a" "b" ] …` and similar functions declare. */
function renamedTrees(cx: Evaluation, value: UnknownValue): OptionTree[] {
  let first: Lazy | null = null;
  for (let at = value; at.term?.kind === 'apply'; at = at.term.fn) first = at.term.arg;
  const list = first === null ? null : cx.force(first);
  if (list?.kind !== 'list') return [OPEN];
  const path: string[] = [];
  for (const item of list.items) {
    const text = item.kind === 'spread' ? undefined : scalarOf(cx.force(item));
    if (typeof text !== 'string') return [OPEN];
    path.push(text);
  }
  const option = {
    type: ANY,
    description: null,
    fallback: null,
    hasDefault: true,
    readOnly: false,
    at: null,
  };
  const leaf: OptionTree = { options: new Map(), declared: [option], open: false };
  return [
    path.reduceRight<OptionTree>(
      (below, name) => ({ options: new Map([[name, below]]), declared: [], open: false }),
      leaf,
    ),
  ];
}
