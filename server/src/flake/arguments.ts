/**
 * Collects the arguments that the fleet's own flake passes to all modules through `specialArgs`, `extraSpecialArgs`
 * and `_module.args`, so that helper functions passed this way are evaluated like any other.
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

/** A module argument and the files that provide it. */
interface SharedArgument {
  readonly value: Lazy;
  readonly files: readonly string[];
}

const GIVES =
  /\bblueprint\b|\bsnowfall\b|\bflakelight\b|\bspecialArgs\b|\bextraSpecialArgs\b|(?<=\b_module\.)args\b|\b_module\b/g;

/**
 * Arguments that the module system or a service provides itself, or that refer to the flake. A file's own definition
 * of such a name is ignored.
 */
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

/** Evaluation steps allowed for finding the arguments that one file provides. */
const STEPS = 100_000;

/** Matches any of the words of `GIVES`. It runs on every file, and a lookbehind would be tried at every character. */
const MAY_GIVE = /\b(?:blueprint|snowfall|flakelight|specialArgs|extraSpecialArgs|_module)\b/;

export function mayGiveArguments(text: string): boolean {
  return MAY_GIVE.test(text);
}

/** The values that are provided under each name, for any module. */
type Arguments = ReadonlyMap<string, readonly Lazy[]>;

/** The arguments that a file provides to modules. */
export interface FileArguments {
  /** Arguments for the modules of all machines of a clan. */
  readonly clan: Arguments;
  /** Arguments for flake modules, and for modules of machines that are built in another way. */
  readonly system: Arguments;
  /** Arguments for modules of home-manager only. */
  readonly home: Arguments;
  /** Arguments from `_module.args`, which are only known once all modules are. */
  readonly late: readonly LateArgument[];
  /**
   * The names provided with `specialArgs` and its siblings, which are known before any module is evaluated; `null` if
   * there may be any.
   */
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

/** Adds the arguments of the systems that a framework builds for a file. */
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
    if (entry.optional || RESERVED.has(name) || passesThrough(cx, name, entry.value)) continue;
    const value = name === 'lib' ? libraryOf(cx, entry.value) : entry.value;
    if (value === null) continue;
    addToList(argumentsByName, name, value);
  }
}

/** Returns the names in a set, including optional ones, or `null` if there may be more. */
function namesIn(cx: Evaluation, specialArgs: Lazy): readonly string[] | null {
  const set = withBudget(cx, STEPS, () => cx.force(specialArgs));
  if (set instanceof BudgetExceeded || set.kind !== 'attrs' || !isClosed(set)) return null;
  return [...set.entries.keys()];
}

/**
 * Returns the library that a file provides, or `null` if it is unknown or lacks parts of nixpkgs' own. A library that
 * extends nixpkgs' hides nothing that is known of `lib` elsewhere.
 */
function libraryOf(cx: Evaluation, lazy: Lazy): Lazy | null {
  const value = withBudget(cx, STEPS, () => cx.resolve(cx.force(lazy)));
  return !(value instanceof BudgetExceeded) && isExtendedLibrary(value) ? value : null;
}

/** Returns whether a module only passes on its own argument of this name, which adds no information. */
function passesThrough(cx: Evaluation, name: string, lazy: Lazy): boolean {
  const value = withBudget(cx, STEPS, () => cx.force(lazy));
  if (value instanceof BudgetExceeded || value.kind !== 'unknown') return false;
  return value.term?.kind === 'root' && value.term.name === name;
}

/** Matches `clan.specialArgs` and the arguments of clan's own function. */
function isOfClan(path: NamePath | null): boolean {
  for (let at = path; at !== null; at = at.parent) if (at.name?.text === 'clan') return true;
  return false;
}

function isArguments(path: NamePath | null): boolean {
  const name = path?.name?.text;
  if (name === 'specialArgs' || name === 'extraSpecialArgs') return true;
  return name === 'args' && path?.parent?.name?.text === '_module';
}

/** The arguments that modules are given, by the kind of module. */
export interface SharedArguments {
  readonly system: ReadonlyMap<string, SharedArgument>;
  readonly home: ReadonlyMap<string, SharedArgument>;
  /** Arguments for a file that may be a module of either kind. */
  readonly any: ReadonlyMap<string, SharedArgument>;
  /** Arguments that, as far as is known, only `_module.args` provides. */
  readonly late: readonly LateArgument[];
  /** True if some modules are given a `config` other than their own. */
  readonly replacesConfig: boolean;
  /** True if some modules are given, or may be given, a package set before there is a configuration. */
  readonly mayGivePackages: boolean;
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
  const mayBeEarly = files.some(({ early }) => early === null);
  const late = mayBeEarly ? [] : files.flatMap(file => file.late).filter(({ name }) => !isEarly(name));
  return {
    system,
    home: new Map([...system, ...home]),
    any,
    late,
    replacesConfig: isEarly('config'),
    mayGivePackages: mayBeEarly || isEarly('pkgs'),
  };
}

/**
 * Records which file asked for which argument, to find the files whose answers have changed. One that does not ask any more
 * is found once too often at most.
 */
export interface AskedArguments {
  /**
   * Returns a lookup of arguments by name. A file is never given the arguments that it provides itself.
   * @param used called with the asking file and each file that provides the argument
   */
  answering(
    kind: 'any' | 'system',
    shared: ReadonlyMap<string, SharedArgument>,
    used: (asker: string, file: string) => void,
  ): (name: string, asker: string) => Lazy | null;
  /** Returns the files that asked for an argument that different files provide now. */
  stale(shared: SharedArguments): string[];
}

export function createAskedArguments(): AskedArguments {
  /** The files that asked, by kind and name, and the files that provided the argument at that time. */
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
 * Joins the arguments of all files. If several files provide a name with different values, it is unknown which one a
 * module gets, and each is a candidate.
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

/** Returns the value if all are the same, otherwise an unknown with all of them as candidates. */
function oneOf(cx: Evaluation, name: string, values: readonly Lazy[]): Lazy {
  const [first, ...others] = values as [Lazy, ...Lazy[]];
  const key = sameKey(cx, first);
  if (key !== null && others.every(other => sameKey(cx, other) === key)) return first;
  const why = unknown(`the argument \`${name}\``, `argument ${name}`, null, { kind: 'root', name });
  return perhaps(why, values, null);
}

/**
 * Returns a key that two values share if they come from the same expression and differ at most in their callers, or
 * `null` for a value without such a key.
 */
function sameKey(cx: Evaluation, lazy: Lazy): string | null {
  const value = withBudget(cx, STEPS, () => cx.resolve(cx.force(lazy)));
  if (value instanceof BudgetExceeded || value.kind === 'failure') return null;
  if (value.kind === 'unknown') return value.candidates === null ? `? ${value.key}` : null;
  return lazyKey(value);
}

/** An argument that a file passes to modules with `_module.args`. */
export interface LateArgument {
  readonly name: string;
  readonly file: string;
}
