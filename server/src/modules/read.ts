/** Reads plain facts from values. Each function returns `null` for what is unknown. */
import { display } from '../nix/eval/construct.ts';

import type { Evaluation } from '../nix/eval/evaluation.ts';
import type {
  Attr,
  AttrsValue,
  Lazy,
  ListValue,
  StringValue,
  UnknownValue,
  Value,
} from '../nix/eval/value.ts';

/** A name as the model shows it, and how precisely it is known. */
export interface ReadName {
  readonly name: string;
  readonly kind: NameKind;
}

export function readName(value: StringValue, literal: boolean): ReadName {
  if (value.text === null) return { name: display(value), kind: 'pattern' };
  return { name: value.text, kind: literal ? 'literal' : 'resolved' };
}

/** Returns the attribute of a set, or `null` if the set may not have it. */
export function certain(set: AttrsValue, name: string): Attr | null {
  const entry = set.entries.get(name);
  return entry === undefined || entry.optional ? null : entry;
}

/** Returns the value of an attribute, or `null` if the set may not have it. */
export function member(cx: Evaluation, set: AttrsValue, name: string): Value | null {
  const entry = certain(set, name);
  return entry === null ? null : cx.force(entry.value);
}

export function readBool(cx: Evaluation, lazy: Lazy): boolean | null {
  const value = cx.force(lazy);
  return value.kind === 'bool' ? value.value : null;
}

export function readText(cx: Evaluation, lazy: Lazy): string | null {
  const value = cx.force(lazy);
  return value.kind === 'string' ? value.text : null;
}

/** One definition of an option, without the wrapping `mkIf`, `mkForce` and so on. */
export interface Definition {
  readonly value: Value;
  /** True under a condition that is not known to hold. */
  readonly conditional: boolean;
  /** True under a condition that is known not to hold: the definition is written, but has no effect. */
  readonly never: boolean;
  /** Priority in the module system: 100 unless `mkForce` (50), `mkDefault` (1000) or `mkOverride` sets another. */
  readonly priority: number;
}

/**
 * Removes `mkIf`, `mkForce`, `mkDefault`, `mkOverride` and `mkOrder` around a value, and returns their effect with
 * it.
 */
export function unwrap(cx: Evaluation, lazy: Lazy): Definition {
  let value = cx.force(lazy);
  let conditional = false;
  let never = false;
  let priority = 100;
  for (let i = 0; i < 16; i++) {
    if (value.kind !== 'attrs') break;
    const type = member(cx, value, '_type');
    const content = certain(value, 'content');
    if (type?.kind !== 'string' || content === null) break;
    if (type.text === 'if') {
      const condition = member(cx, value, 'condition');
      if (condition?.kind !== 'bool' || !condition.value) conditional = true;
      if (condition?.kind === 'bool' && !condition.value) never = true;
    } else if (type.text === 'override') {
      const priorityValue = member(cx, value, 'priority');
      if (priorityValue?.kind === 'int') priority = Number(priorityValue.value);
    } else if (type.text !== 'order') break;
    value = cx.force(content.value);
  }
  return { value, conditional, never, priority };
}

/** Returns the definitions that `mkMerge` joins, each unwrapped. A plain value is its own only definition. */
export function definitionsOf(cx: Evaluation, lazy: Lazy): readonly Definition[] {
  const outer = unwrap(cx, lazy);
  if (outer.value.kind !== 'attrs') return [outer];
  const type = member(cx, outer.value, '_type');
  const contents = certain(outer.value, 'contents');
  if (type?.kind !== 'string' || type.text !== 'merge' || contents === null) return [outer];
  const list = cx.force(contents.value);
  if (list.kind === 'unknown') return perhapsMerged(cx, list, outer);
  if (list.kind !== 'list') return [{ ...outer, value: list }];
  return merged(cx, list, outer);
}

function merged(cx: Evaluation, list: ListValue, outer: Definition): readonly Definition[] {
  return list.items.flatMap(item =>
    item.kind === 'spread'
      ? perhapsMerged(cx, item.of, outer)
      : definitionsOf(cx, item).map(definition => ({
          value: definition.value,
          conditional: definition.conditional || outer.conditional,
          never: definition.never || outer.never,
          priority: outer.priority === 100 ? definition.priority : outer.priority,
        })),
  );
}

/**
 * Returns the definitions that a list of unknown length may have: those of its possible items and, unless these are
 * all, the unknown list itself.
 */
function perhapsMerged(
  cx: Evaluation,
  of: UnknownValue,
  outer: Definition,
  depth = 0,
): readonly Definition[] {
  const perhaps: Definition = { ...outer, conditional: true };
  const definitions: Definition[] = [];
  let isAll = of.candidates !== null && of.bounded === true;
  for (const candidate of of.candidates ?? []) {
    const list = cx.speculate(candidate);
    if (list.kind === 'list') definitions.push(...merged(cx, list, perhaps));
    else if (list.kind === 'unknown' && depth < MAX_LISTS)
      definitions.push(...perhapsMerged(cx, list, perhaps, depth + 1));
    else if (list.kind === 'unknown') isAll = false;
  }
  return isAll ? definitions : [...definitions, { ...perhaps, value: of }];
}

/** The depth to which candidates are followed that are unknown lists themselves. */
const MAX_LISTS = 8;

/** Whether a name is a literal, computed to a single text, or only known as a pattern with holes. */
export type NameKind = 'literal' | 'resolved' | 'pattern';
