/**
 * Merges several definitions of an option as the module system does, as far as this is possible without the option's
 * type: sets are joined, modules are imported together, and of other values the strongest counts. Knows values only.
 */

import { attr, attrs, list, perhaps, unknown } from '../nix/eval/construct.ts';
import type { Evaluation } from '../nix/eval/evaluation.ts';
import { thunk } from '../nix/eval/thunks.ts';
import type { Attr, AttrsValue, Lazy, Origin, UnknownValue, Value } from '../nix/eval/value.ts';
import { addToList } from '../std.ts';
import { type Definition, definitionsOf } from './read.ts';

/** Sets with these attributes are modules, and are merged by their importer. */
const MODULE_KEYS = ['imports', 'config', 'options', '_class', '_file'];

/**
 * Returns the merged value of an option.
 * @param definitions at least one, unwrapped
 * @param option the option's name, for the reason and key of unknown values; whether it may hold modules; and the
 * reason why there may be further definitions, or `null` if there are none
 */
export function mergedValue(cx: Evaluation, definitions: readonly Definition[], option: Option): Value {
  const { what, more } = option;
  const [first, ...others] = definitions as [Definition, ...Definition[]];
  const all = definitions.map(definition => definition.value);
  if (all.every(isPlainSet)) return mergedSets(cx, definitions, option);
  const isSure = definitions.every(definition => !definition.conditional);
  if (isSure && option.isModules && all.every(isModule)) return modulesOf(all, more);
  if (others.length === 0 && isSure) return first.value;
  const strongest = Math.min(...definitions.map(definition => definition.priority));
  const winners = definitions.filter(definition => definition.priority === strongest);
  const [winner] = winners;
  if (winner !== undefined && winners.length === 1 && !winner.conditional && more === null)
    return winner.value;
  const why = more ?? unknown(`the value of \`${what}\``, `merged ${what}`, first.value.origin);
  return perhaps(why, all, first.value.origin, `merged ${what}`);
}

export interface Option {
  readonly what: string;
  readonly isModules: boolean;
  readonly more: UnknownValue | null;
}

function isPlainSet(value: Value): value is AttrsValue {
  return value.kind === 'attrs' && !MODULE_KEYS.some(key => value.entries.has(key));
}

function isModule(value: Value): boolean {
  return value.kind === 'attrs' || value.kind === 'lambda' || value.kind === 'path';
}

/** Combines modules from several places into one that imports all of them. */
function modulesOf(modules: readonly Value[], more: UnknownValue | null): Value {
  const [only] = modules;
  if (modules.length === 1 && only !== undefined && more === null) return only;
  const origin = modules[0]?.origin ?? null;
  const items = more === null ? modules : [...modules, { kind: 'spread' as const, of: more }];
  return attrs(new Map([['imports', attr(list(items, origin), origin)]]), origin);
}

function mergedSets(
  cx: Evaluation,
  definitions: readonly Definition[],
  { what, isModules, more }: Option,
): AttrsValue {
  const byName = new Map<string, { readonly lazy: Lazy; readonly at: Origin | null; optional: boolean }[]>();
  let open = more;
  for (const { value, conditional } of definitions) {
    const set = value as AttrsValue;
    open ??= set.open;
    for (const [name, entry] of set.entries) {
      const merged = { lazy: entry.value, at: entry.at, optional: entry.optional || conditional };
      addToList(byName, name, merged);
    }
  }
  const entries = new Map<string, Attr>();
  for (const [name, several] of byName) {
    const [only] = several;
    const optional = several.every(definition => definition.optional);
    const value =
      several.length === 1 && only !== undefined
        ? only.lazy
        : thunk(() => {
            const inner = several.flatMap(part =>
              definitionsOf(cx, part.lazy).map(
                definition =>
                  ({ ...definition, conditional: definition.conditional || part.optional }) as const,
              ),
            );
            return mergedValue(cx, inner, { what: `${what}.${name}`, isModules, more: null });
          });
    entries.set(name, attr(value, only?.at ?? null, optional));
  }
  const patterns = definitions.flatMap(({ value }) => (value as AttrsValue).patterns);
  return attrs(entries, definitions[0]?.value.origin ?? null, open, patterns);
}

/** Returns a set whose entries' values are transformed lazily. */
export function mapEntries(cx: Evaluation, set: AttrsValue, change: (value: Value) => Value): AttrsValue {
  const entries = new Map<string, Attr>();
  for (const [name, entry] of set.entries)
    entries.set(name, { ...entry, value: thunk(() => change(cx.force(entry.value))) });
  return { ...set, entries };
}
