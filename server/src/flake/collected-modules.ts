/**
 * Follows the modules of a flake from `flake.nix` on, by queries: a file is read again when it, or something that it was
 * evaluated from, changes.
 */

import { mergedValue } from '../modules/merged.ts';
import { type ArgumentLookup, moduleArguments } from '../modules/modules.ts';
import { BudgetExceeded } from '../nix/eval/budget.ts';
import { attr, attrs, symbol } from '../nix/eval/construct.ts';
import { type Evaluation, withBudget } from '../nix/eval/evaluation.ts';
import { noteFile } from '../nix/eval/file-changes.ts';
import type { AttrsValue } from '../nix/eval/value.ts';
import { type Database, type Query, query } from '../query/database.ts';
import { sameItems } from '../std.ts';
import { definitionsAt, type FlakeDefinitions } from './flake-definitions.ts';
import {
  type FileModules,
  type FlakeModules,
  type FlakeOutputs,
  type FlakeSet,
  flakeOutputs,
  type ImportedFramework,
  ROOT,
  readFlakeModules,
} from './flake-modules.ts';

/** The part of a database's context that queries about the flake need. */
export interface FlakeContext {
  /** Null until there are values of the flake. */
  flake: FlakeSources | null;
}

export interface FlakeSources {
  readonly cx: Evaluation;
  readonly argumentsFor: (file: string) => ArgumentLookup;
  /** Called when a file has used a definition of another file. */
  readonly used: (asker: string, file: string) => void;
}

/** The evaluation steps allowed for following definitions to one path. */
const STEPS = 200_000;

function sourcesOf({ context }: Database): FlakeSources {
  return (context as FlakeContext).flake as FlakeSources;
}

const OUTPUTS = query<null, FlakeOutputs | null>('flake', database => {
  noteFile(database, ROOT);
  return flakeOutputs(sourcesOf(database).cx);
});

/** The arguments that the flake gives to all of its modules; null if there are none. */
const SPECIAL = query<null, AttrsValue | null>('arguments of the flake', database => {
  const outputs = OUTPUTS(database, null);
  return outputs?.kind === 'parts' ? outputs.special : null;
});

const IN_FILE = query<string, FileModules>('modules of the flake', (database, file) => {
  noteFile(database, file);
  const { cx, argumentsFor } = sourcesOf(database);
  const outputs = file === ROOT ? OUTPUTS(database, null) : null;
  const module = () => (outputs?.kind === 'parts' ? outputs.module : cx.importFile(file, null));
  return readFlakeModules(cx, file, module, {
    lookup: argumentsFor(file),
    special: SPECIAL(database, null),
  });
});

const COLLECTED = query<null, FlakeModules>('all modules of the flake', database => {
  const outputs = OUTPUTS(database, null);
  const none = { options: [], frameworks: [] };
  if (outputs === null) return { isParts: false, sets: [], files: new Set(), complete: false, ...none };
  if (outputs.kind === 'outputs') {
    const sets = [{ file: ROOT, set: outputs.set, conditions: [] }];
    return { isParts: false, sets, files: new Set([ROOT]), complete: true, ...none };
  }
  const files = new Set([ROOT]);
  const all: FileModules[] = [];
  for (const file of files) {
    const modules = IN_FILE(database, file);
    all.push(modules);
    for (const imported of modules.imports) files.add(imported);
  }
  return {
    isParts: true,
    sets: all.flatMap(({ sets }) => sets),
    options: all.flatMap(({ options }) => options),
    files,
    complete: all.every(({ complete }) => complete),
    frameworks: all.flatMap(({ frameworks }) => frameworks),
  };
});

/** The outputs made by the frameworks that the flake imports, in the form of definitions of modules. */
export const FRAMEWORK_SETS = query<null, readonly FlakeSet[]>('sets of frameworks', database => {
  const flake = COLLECTED(database, null);
  return flake.frameworks.flatMap(imported => frameworkSet(sourcesOf(database), flake, imported) ?? []);
});

/** The modules of the flake, with the outputs that frameworks make from them. */
export const FLAKE_MODULES = query<null, FlakeModules>('flake with frameworks', database => {
  const flake = COLLECTED(database, null);
  return { ...flake, sets: [...flake.sets, ...FRAMEWORK_SETS(database, null)] };
});

export type FlakeTraits = Pick<FlakeModules, 'isParts' | 'complete' | 'options'>;

/** The facts about the flake that decide, beside the definitions at a path, which value it has. */
export const FLAKE_TRAITS: Query<null, FlakeTraits> = query(
  'traits of the flake',
  database => {
    const { isParts, complete, options } = FLAKE_MODULES(database, null);
    return { isParts, complete, options };
  },
  {
    equals: (left, right) =>
      left.isParts === right.isParts &&
      left.complete === right.complete &&
      sameItems(left.options, right.options),
  },
);

/** The definitions at a path, whose names are joined by `\0`; null if they take too long to find. */
export const DEFINITIONS: Query<string, FlakeDefinitions | null> = query(
  'definitions of the flake',
  (database, path) => {
    const { cx } = sourcesOf(database);
    const flake = FLAKE_MODULES(database, null);
    const definitions = withBudget(cx, STEPS, () => definitionsAt(cx, flake, path.split('\0')));
    return definitions instanceof BudgetExceeded ? null : definitions;
  },
  {
    equals: (left, right) =>
      left === null || right === null
        ? left === right
        : left.unclear === right.unclear &&
          sameItems(left.files, right.files) &&
          sameItems(left.definitions, right.definitions),
  },
);

/** Returns the outputs that a framework makes from the options of a flake; null if they are unknown. */
function frameworkSet(
  { cx, used }: FlakeSources,
  flake: FlakeModules,
  { framework, file }: ImportedFramework,
): FlakeSet | null {
  const result = withBudget(cx, STEPS, () => {
    const read = framework.options.map(option => definitionsAt(cx, flake, [option]));
    const definitions = read.flatMap(of => of.definitions);
    for (const other of read.flatMap(({ files }) => files)) if (other !== file) used(file, other);
    const [what = ''] = framework.options;
    const isComplete = flake.complete && !read.some(({ unclear }) => unclear);
    const more = isComplete ? null : symbol(what, `there may be more of \`${what}\``);
    if (definitions.length === 0) return framework.make(cx, attrs(new Map(), null, more));
    const merged = mergedValue(cx, definitions, { what, isModules: false, more });
    // An option that is a submodule may be defined by a function.
    const config =
      merged.kind === 'lambda'
        ? cx.apply(
            merged,
            moduleArguments(merged, () => null),
            null,
          )
        : merged;
    return config.kind === 'attrs' ? framework.make(cx, config) : null;
  });
  if (result === null || result instanceof BudgetExceeded) return null;
  const set = attrs(new Map([['flake', attr(result, null)]]), null);
  return { file, set, conditions: [] };
}
