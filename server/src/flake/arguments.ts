/**
 * Arguments that the fleet's own flake hands to all modules: `specialArgs`, `extraSpecialArgs`, `_module.args`.
 * With them, helper functions that modules take as arguments are understood like any other.
 */

import { isExtendedLibrary, unknownArgument } from '../modules/modules.ts';
import { certain } from '../modules/read.ts';
import { BudgetExceeded } from '../nix/eval/budget.ts';
import { isClosed, perhaps, unknown } from '../nix/eval/construct.ts';
import { type Evaluation, withBudget } from '../nix/eval/evaluation.ts';
import { lazyKey } from '../nix/eval/identity.ts';
import { fileScope } from '../nix/eval/scopes.ts';
import { thunk } from '../nix/eval/thunks.ts';
import type { Lazy, Value } from '../nix/eval/value.ts';
import { type NamePath, walk } from '../nix/eval/walk.ts';
import type { SourceFile } from '../nix/source.ts';
import { addToList } from '../std.ts';
import { CALL_NAMES, calledName, frameworkValue } from './frameworks/calls.ts';
import { systemsIn } from './frameworks/layout.ts';

/** An argument and the files that give it. */
interface SharedArgument {
  readonly value: Lazy;
  readonly files: readonly string[];
}

const GIVES =
  /\bblueprint\b|\bsnowfall\b|\bflakelight\b|\bspecialArgs\b|\bextraSpecialArgs\b|(?<=\b_module\.)args\b|\b_module\b/g;

/** Arguments that the module system or a service gives itself, or that mean the flake, whatever is given under that name. */
const RESERVED = new Set([
  'self',
  'inputs',
  'config',
  'options',
  'pkgs',
  'name',
  'settings',
  'instanceName',
  'machine',
  'roles',
  'instances',
]);

/** Steps allowed for finding the arguments that one file gives. */
const STEPS = 100_000;

/** Any of those words. Asked of every file: a look behind would be tried at every character. */
const MAY_GIVE = /\b(?:blueprint|snowfall|flakelight|specialArgs|extraSpecialArgs|_module)\b/;

export function mayGiveArguments(text: string): boolean {
  return MAY_GIVE.test(text);
}

/** Arguments by name: all that are given under one, to whichever module. */
type Arguments = ReadonlyMap<string, readonly Lazy[]>;

/** The arguments that a file gives to modules. */
export interface FileArguments {
  /** To modules of all machines of a clan. */
  readonly clan: Arguments;
  /** To modules of machines that are made otherwise, and of flakes. */
  readonly system: Arguments;
  /** To modules of home-manager alone. */
  readonly home: Arguments;
  /** What is given with `_module.args`: known only once all modules are. */
  readonly late: readonly LateArgument[];
  /** The names of what is given with `specialArgs` and its kin: known before. Null if there may be any. */
  readonly early: ReadonlySet<string> | null;
}

export const NO_ARGUMENTS: FileArguments = {
  clan: new Map(),
  system: new Map(),
  home: new Map(),
  late: [],
  early: new Set(),
};

export function readArguments(cx: Evaluation, file: SourceFile): FileArguments {
  const clan = new Map<string, Lazy[]>();
  const system = new Map<string, Lazy[]>();
  const home = new Map<string, Lazy[]>();
  const late = new Map<string, LateArgument>();
  const early = new Set<string>();
  let isEarlyKnown = true;
  const words = [...file.text.matchAll(GIVES)].map(match => match.index);
  withBudget(cx, STEPS, () =>
    walk(
      cx,
      file.root,
      { scope: fileScope(cx, file), path: null, conditional: false },
      {
        enter(expr, { scope }) {
          if (expr.kind === 'apply' && CALL_NAMES.test(calledName(expr))) {
            const made = withBudget(cx, STEPS, () => frameworkCall(cx, cx.evaluate(expr, scope)));
            if (Array.isArray(made)) addSystems(cx, made, system, early);
          }
          return words.some(word => expr.start <= word && word < expr.end);
        },
        parameter: (name, lambda) => unknownArgument(name, file.path, lambda.start),
        binding({ state, value }) {
          if (!isArguments(state.path)) return;
          const isHome = state.path?.name?.text === 'extraSpecialArgs';
          const fileArguments = isHome ? home : isOfClan(state.path) ? clan : system;
          const argument = value();
          addArguments(cx, argument, fileArguments);
          const names = namesIn(cx, argument);
          if (state.path?.name?.text === 'args')
            for (const name of names ?? []) late.set(name, { name, file: file.path });
          else if (names === null) isEarlyKnown = false;
          else for (const name of names) early.add(name);
        },
      },
    ),
  );
  return { clan, system, home, late: [...late.values()], early: isEarlyKnown ? early : null };
}

/** Adds to what a file gives what the systems are given that a framework makes for it. */
export function withSystems(
  cx: Evaluation,
  fileArguments: FileArguments,
  systems: readonly Value[],
): FileArguments {
  const system = new Map([...fileArguments.system].map(([name, values]) => [name, [...values]]));
  const early = new Set(fileArguments.early);
  addSystems(cx, systems, system, early);
  return { ...fileArguments, system, early: fileArguments.early === null ? null : early };
}

function frameworkCall(cx: Evaluation, value: Value): readonly Value[] {
  const made = value.kind === 'unknown' ? frameworkValue(cx, value) : null;
  return made === null ? [] : systemsIn(cx, made);
}

function addSystems(
  cx: Evaluation,
  systems: readonly Value[],
  argumentsByName: Map<string, Lazy[]>,
  early: Set<string>,
): void {
  for (const system of systems) {
    const term = system.kind === 'unknown' ? system.term : null;
    const args = term?.kind === 'apply' ? cx.force(term.arg) : null;
    const specialArgs = args?.kind === 'attrs' ? certain(args, 'specialArgs') : null;
    if (specialArgs === null) continue;
    addArguments(cx, specialArgs.value, argumentsByName);
    for (const name of namesIn(cx, specialArgs.value) ?? []) early.add(name);
  }
}

function addArguments(cx: Evaluation, specialArgs: Lazy, argumentsByName: Map<string, Lazy[]>): void {
  const set = withBudget(cx, STEPS, () => cx.force(specialArgs));
  if (set instanceof BudgetExceeded || set.kind !== 'attrs') return;
  for (const [name, entry] of set.entries) {
    if (entry.optional || RESERVED.has(name) || isHandedOn(cx, name, entry.value)) continue;
    const value = name === 'lib' ? libraryOf(cx, entry.value) : entry.value;
    if (value === null) continue;
    addToList(argumentsByName, name, value);
  }
}

/** Returns the names of a set, those that it perhaps has among them, or `null` if there may be more. */
function namesIn(cx: Evaluation, specialArgs: Lazy): readonly string[] | null {
  const set = withBudget(cx, STEPS, () => cx.force(specialArgs));
  if (set instanceof BudgetExceeded || set.kind !== 'attrs' || !isClosed(set)) return null;
  return [...set.entries.keys()];
}

/**
 * Returns the library that a file gives, or `null` if it is less than that of nixpkgs or not known: it takes nothing
 * away from what is known of `lib` everywhere.
 */
function libraryOf(cx: Evaluation, lazy: Lazy): Lazy | null {
  const value = withBudget(cx, STEPS, () => cx.resolve(cx.force(lazy)));
  return !(value instanceof BudgetExceeded) && isExtendedLibrary(value) ? value : null;
}

/** Returns whether a module only hands on an argument of its own, which says nothing new of it. */
function isHandedOn(cx: Evaluation, name: string, lazy: Lazy): boolean {
  const value = withBudget(cx, STEPS, () => cx.force(lazy));
  if (value instanceof BudgetExceeded || value.kind !== 'unknown') return false;
  return value.term?.kind === 'root' && value.term.name === name;
}

/** `clan.specialArgs`, and what clan's own function is given. */
function isOfClan(path: NamePath | null): boolean {
  for (let at = path; at !== null; at = at.parent) if (at.name?.text === 'clan') return true;
  return false;
}

function isArguments(path: NamePath | null): boolean {
  const name = path?.name?.text;
  if (name === 'specialArgs' || name === 'extraSpecialArgs') return true;
  return name === 'args' && path?.parent?.name?.text === '_module';
}

/** What modules are given, by what they are modules of. */
export interface SharedArguments {
  readonly system: ReadonlyMap<string, SharedArgument>;
  readonly home: ReadonlyMap<string, SharedArgument>;
  /** Of a file that may be either. */
  readonly any: ReadonlyMap<string, SharedArgument>;
  /** What `_module.args` gives and nothing else, as far as is known. */
  readonly late: readonly LateArgument[];
  /** True if some are given another configuration than their own. */
  readonly replacesConfig: boolean;
}

export function shareArguments(cx: Evaluation, byFile: ReadonlyMap<string, FileArguments>): SharedArguments {
  const joined = (kinds: readonly ('clan' | 'system' | 'home')[]) =>
    joinArguments(
      cx,
      [...byFile].flatMap(([file, fileArguments]) =>
        kinds.map((kind): [string, Arguments] => [file, fileArguments[kind]]),
      ),
    );
  const [clan, other, home] = [joined(['clan']), joined(['system']), joined(['home'])];
  const system = new Map([...home, ...other, ...clan]);
  const any = joined(['clan', 'system', 'home']);
  const files = [...byFile.values()];
  const isEarly = (name: string) => files.some(({ early }) => early?.has(name) === true);
  const late = files.some(({ early }) => early === null)
    ? []
    : files.flatMap(file => file.late).filter(({ name }) => !isEarly(name));
  return { system, home: new Map([...system, ...home]), any, late, replacesConfig: isEarly('config') };
}

/** Remembers who was given what, to tell whose answer would be another one now. */
export interface AskedArguments {
  /**
   * Answers by name; a file is not given what it gives itself.
   * @param used hears of the asker and of each file that gives what it got
   */
  answering(
    kind: 'any' | 'system',
    shared: ReadonlyMap<string, SharedArgument>,
    used: (asker: string, file: string) => void,
  ): (name: string, asker: string) => Lazy | null;
  forget(asker: string): void;
  /** Files that asked for what other files give now. */
  stale(shared: SharedArguments): string[];
}

export function createAskedArguments(): AskedArguments {
  /** By kind and name: who asked, and the files that gave it then. */
  const asked = new Map<string, { readonly askers: Set<string>; readonly givers: string }>();
  const giversOf = (argument: SharedArgument | undefined) => argument?.files.join('\0') ?? '';
  return {
    answering: (kind, shared, used) => (name, asker) => {
      if (RESERVED.has(name)) return null;
      const argument = shared.get(name);
      const key = `${kind} ${name}`;
      const answered = asked.get(key);
      if (answered === undefined) asked.set(key, { askers: new Set([asker]), givers: giversOf(argument) });
      else answered.askers.add(asker);
      if (argument === undefined || argument.files.includes(asker)) return null;
      for (const file of argument.files) used(asker, file);
      return argument.value;
    },
    forget(asker) {
      for (const { askers } of asked.values()) askers.delete(asker);
    },
    stale(shared) {
      const names = new Set<string>();
      for (const [key, { askers, givers }] of asked) {
        const [kind = '', name = ''] = key.split(' ');
        if (giversOf(shared[kind as 'any' | 'system'].get(name)) === givers) continue;
        for (const asker of askers) names.add(asker);
        asked.delete(key);
      }
      return [...names];
    },
  };
}

/**
 * Joins what files give. Where several files give a name in different ways, it is not known which one a module
 * gets: then each is a candidate.
 */
function joinArguments(
  cx: Evaluation,
  byFile: readonly (readonly [file: string, given: Arguments])[],
): Map<string, SharedArgument> {
  const byName = new Map<string, { readonly file: string; readonly value: Lazy }[]>();
  for (const [file, values] of byFile)
    for (const [name, several] of values) {
      const sameName = byName.get(name) ?? [];
      byName.set(name, sameName);
      for (const value of several) sameName.push({ file, value });
    }
  const joined = new Map<string, SharedArgument>();
  for (const [name, several] of byName) {
    const values = [...new Set(several.map(argument => argument.value))];
    if (name === 'lib' && values.length > 1) continue;
    joined.set(name, {
      files: [...new Set(several.map(argument => argument.file))],
      value: values.length === 1 ? (values[0] as Lazy) : thunk(() => cx.force(oneOf(cx, name, values))),
    });
  }
  return joined;
}

/** Returns the value that all give, or an unknown that may be any of them. */
function oneOf(cx: Evaluation, name: string, values: readonly Lazy[]): Lazy {
  const [first, ...others] = values as [Lazy, ...Lazy[]];
  const key = sameKey(cx, first);
  if (key !== null && others.every(other => sameKey(cx, other) === key)) return first;
  const why = unknown(`the argument \`${name}\``, `argument ${name}`, null, { kind: 'root', name });
  return perhaps(why, values, null);
}

/** Two values with one key come out of the same expression, with nothing but their callers to tell them apart. */
function sameKey(cx: Evaluation, lazy: Lazy): string | null {
  const value = withBudget(cx, STEPS, () => cx.resolve(cx.force(lazy)));
  if (value instanceof BudgetExceeded || value.kind === 'failure') return null;
  if (value.kind === 'unknown') return value.candidates === null ? `? ${value.key}` : null;
  return lazyKey(value);
}

/** An argument that a file gives to modules with `_module.args`. */
export interface LateArgument {
  readonly name: string;
  readonly file: string;
}
