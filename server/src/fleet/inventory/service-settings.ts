/**
 * Evaluates the `settings` that a service module gets: the inventory's, with the defaults of the service's own
 * interface. Only certain settings are values; others are unknown, with their possible values as candidates.
 */

import { moduleSets } from '../../modules/clan-modules.ts';
import { selectionPath } from '../../modules/module-references.ts';
import type { ArgumentLookup } from '../../modules/modules.ts';
import { certain, type Definition, definitionsOf, member, unwrap } from '../../modules/read.ts';
import { attr, attrs, isClosed, list, perhaps, unknown } from '../../nix/eval/construct.ts';
import type { Evaluation } from '../../nix/eval/evaluation.ts';
import { thunk } from '../../nix/eval/thunks.ts';
import type { Attr, AttrsValue, Lazy, ListValue, Spread, UnknownValue, Value } from '../../nix/eval/value.ts';

/** The options of a service's interface, as sets of declarations by name. */
export interface Interface {
  readonly options: readonly AttrsValue[];
  /** False if there may be options that are not listed. */
  readonly complete: boolean;
}

const UNREAD: Interface = { options: [], complete: false };

/** Reads `roles.<role>.interface`; `module` is null for a role without one. */
export function readInterface(cx: Evaluation, module: Lazy | null, specialArgs: ArgumentLookup): Interface {
  if (module === null) return UNREAD;
  const { sets, gap } = moduleSets(cx, module, specialArgs);
  const options: AttrsValue[] = [];
  let complete = gap === null;
  for (const { set, conditional } of sets) {
    const entry = certain(set, 'options');
    if (conditional || set.entries.has('freeformType') || set.entries.has('config')) complete = false;
    if (entry === null) continue;
    const value = cx.force(entry.value);
    if (value.kind === 'attrs') options.push(value);
    if (value.kind !== 'attrs' || !isClosed(value)) complete = false;
  }
  return { options, complete };
}

/**
 * Returns the settings as a service module sees them.
 * @param lazies all definitions: the role's and the machine's
 */
export function settingsValue(
  cx: Evaluation,
  roleInterface: Interface,
  lazies: readonly Lazy[],
  what: string,
): Lazy {
  return thunk(() => merged(cx, roleInterface, lazies, `settings of ${what}`));
}

/** Merges the declarations and the definitions of one level of options. */
function merged(
  cx: Evaluation,
  { options: declared, complete }: Interface,
  lazies: readonly Lazy[],
  what: string,
): Value {
  const definitions = lazies.flatMap(lazy => definitionsOf(cx, lazy));
  const sets = definitions.flatMap(({ value, conditional }) =>
    value.kind === 'attrs' ? [{ set: value, conditional }] : [],
  );
  const allKnown =
    sets.length === definitions.length && sets.every(set => !set.conditional && isClosed(set.set));
  const names = new Set([
    ...declared.flatMap(set => [...set.entries.keys()]),
    ...sets.flatMap(set => [...set.set.entries.keys()]),
  ]);
  const why = unknown(what, `${what}:${names.size}`, null);
  const entries = new Map<string, Attr>();
  for (const name of names) {
    const options = declared.flatMap(set => set.entries.get(name) ?? []);
    const values = sets.flatMap(set => {
      const entry = set.set.entries.get(name);
      return entry === undefined ? [] : [{ entry, sure: !set.conditional && !entry.optional }];
    });
    const inner = `${what}.${name}`;
    const sure = allKnown && values.every(({ sure: isSure }) => isSure);
    const value = thunk(() =>
      option(
        cx,
        { options, complete, what: inner },
        values.map(({ entry }) => entry.value),
        sure,
      ),
    );
    entries.set(name, attr(value, values[0]?.entry.at ?? options[0]?.at ?? null));
  }
  return attrs(entries, sets[0]?.set.origin ?? null, complete && allKnown ? null : why);
}

/** The declarations of one name in the interface. */
interface Declarations {
  readonly options: readonly Attr[];
  /** False if the level may declare further options. */
  readonly complete: boolean;
  /** The path of the option, for reasons of unknown values. */
  readonly what: string;
}

/** Returns the value of one option, or of a set of options. */
function option(
  cx: Evaluation,
  { options, complete, what }: Declarations,
  lazies: readonly Lazy[],
  sure: boolean,
): Value {
  const why = unknown(what, what, null);
  const declared = options.map(candidate => cx.force(candidate.value));
  const sets = declared.filter(value => value.kind === 'attrs');
  if (sets.length !== declared.length) return guess(why, lazies);
  const isOption = sets.some(set => set.entries.has('_type'));
  if (sets.length > 0 && !isOption) return merged(cx, { options: sets, complete }, lazies, what);
  const [only] = sets;
  if (sets.length > 1 || only?.entries.has('apply')) return guess(why, lazies);
  if (lazies.length === 0) {
    const fallback = only === undefined ? null : certain(only, 'default');
    if (fallback === null) return why;
    return sure ? unwrap(cx, fallback.value).value : perhaps(why, [fallback.value], null);
  }
  const type = only === undefined ? null : member(cx, only, 'type');
  return sure ? joined(cx, lazies, type, why) : guess(why, lazies);
}

function guess(why: UnknownValue, lazies: readonly Lazy[]): Value {
  return lazies.length === 0 ? why : perhaps(why, lazies, null);
}

/** Merges the definitions of one option as its type does. */
function joined(cx: Evaluation, lazies: readonly Lazy[], type: Value | null, why: UnknownValue): Value {
  const definitions = strongest(lazies.flatMap(lazy => definitionsOf(cx, lazy)));
  const values = definitions.map(definition => definition.value);
  const [first] = values;
  if (first === undefined || definitions.some(definition => definition.conditional) || converts(cx, type))
    return guess(why, lazies);
  if (values.every(value => value.kind === 'list')) {
    const items = values.flatMap(value => (value.kind === 'list' ? openedItems(cx, value, why) : []));
    return list(items, first.origin);
  }
  const sets = values.filter(value => value.kind === 'attrs');
  if (sets.length === values.length) {
    // A submodule may add attributes; `attrsOf` has only the names that are set.
    const names = isAttrsOf(cx, type) ? null : why;
    return widened(cx, sets, names, why);
  }
  // Whatever the type, a single definition is the value. How two are merged depends on the unknown type.
  return values.length === 1 ? first : guess(why, lazies);
}

/**
 * Returns the definitions that may take effect: certain ones of the highest priority, and conditional ones of that
 * priority or a higher one.
 */
function strongest(definitions: readonly Definition[]): readonly Definition[] {
  const possible = definitions.filter(({ never }) => !never);
  const certainly = possible.filter(({ conditional }) => !conditional).map(({ priority }) => priority);
  const priority = Math.min(...certainly);
  return possible.filter(definition => definition.priority <= priority);
}

/** Merges sets attribute by attribute. Values inside may have further attributes. */
function widened(
  cx: Evaluation,
  sets: readonly AttrsValue[],
  open: UnknownValue | null,
  why: UnknownValue,
): Value {
  const entries = new Map<string, Attr>();
  for (const set of sets)
    for (const [name, entry] of set.entries) {
      const before = entries.get(name);
      if (before === undefined) entries.set(name, { ...entry, value: opened(cx, entry.value, why) });
      else entries.set(name, attr(perhaps(why, [before.value, entry.value], null), before.at));
    }
  const hidden = sets.find(set => set.open !== null)?.open ?? null;
  const patterns = sets.flatMap(set => set.patterns);
  return attrs(entries, sets[0]?.origin ?? null, open ?? hidden, patterns);
}

/** Marks that submodules may have added attributes to a value. */
function opened(cx: Evaluation, lazy: Lazy, why: UnknownValue): Lazy {
  return thunk(() => {
    const value = cx.force(lazy);
    if (value.kind === 'attrs') return widened(cx, [value], why, why);
    return value.kind === 'list' ? list(openedItems(cx, value, why), value.origin) : value;
  });
}

function openedItems(cx: Evaluation, { items }: ListValue, why: UnknownValue): (Lazy | Spread)[] {
  return items.map(item => (item.kind === 'spread' ? item : opened(cx, item, why)));
}

function isAttrsOf(cx: Evaluation, type: Value | null): boolean {
  const fn = typeFunction(type);
  if (fn === 'nullOr' && type?.kind === 'unknown' && type.term?.kind === 'apply')
    return isAttrsOf(cx, cx.force(type.term.arg));
  return fn === 'attrsOf' || fn === 'lazyAttrsOf';
}

/** Returns whether the type converts what is set, as `coercedTo` does. */
function converts(cx: Evaluation, type: Value | null): boolean {
  let at = type;
  for (let depth = 0; depth < 4 && at?.kind === 'unknown' && at.term?.kind === 'apply'; depth++) {
    if (typeFunction(at) === 'coercedTo') return true;
    at = cx.force(at.term.arg);
  }
  return false;
}

/** Returns the name of the `lib.types` function that made a type. */
function typeFunction(type: Value | null): string | null {
  if (type?.kind !== 'unknown') return null;
  let at: UnknownValue = type;
  while (at.term?.kind === 'apply') at = at.term.fn;
  return selectionPath(at)?.at(-1) ?? null;
}
