/** nixpkgs `lib.attrsets`: attributes by path, and selections of attributes by a predicate or a list of names. */
import { asAttrs, asList, asString, holeIn, nameString, type Stop, stop } from '../builtins/arguments.ts';
import { patternName } from '../builtins/attr-parts.ts';
import { because, type Result } from '../builtins/define.ts';
import { wholeList } from '../builtins/list-parts.ts';
import { attr, attrs, bool, boundedAttrs, failure, perhaps } from '../eval/construct.ts';
import type {
  Attr,
  BuiltinContext,
  Lazy,
  Origin,
  PatternAttr,
  StringValue,
  UnknownValue,
  Value,
} from '../eval/value.ts';

function namesIn(cx: BuiltinContext, lazy: Lazy, at: Origin | null): StringValue[] | Stop {
  const path = asList(cx, lazy, at);
  if (path.kind !== 'list') return path;
  const items = wholeList(path);
  if ('kind' in items) return items;
  const names: StringValue[] = [];
  for (const item of items) {
    const name = asString(cx, item, at);
    if (name.kind !== 'string') return name;
    if (name.text === null) return holeIn(name);
    names.push(name);
  }
  return names;
}

/** Evaluates `attrByPath path fallback set`. Without a fallback, a missing attribute is a failure. */
export function attrByPath(
  cx: BuiltinContext,
  path: Lazy,
  fallback: Lazy | null,
  set: Lazy,
  at: Origin | null,
): Result {
  const names = namesIn(cx, path, at);
  if (!Array.isArray(names)) return stop(names as Stop);
  let value = cx.resolve(set);
  for (const name of names) {
    if (value.kind === 'failure') return value;
    if (fallback === null) {
      value = cx.select(value, name, name.origin ?? at);
      continue;
    }
    const has: boolean | null =
      value.kind === 'attrs' || value.kind === 'unknown' ? cx.hasAttribute(value, name, null) : false;
    if (has === null) return maybe(cx, value, names.slice(names.indexOf(name)), fallback, at);
    const next = cx.select(value, name, name.origin, fallback);
    if (!has) return cx.resolve(fallback);
    value = next;
  }
  return value;
}

/**
 * Selects from the step on at which it is unknown whether the attribute exists: the result is the attribute or the
 * fallback.
 */
function maybe(
  cx: BuiltinContext,
  set: Value,
  names: readonly StringValue[],
  fallback: Lazy,
  at: Origin | null,
): Value {
  let value = set;
  for (const next of names)
    value = cx.select(value, next, value.kind === 'unknown' ? next.origin : null, fallback);
  if (value.kind !== 'unknown') return value;
  return perhaps(value, [value, fallback], at, 'attrByPath');
}

export function hasAttrByPath(cx: BuiltinContext, path: Lazy, set: Lazy, at: Origin | null): Result {
  const names = namesIn(cx, path, at);
  if (!Array.isArray(names)) return stop(names as Stop);
  let value = cx.resolve(set);
  for (const [index, name] of names.entries()) {
    if (value.kind === 'failure') return value;
    const has =
      value.kind === 'attrs' || value.kind === 'unknown' ? cx.hasAttribute(value, name, name.origin) : false;
    if (has === false) return bool(false, at);
    if (has === null) {
      const why = value.kind === 'unknown' ? value : unsure(value, name);
      askForRest(cx, value, names.slice(index));
      return because(why);
    }
    if (index < names.length - 1) value = cx.select(value, name, null);
  }
  return bool(true, at);
}

/** Tests the rest of a path, so that traces contain all of it, as with `?`. */
function askForRest(cx: BuiltinContext, set: Value, names: readonly StringValue[]): void {
  let value = set;
  for (const [index, name] of names.entries()) {
    if (index > 0 && value.kind === 'unknown') cx.hasAttribute(value, name, name.origin);
    value = cx.select(value, name, null);
  }
}

function unsure(set: Value, name: StringValue): UnknownValue {
  if (set.kind === 'attrs' && set.open !== null) return set.open;
  const reason = `whether there is an attribute \`${name.text ?? ''}\``;
  return { kind: 'unknown', reason, key: reason, term: null, candidates: null, origin: name.origin };
}

export function setAttrByPath(cx: BuiltinContext, path: Lazy, value: Lazy, at: Origin | null): Result {
  const names = namesIn(cx, path, at);
  if (!Array.isArray(names)) return stop(names as Stop);
  let result = value;
  for (const name of names.reverse())
    result = attrs(new Map([[name.text as string, attr(result, name.origin ?? at)]]), at);
  return cx.resolve(result);
}

/** Keeps the attributes that satisfy the predicate. If it is unknown, the attribute is optional. */
export function filterAttrs(cx: BuiltinContext, predicate: Lazy, lazy: Lazy, at: Origin | null): Result {
  const set = asAttrs(cx, lazy, at);
  if (set.kind !== 'attrs') return stop(set);
  const entries = new Map<string, Attr>();
  const patterns: PatternAttr[] = [];
  let { open } = set;
  const decide = (name: Lazy, entry: Attr): boolean | null => {
    cx.step();
    const answer = cx.applyAll(predicate, [name, entry.value], at);
    if (answer.kind === 'bool') return answer.value;
    if (answer.kind === 'unknown') return null;
    const failed = answer.kind === 'failure' ? answer : failure('type', 'the predicate gives no Boolean', at);
    open ??= cx.tolerate(failed);
    return false;
  };
  for (const [name, entry] of set.entries) {
    const keep = decide(nameString(name, entry.at), entry);
    if (keep !== false) entries.set(name, keep === null ? { ...entry, optional: true } : entry);
  }
  for (const pattern of set.patterns) {
    const keep = decide(patternName(pattern), pattern);
    if (keep !== false) patterns.push(keep === null ? { ...pattern, optional: true } : pattern);
  }
  return boundedAttrs(attrs(entries, at, open, patterns), set.bounded === true && open === set.open);
}

/** Evaluates `getAttrs names set`, in which each name must exist. */
export function getAttrs(cx: BuiltinContext, names: Lazy, lazy: Lazy, at: Origin | null): Result {
  const wanted = namesIn(cx, names, at);
  if (!Array.isArray(wanted)) return stop(wanted as Stop);
  const set = asAttrs(cx, lazy, at);
  if (set.kind === 'failure') return set;
  const entries = new Map<string, Attr>();
  for (const name of wanted) {
    const place =
      set.kind === 'attrs' ? (set.entries.get(name.text as string)?.at ?? name.origin) : name.origin;
    const value = cx.delay(() => cx.select(set, name, name.origin ?? at));
    entries.set(name.text as string, attr(value, place));
  }
  return attrs(entries, at);
}
