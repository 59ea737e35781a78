/**
 * What `self.lib.f`, `config.flake.hosts` or an option of the flake's own modules stands for: the definitions that the
 * files of the flake give, joined. Evaluation asks where it cannot go on with a symbol. Keeps which file asked for
 * what, so that an edit reaches those that used a value, and no others.
 */

import { mergedValue } from '../modules/merged.ts';
import { outputPath, selectionPath } from '../modules/module-references.ts';
import type { Given } from '../modules/modules.ts';
import { BudgetExceeded } from '../nix/eval/budget.ts';
import { attr, attrs, symbol } from '../nix/eval/construct.ts';
import { type Evaluation, withBudget } from '../nix/eval/evaluation.ts';
import { unrecorded } from '../nix/eval/trace.ts';
import type { Lazy, UnknownValue, Value } from '../nix/eval/value.ts';
import { sameItems } from '../std.ts';
import { definitionsAt } from './flake-definitions.ts';
import {
  collectFlakeModules,
  type FlakeModuleCache,
  type FlakeModules,
  type FlakeSet,
  flakeConfig,
  ROOT,
} from './flake-modules.ts';
import { ofOwnOption } from './flake-own-options.ts';

export interface FlakeValues {
  /** The value that a symbol stands for; null where it is not known, or is none of the flake's. */
  resolve(value: UnknownValue): Value | null;
  /** The configuration as the outermost function of a file sees it; null for a file that is no module of the flake. */
  configOf(file: string): Lazy | null;
  /** What frameworks make of the flake's options, by file that imports them. The same objects as long as they stand. */
  made(): readonly FlakeSet[];
  /** Files have changed: what was read of them is dropped. */
  forget(path: string): void;
  /** Looks at what has changed. Files whose values may now come from other files than before. */
  stale(): readonly string[];
}

export interface FlakeValuesOptions {
  readonly given: (file: string) => Given;
  /** True unless the file belongs to another flake: what it calls `self` is something else. */
  readonly isOwn: (file: string) => boolean;
  /** Hears that a file used what another one defines. */
  readonly used: (asker: string, file: string) => void;
}

/** A path that was asked for. */
interface Asked {
  readonly path: readonly string[];
  readonly askers: Set<string>;
  files: readonly string[];
  /** Undefined until it is asked for again. */
  value: Value | null | undefined;
}

/** Steps allowed for following the modules' definitions to one path. */
const STEPS = 200_000;
/** Outputs that hold modules, several of which are joined to one. */
const MODULES = /^(m|.*M)odules$/;
/** Outputs that clan-core's and other known modules add to. */
const SHARED =
  /^(nixosConfigurations|darwinConfigurations|homeConfigurations|clan|clanInternals|packages|legacyPackages|checks|apps|devShells|formatter|overlays)$/;

/** Outputs that hold machines. */
const SYSTEMS = /^(nixos|darwin)Configurations$/;

export function createFlakeValues(cx: Evaluation, options: FlakeValuesOptions): FlakeValues {
  const cache: FlakeModuleCache = new Map();
  const asked = new Map<string, Asked>();
  let modules: FlakeModules | null = null;
  /** Of the same modules. */
  let made: readonly FlakeSet[] = [];
  let isCollecting = false;
  let isStale = false;
  const running = new Set<string>();
  /** Files of which it was asked whether they are modules of the flake, and the answer. */
  const members = new Map<string, boolean>();

  function isModule(file: string): boolean {
    const flake = flakeModules();
    return flake?.isParts === true && flake.files.has(file);
  }

  /** Null while it is being collected: what asks then is what has to be known first. */
  function flakeModules(): FlakeModules | null {
    if (modules !== null || isCollecting) return modules;
    isCollecting = true;
    try {
      // Whoever asks a traced question asks for something else.
      modules = unrecorded(cx, () => {
        const collected = collectFlakeModules(cx, options.given, cache);
        made = madeOf(cx, collected, options.used);
        return { ...collected, sets: [...collected.sets, ...made] };
      });
    } finally {
      isCollecting = false;
    }
    return modules;
  }

  function valueAt(one: Asked, flake: FlakeModules): Value | null {
    const found = withBudget(cx, STEPS, () => definitionsAt(cx, flake, one.path));
    if (found instanceof BudgetExceeded) return null;
    one.files = found.files;
    if (found.definitions.length === 0) return null;
    const what = one.path.join('.');
    const isOutput = !flake.isParts || one.path[0] === 'flake';
    const name = one.path[flake.isParts ? 1 : 0] ?? '';
    const isComplete = flake.complete && !found.unclear && !(flake.isParts && isOutput && SHARED.test(name));
    const more = isComplete ? null : symbol(what, `there may be more of \`${what}\``);
    if (isOutput) {
      const isModules = one.path.some(step => MODULES.test(step));
      const value = mergedValue(cx, found.definitions, { what, isModules, more });
      // A machine is a symbol all its life: what it is made of is what can be asked of it.
      return value.kind === 'unknown' && !SYSTEMS.test(name) ? null : value;
    }
    return ofOwnOption(cx, flake, one.path, found.definitions);
  }

  return {
    resolve(value) {
      const path = pathOf(value);
      const asker = value.origin?.file.path;
      if (path === null || asker === undefined || !options.isOwn(asker)) return null;
      const flake = flakeModules();
      if (flake === null) return null;
      const full = path.isOutput && flake.isParts ? ['flake', ...path.names] : path.names;
      if (!path.isOutput && !flake.isParts) return null;
      const key = full.join('\0');
      if (running.has(key)) return null;
      let one = asked.get(key);
      if (one === undefined) {
        one = { path: full, askers: new Set(), files: [], value: undefined };
        asked.set(key, one);
      }
      if (one.value === undefined) {
        running.add(key);
        try {
          one.value = valueAt(one, flake);
        } finally {
          running.delete(key);
        }
      }
      if (!one.askers.has(asker)) {
        one.askers.add(asker);
        for (const file of one.files) if (file !== asker) options.used(asker, file);
      }
      return one.value;
    },
    configOf(file) {
      const is = isModule(file);
      members.set(file, is);
      return is ? flakeConfig : null;
    },
    made: () => (flakeModules() === null ? [] : made),
    forget(path) {
      for (const one of asked.values()) one.askers.delete(path);
      members.delete(path);
      // Files that lead to a module of the flake are forgotten together with it.
      if (!cache.delete(path) && path !== ROOT && modules !== null) return;
      isStale = true;
      modules = null;
      for (const one of asked.values()) if (one.files.includes(path)) one.value = undefined;
    },
    stale() {
      if (!isStale || (asked.size === 0 && members.size === 0)) return [];
      isStale = false;
      const flake = flakeModules();
      const found = new Set<string>();
      for (const [file, was] of members) if (isModule(file) !== was) found.add(file);
      for (const file of found) members.delete(file);
      for (const [key, one] of asked) {
        const read = flake === null ? null : withBudget(cx, STEPS, () => definitionsAt(cx, flake, one.path));
        const files = read === null || read instanceof BudgetExceeded ? [] : read.files;
        if (sameItems(files, one.files)) continue;
        for (const asker of one.askers) found.add(asker);
        asked.delete(key);
      }
      return [...found];
    },
  };
}

/** The outputs that the frameworks make whose modules the flake imports, as modules of the flake would say them. */
function madeOf(cx: Evaluation, flake: FlakeModules, used: FlakeValuesOptions['used']): FlakeSet[] {
  return flake.frameworks.flatMap(({ framework, file }) => {
    const found = withBudget(cx, STEPS, () => {
      const read = framework.options.map(option => definitionsAt(cx, flake, [option]));
      const definitions = read.flatMap(one => one.definitions);
      for (const other of read.flatMap(one => one.files)) if (other !== file) used(file, other);
      const [what = ''] = framework.options;
      const isComplete = flake.complete && !read.some(one => one.unclear);
      const more = isComplete ? null : symbol(what, `there may be more of \`${what}\``);
      if (definitions.length === 0) return framework.make(cx, attrs(new Map(), null, more));
      const config = mergedValue(cx, definitions, { what, isModules: false, more });
      return config.kind === 'attrs' ? framework.make(cx, config) : null;
    });
    if (found === null || found instanceof BudgetExceeded) return [];
    const set = attrs(new Map([['flake', attr(found, null)]]), null);
    return [{ file, set, conditions: [] }];
  });
}

/** The path that an unknown was selected by, below the flake's outputs or below its own configuration. */
function pathOf(
  value: UnknownValue,
): { readonly names: readonly string[]; readonly isOutput: boolean } | null {
  let root: UnknownValue = value;
  while (root.term?.kind === 'select') root = root.term.of;
  if (root === value || root.term?.kind !== 'root' || value.candidates !== null) return null;
  const { name } = root.term;
  if (name !== 'self' && name !== 'config' && name !== 'inputs') return null;
  const path = selectionPath(value);
  if (path === null || path.includes('')) return null;
  const output = outputPath(path);
  if (output !== null) return { names: output, isOutput: true };
  return root === flakeConfig || root.key === flakeConfig.key
    ? { names: path.slice(1), isOutput: false }
    : null;
}
