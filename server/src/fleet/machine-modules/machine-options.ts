/**
 * Evaluates options on one machine as far as its modules prove them: `mkIf config.my.web.enable` is decided by a
 * definition, or by the option's default if all modules are known and none defines it. Modules are read again with
 * these answers; the results are shared by machines with the same answers.
 */

import type {
  Fields,
  Names,
  OptionDefinition,
  OptionStatement,
  Plain,
} from '../../modules/module-options.ts';
import { BudgetExceeded } from '../../nix/eval/budget.ts';
import {
  attr,
  attrs,
  bool,
  int,
  list,
  nullValue,
  path,
  string,
  unknown,
  unknownSelect,
} from '../../nix/eval/construct.ts';
import { speculating } from '../../nix/eval/cycles.ts';
import { type Evaluation, withBudget } from '../../nix/eval/evaluation.ts';
import { unrecorded } from '../../nix/eval/trace.ts';
import type { Attr, Lazy, UnknownValue, Value } from '../../nix/eval/value.ts';
import { counter, sortedUnique } from '../../std.ts';
import { HELPER_DEFAULTS } from '../generators/helper-options.ts';
import type { Asked, Settled } from './settled.ts';

/** The options of a machine, as far as they can be determined. */
export interface MachineOptions {
  /** Returns the value of an option; undefined if unknown. */
  answer(path: readonly string[]): Plain | undefined;
}

/** The options of a machine for callers outside of the fixpoint. */
export interface AskedOptions {
  /** The value that the machine's modules prove; undefined if unknown. */
  readonly option: (path: readonly string[]) => Plain | undefined;
  /** True if certainly none of the known modules sets the option. */
  readonly isUnset: (path: readonly string[]) => boolean;
}

/** The evaluation steps allowed for one question about one option. */
const STEPS = 100_000;
/** The depth of options that depend on each other. */
const MAX_NESTING = 12;

const nextNumber = counter();

/**
 * Computes a result with the configuration of a machine, unless it was computed with the same answers before.
 * @param results the results so far; the new one is added
 */
export function settledFor<T>(
  cx: Evaluation,
  machine: MachineOptions,
  results: Settled<T>,
  compute: (config: Lazy) => T,
): T {
  const before = results.find(path => keyOf(machine.answer(path)));
  if (before !== null) return before.value;
  const asked = new Map<string, Asked>();
  const name = `config@${nextNumber()}`;
  const config: UnknownValue = { ...CONFIG, key: name };
  const { settle } = cx;
  cx.settle = value => {
    const path = pathBelow(value, name) ?? platformPath(value);
    if (path === null || !isWorthAsking(path)) return settle === null ? null : settle(value);
    const answer = machine.answer(path);
    asked.set(path.join('\0'), { path, answer: keyOf(answer) });
    return answer === undefined ? null : nixValue(answer, value);
  };
  try {
    // A surrounding traced question does not concern these selections.
    const result = unrecorded(cx, () => compute(config));
    results.keep([...asked.values()], result);
    return result;
  } finally {
    cx.settle = settle;
  }
}

const CONFIG: UnknownValue = {
  kind: 'unknown',
  reason: 'the configuration, which only the module system knows',
  key: 'config@',
  term: { kind: 'root', name: 'config' },
  candidates: null,
  origin: null,
};

/** Returns the names by which a value was selected from the configuration with the key, or `null` for other values. */
function pathBelow(value: UnknownValue, key: string): string[] | null {
  const names: string[] = [];
  let at = value;
  for (; at.term?.kind === 'select'; at = at.term.of) {
    const { text } = at.term.name;
    if (text === null) return null;
    names.unshift(text);
  }
  return at.key === key ? names : null;
}

/** The first name of paths that stand for attributes of the package set's platform. */
export const PACKAGES = '<pkgs>';

/** Returns the path of `pkgs.stdenv.isLinux`, `pkgs.stdenv.hostPlatform.system` and the like; null for other values. */
function platformPath(value: UnknownValue): string[] | null {
  const path = pathBelow(value, 'pkgs');
  return path?.[0] === 'stdenv' && path.length > 1 ? [PACKAGES, ...path] : null;
}

/** Returns false for clan's own options, which the workspace does not declare. */
function isWorthAsking(path: readonly string[]): boolean {
  if (path.length < 2) return false;
  return path[0] !== 'clan' || path[1] !== 'core' || path.join('.') === MACHINE_NAME.join('.');
}

export const MACHINE_NAME = ['clan', 'core', 'settings', 'machine', 'name'] as const;

function keyOf(answer: Plain | undefined): string {
  return answer === undefined ? '' : JSON.stringify(answer);
}

function isList(plain: Plain): plain is readonly Plain[] {
  return Array.isArray(plain);
}

function isNames(plain: Plain): plain is Names {
  return typeof plain === 'object' && plain !== null && 'names' in plain;
}

/** Returns the Nix value of data. Attributes of a set are created on demand. */
function nixValue(plain: Plain, at: UnknownValue): Value {
  const { origin } = at;
  if (plain === null) return nullValue(origin);
  if (typeof plain === 'boolean') return bool(plain, origin);
  if (typeof plain === 'number')
    return Number.isSafeInteger(plain) ? int(BigInt(plain), origin) : unknown(at.reason, at.key, origin);
  if (typeof plain === 'string') return string(plain, origin);
  if (isList(plain))
    return list(
      plain.map(item => nixValue(item, at)),
      origin,
    );
  if ('path' in plain) return path(plain.path, origin);
  const entries = new Map<string, Attr>();
  if ('fields' in plain) {
    for (const [name, value] of Object.entries(plain.fields))
      entries.set(name, attr(nixValue(value, at), origin));
    // Options of a submodule may have further defaults.
    return attrs(entries, origin, unknown(at.reason, `${at.key}${nextNumber()}`, origin));
  }
  for (const name of plain.names) entries.set(name, attr(unknownSelect(at, name, origin), origin));
  return attrs(entries, origin);
}

/** A source of statements about options. */
export interface OptionSource {
  /** Returns the statements of each module of the machine, and whether the machine certainly has the module. */
  says(
    path: readonly string[],
    machine: MachineOptions,
  ): readonly { readonly says: OptionStatement; readonly sure: boolean }[];
  /** True if all modules of the machine are known. */
  readonly complete: boolean;
  /** Returns values that are known besides the modules. */
  readonly known: (path: readonly string[]) => Plain | undefined;
}

/** Returns the options of one machine. */
export function machineOptions(cx: Evaluation, source: OptionSource): MachineOptions {
  const answers = new Map<string, Plain | undefined>();
  /** Options being answered, each with the index of the first one in this list that its answer depends on. */
  const running: { readonly key: string; waitsFor: number }[] = [];
  /** Options that stay unknown while the option at the index in `running` is being answered. */
  const waiting = new Map<string, number>();

  /** Marks that the options behind an index depend on the one at the index, so that they are unknown only for now. */
  function waitFor(place: number): undefined {
    for (const frame of running.slice(place + 1)) frame.waitsFor = Math.min(frame.waitsFor, place);
  }

  const machine: MachineOptions = {
    answer(path) {
      const key = path.join('\0');
      if (answers.has(key)) return answers.get(key);
      const again = waiting.get(key) ?? running.findIndex(entry => entry.key === key);
      if (again >= 0) return waitFor(again);
      const place = running.length;
      if (place >= MAX_NESTING) {
        // The options may be known if asked for from elsewhere.
        for (const [i, entry] of running.entries()) entry.waitsFor = Math.min(entry.waitsFor, i - 1);
        return undefined;
      }
      const frame = { key, waitsFor: place };
      running.push(frame);
      const result = withBudget(cx, STEPS, () => speculating(cx, () => joined(source, path, machine)));
      running.pop();
      for (const [waitingKey, until] of waiting) if (until >= place) waiting.delete(waitingKey);
      const answer = result instanceof BudgetExceeded || result === null ? undefined : result.answer;
      if (answer !== undefined || frame.waitsFor === place) answers.set(key, answer);
      else if (frame.waitsFor >= 0) waiting.set(key, frame.waitsFor);
      return answer;
    },
  };
  return machine;
}

interface Joined {
  readonly answer: Plain | undefined;
}

const NOT_KNOWN: Joined = { answer: undefined };
/** The priority of a definition without `mkForce` and the like. */
const USUAL = 100;
const DEFAULT = 1500;

function joined(source: OptionSource, path: readonly string[], machine: MachineOptions): Joined {
  const beside = source.known(path);
  if (path[0] === PACKAGES || path.join('.') === MACHINE_NAME.join('.')) return { answer: beside };
  const all = source.says(path, machine);
  const definitions: OptionDefinition[] = [];
  let { complete } = source;
  let isDeclared = false;
  let isMap = false;
  let items: Fields | null = null;
  for (const { says, sure } of all) {
    if (says.unclear) complete = false;
    for (const definition of says.definitions)
      definitions.push(sure ? definition : { ...definition, conditional: true });
    if (says.declared === null || !sure) continue;
    isDeclared = true;
    isMap ||= says.declared.isMap;
    items ??= says.declared.items;
    definitions.push({ value: says.declared.default, conditional: false, priority: DEFAULT });
  }
  const preset = isDeclared ? undefined : HELPER_DEFAULTS.get(path.join('.'));
  if (preset !== undefined) {
    isDeclared = true;
    definitions.push({ value: preset, conditional: false, priority: DEFAULT });
  }
  if (beside !== undefined && definitions.length === 0) return { answer: complete ? beside : undefined };
  const certain = definitions.filter(definition => !definition.conditional);
  const strongest = Math.min(...certain.map(definition => definition.priority));
  if (!Number.isFinite(strongest)) return NOT_KNOWN;
  const counting = definitions.filter(definition => definition.priority <= strongest);
  const values = counting.map(definition => definition.value);
  const [first] = values;
  if (first === undefined || values.includes(undefined)) return NOT_KNOWN;
  if ((strongest > USUAL || !isScalar(first)) && !complete) return NOT_KNOWN;
  // Modules of nixpkgs may also define an option that the workspace does not declare.
  if (!isDeclared && (strongest > USUAL || !isScalar(first))) return NOT_KNOWN;
  if (isScalar(first))
    return { answer: values.every(value => keyOf(value) === keyOf(first)) ? first : undefined };
  if (counting.some(definition => definition.conditional)) return NOT_KNOWN;
  const plain = values as readonly Plain[];
  if (isMap && plain.every(isNames)) {
    // A definition replaces the default instead of merging with it.
    const names = plain.flatMap(candidate => candidate.names);
    return { answer: { names: sortedUnique(names) } };
  }
  if (isMap || !plain.every(isList)) return NOT_KNOWN;
  const defaults = items;
  return { answer: plain.flat().map(item => (defaults === null ? item : withDefaults(item, defaults))) };
}

/** Returns an item of a list with defaults added for options that it does not set. */
function withDefaults(item: Plain, { fields }: Fields): Plain {
  if (typeof item !== 'object' || item === null || !('fields' in item)) return item;
  const hidden = new Set(item.hidden ?? []);
  const more = Object.entries(fields).filter(([name]) => !hidden.has(name) && !(name in item.fields));
  return { ...item, fields: { ...Object.fromEntries(more), ...item.fields } };
}

function isScalar(plain: Plain): boolean {
  return plain === null || typeof plain !== 'object' || 'path' in plain;
}
