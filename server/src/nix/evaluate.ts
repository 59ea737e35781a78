/**
 * The evaluator: expressions to values, lazily, with unknowns and failures as values.
 *
 * It follows Nix's own evaluation order, so that a cycle met here is a cycle in Nix. What it cannot know it says
 * so; a value that it claims is the value that Nix computes.
 */
import { type Group, groupOf, groupOfPath, type Member } from './bindings.ts';
import {
  attr,
  attrs,
  failure,
  float,
  int,
  list,
  originOf,
  perhaps,
  stringLiteral,
  thunk,
  typeName,
  unknown,
  unknownApply,
} from './construct.ts';
import { BudgetExceeded, type Evaluation, MAX_DEPTH } from './evaluation.ts';
import { applyLambda } from './functions.ts';
import { boundedKey, identity, lazyKey } from './identity.ts';
import { binary, unary } from './operators.ts';
import { pathText } from './paths.ts';
import { hasName, selectPath } from './select.ts';
import { dynamicName, interpolate } from './strings.ts';
import type { AttrName, Expr } from './syntax.ts';
import type {
  Attr,
  FailureValue,
  Lazy,
  Origin,
  PatternAttr,
  Scope,
  Thunk,
  UnknownValue,
  Value,
} from './value.ts';

/** Weak head normal form. */
export function force(cx: Evaluation, lazy: Lazy): Value {
  if (lazy.kind !== 'thunk') return lazy;
  if (lazy.state === 'done') return lazy.value as Value;
  if (lazy.state === 'running') return cycleFailure(cx, lazy);
  enter(cx);
  lazy.state = 'running';
  cx.running.push(lazy);
  let value: Value;
  try {
    value = lazy.compute !== null ? lazy.compute() : evaluate(cx, lazy.expr as Expr, lazy.scope as Scope);
  } catch (error) {
    // Given up on, not evaluated: another question with a fresh budget may try again.
    lazy.state = 'fresh';
    throw error;
  }
  cx.running.pop();
  cx.depth--;
  lazy.state = 'done';
  lazy.value = value;
  lazy.expr = null;
  lazy.scope = null;
  lazy.compute = null;
  return value;
}

/** Thrown where a cycle goes through a value that Nix would perhaps not look at; met by `speculate`. */
class SpeculativeCycle extends Error {}

/**
 * Asks what Nix would perhaps not evaluate here. A cycle met on the way is not an error then: half-evaluated
 * thunks are left as they were.
 * @returns null in that case
 */
export function speculating<T>(cx: Evaluation, question: () => T): T | null {
  const running = cx.running.length;
  const depth = cx.depth;
  cx.boundaries.push(running);
  try {
    return question();
  } catch (error) {
    if (!(error instanceof SpeculativeCycle)) throw error;
    cx.running.length = running;
    cx.depth = depth;
    return null;
  } finally {
    cx.boundaries.pop();
  }
}

/** See `BuiltinContext.speculate`. */
export function speculate(cx: Evaluation, lazy: Lazy): Value {
  if (lazy.kind !== 'thunk' || lazy.state === 'done') return force(cx, lazy);
  return (
    speculating(cx, () => force(cx, lazy)) ??
    unknown('a value that may need itself', `cycle(${lazyKey(lazy)})`, null)
  );
}

function enter(cx: Evaluation): void {
  if (++cx.depth > MAX_DEPTH) throw new BudgetExceeded('depth');
  if (--cx.stepsLeft < 0) throw new BudgetExceeded('steps');
}

function cycleFailure(cx: Evaluation, again: Thunk): FailureValue {
  const first = cx.running.lastIndexOf(again);
  if ((cx.boundaries.at(-1) ?? 0) > first) throw new SpeculativeCycle();
  const cycle: Origin[] = [];
  for (const step of cx.running.slice(first)) {
    if (step.expr !== null && step.scope !== null) cycle.push(originOf(step.expr, step.scope));
    else if (step.at !== null) cycle.push(step.at);
  }
  return failure('infinite-recursion', 'infinite recursion encountered', cycle[0] ?? null, cycle);
}

/** The expression in the scope, unevaluated; what is cheap or a mere name is not wrapped. */
export function delay(cx: Evaluation, expr: Expr, scope: Scope): Lazy {
  switch (expr.kind) {
    case 'int':
    case 'float':
    case 'lambda':
      return evaluate(cx, expr, scope);
    case 'string':
      return stringLiteral(expr, scope) ?? suspended(expr, scope);
    default:
      return suspended(expr, scope);
  }
}

/** Like `delay`, where the scope is complete: a variable is the binding itself. */
export function delayArgument(cx: Evaluation, expr: Expr, scope: Scope): Lazy {
  if (expr.kind === 'variable') {
    const found = lookupLexical(scope, expr.name);
    if (found !== null) return found;
  }
  return delay(cx, expr, scope);
}

function suspended(expr: Expr, scope: Scope): Thunk {
  return { kind: 'thunk', state: 'fresh', expr, scope, compute: null, at: null, value: null };
}

export function evaluate(cx: Evaluation, expr: Expr, scope: Scope): Value {
  switch (expr.kind) {
    case 'variable':
      return variable(cx, expr.name, expr, scope);
    case 'select':
      return selectPath(cx, expr, scope);
    case 'string':
      return stringLiteral(expr, scope) ?? interpolate(cx, expr.parts, scope, originOf(expr, scope));
    case 'apply':
      return apply(
        cx,
        evaluate(cx, expr.fn, scope),
        delayArgument(cx, expr.arg, scope),
        originOf(expr, scope),
      );
    case 'attrs':
      return attributeSet(cx, groupOf(expr.bindings, expr.recursive, expr), scope);
    case 'list':
      return list(
        expr.items.map(item => delayArgument(cx, item, scope)),
        originOf(expr, scope),
      );
    case 'lambda':
      return { kind: 'lambda', expr, scope, origin: originOf(expr, scope) };
    case 'let':
      return evaluate(cx, expr.body, letScope(cx, groupOf(expr.bindings, true, expr), scope));
    case 'if':
      return conditional(cx, expr, scope);
    case 'binary':
      return binary(cx, expr, scope);
    case 'unary':
      return unary(cx, expr, scope);
    case 'has-attr':
      return hasName(cx, expr, scope);
    case 'with': {
      const inner: Scope = {
        parent: scope,
        names: null,
        subject: delayArgument(cx, expr.scope, scope),
        file: scope.file,
        call: scope.call,
      };
      return evaluate(cx, expr.body, inner);
    }
    case 'assert':
      return assertion(cx, expr, scope);
    case 'path':
      return pathText(cx, expr.parts, scope, originOf(expr, scope));
    case 'search-path': {
      const origin = originOf(expr, scope);
      return unknown(`what \`<${expr.name}>\` points to`, `<${expr.name}>`, origin, {
        kind: 'root',
        name: `<${expr.name}>`,
      });
    }
    case 'int':
      return int(expr.value, originOf(expr, scope));
    case 'float':
      return float(expr.value, originOf(expr, scope));
    case 'error': {
      const origin = originOf(expr, scope);
      return unknown('text that is not valid Nix', `error@${scope.file.path}:${expr.start}`, origin);
    }
  }
}

/** A name in the lexical scopes, `with` left aside. */
export function lookupLexical(scope: Scope, name: string): Lazy | null {
  for (let at: Scope | null = scope; at !== null; at = at.parent) {
    const found = at.names?.get(name);
    if (found !== undefined) return found;
  }
  return null;
}

function variable(cx: Evaluation, name: string, at: Expr, scope: Scope): Value {
  const lexical = lookupLexical(scope, name);
  if (lexical !== null) return force(cx, lexical);
  return lookupWith(cx, name, at, scope);
}

/** Innermost `with` first; one that cannot be looked into may have the name, so the search ends there. */
function lookupWith(cx: Evaluation, name: string, at: Expr, scope: Scope): Value {
  const origin = originOf(at, scope);
  for (let inner: Scope | null = scope; inner !== null; inner = inner.parent) {
    if (inner.subject === null) continue;
    const subject = force(cx, inner.subject);
    if (subject.kind === 'unknown')
      return perhapsOuter(cx, cx.select(subject, name, origin), name, inner, origin);
    if (subject.kind === 'failure') return subject;
    if (subject.kind !== 'attrs')
      return failure('type', `value is ${typeName(subject)} while a set was expected`, origin);
    const has = cx.has(subject, name);
    if (has === true) return cx.select(subject, name, origin);
    if (has === null) return perhapsOuter(cx, cx.select(subject, name, origin), name, inner, origin);
  }
  if (name === '__curPos') return unknown('the position', `__curPos@${at.start}`, origin);
  return failure('undefined-variable', `undefined variable '${name}'`, origin);
}

export /** A name that the set of a `with` may have: if not, it is that of a `with` further out, if one certainly has it. */
function perhapsOuter(cx: Evaluation, value: Value, name: string, inner: Scope, origin: Origin): Value {
  if (value.kind !== 'unknown') return value;
  for (let outer = inner.parent; outer !== null; outer = outer.parent) {
    if (outer.subject === null) continue;
    const subject = cx.speculate(outer.subject);
    if (subject.kind !== 'attrs' || cx.has(subject, name) !== true) continue;
    const guess = thunk(() => cx.select(subject, name, origin));
    const key = boundedKey(`with(${value.key}|${identity(subject)})`);
    return { ...value, key, candidates: [...(value.candidates ?? []), guess] };
  }
  return value;
}

export function letScope(cx: Evaluation, group: Group, scope: Scope): Scope {
  const names = new Map<string, Lazy>();
  const inner: Scope = { parent: scope, names, subject: null, file: scope.file, call: scope.call };
  for (const [name, member] of memberValues(cx, group, inner, scope)) names.set(name, member);
  return inner;
}

/** The members of a group as lazy values. `inner` is where expressions are evaluated, `outer` where `inherit` looks. */
function* memberValues(cx: Evaluation, group: Group, inner: Scope, outer: Scope): Generator<[string, Lazy]> {
  // Nix refuses the whole file; here the first of them stands.
  for (const again of group.duplicates)
    cx.tolerate(failure('other', `attribute '${again.name}' already defined`, originOf(again, inner)));
  const sources = new Map<Expr, Lazy>();
  for (const member of group.members.values()) {
    if (member.group !== null) {
      const nested = member.group;
      yield [member.name, thunk(() => attributeSet(cx, nested, inner), originOf(nested, inner))];
    } else if (member.expr !== null) {
      yield [
        member.name,
        inner === outer ? delayArgument(cx, member.expr, inner) : delay(cx, member.expr, inner),
      ];
    } else if (member.inherit?.from != null) {
      const from = member.inherit.from;
      let source = sources.get(from);
      if (source === undefined) {
        source = delay(cx, from, inner);
        sources.set(from, source);
      }
      const subject = source;
      const at = originOf(member.at, inner);
      yield [member.name, thunk(() => cx.select(subject, member.name, at), at)];
    } else {
      const at = member.at;
      const name = member.name;
      yield [
        name,
        lookupLexical(outer, name) ??
          suspended({ kind: 'variable', name, start: at.start, end: at.end }, outer),
      ];
    }
  }
}

/** The value of a group of bindings. */
export function attributeSet(cx: Evaluation, group: Group, scope: Scope): Value {
  const origin = originOf(group, scope);
  const names = group.recursive ? new Map<string, Lazy>() : null;
  const inner: Scope =
    names === null ? scope : { parent: scope, names, subject: null, file: scope.file, call: scope.call };
  const entries = new Map<string, Attr>();
  for (const [name, value] of memberValues(cx, group, inner, scope)) {
    names?.set(name, value);
    entries.set(name, attr(value, originOf((group.members.get(name) as Member).at, scope)));
  }
  if (group.dynamics.length === 0) return attrs(entries, origin);
  return withDynamicNames(cx, group, inner, entries, origin);
}

function withDynamicNames(
  cx: Evaluation,
  group: Group,
  scope: Scope,
  entries: Map<string, Attr>,
  origin: Origin,
): Value {
  const patterns: PatternAttr[] = [];
  let open: UnknownValue | null = null;
  for (const member of group.dynamics) {
    const at = originOf(member.name, scope);
    const name = dynamicName(cx, member.name.expr, scope);
    if (name.kind === 'null') continue;
    const value = below(cx, member.rest, member.value, scope);
    if (name.kind === 'failure') return name;
    if (name.kind === 'unknown') open = name;
    else if (name.text === null) patterns.push({ name, value, at, optional: false });
    else if (entries.has(name.text))
      return failure('other', `dynamic attribute '${name.text}' already defined`, at);
    else entries.set(name.text, attr(value, at));
  }
  return attrs(entries, origin, open, patterns);
}

/** The value of `rest.of.path = expr`. */
function below(cx: Evaluation, rest: readonly AttrName[], expr: Expr, scope: Scope): Lazy {
  if (rest.length === 0) return delay(cx, expr, scope);
  const group = groupOfPath(rest, expr);
  return thunk(() => attributeSet(cx, group, scope), originOf(group, scope));
}

function conditional(cx: Evaluation, expr: Extract<Expr, { kind: 'if' }>, scope: Scope): Value {
  const condition = evaluate(cx, expr.condition, scope);
  if (condition.kind === 'bool') return evaluate(cx, condition.value ? expr.then : expr.otherwise, scope);
  if (condition.kind === 'failure') return condition;
  const origin = originOf(expr, scope);
  if (condition.kind === 'unknown')
    return perhaps(
      condition,
      [delayArgument(cx, expr.then, scope), delayArgument(cx, expr.otherwise, scope)],
      origin,
      'if',
    );
  return failure('type', `value is ${typeName(condition)} while a Boolean was expected`, origin);
}

function assertion(cx: Evaluation, expr: Extract<Expr, { kind: 'assert' }>, scope: Scope): Value {
  const condition = evaluate(cx, expr.condition, scope);
  if (condition.kind === 'failure') return condition;
  const origin = originOf(expr, scope);
  if (condition.kind === 'unknown') return perhaps(condition, [delayArgument(cx, expr.body, scope)], origin);
  if (condition.kind !== 'bool')
    return failure('type', `value is ${typeName(condition)} while a Boolean was expected`, origin);
  if (!condition.value) return failure('assert', 'assertion failed', originOf(expr.condition, scope));
  return evaluate(cx, expr.body, scope);
}

/** `fn arg`. A set with `__functor` is a function; one with `open` might be. */
export function apply(cx: Evaluation, fn: Value, arg: Lazy, at: Origin | null): Value {
  switch (fn.kind) {
    case 'lambda': {
      enter(cx);
      const value = applyLambda(cx, fn, arg, at);
      cx.depth--;
      return value;
    }
    case 'builtin': {
      const args = [...fn.args, arg];
      if (args.length < fn.builtin.arity) return { ...fn, args };
      enter(cx);
      const value = fn.builtin.run(cx, args, at);
      cx.depth--;
      return value;
    }
    case 'unknown':
      return applyUnknown(cx, fn, arg, at);
    case 'failure':
      return fn;
    case 'attrs': {
      const functor = cx.has(fn, '__functor');
      if (functor === true) return apply(cx, apply(cx, cx.select(fn, '__functor', at), fn, at), arg, at);
      if (functor === null)
        return unknownApply(fn.open ?? unknown('whether a set is a function', identity(fn), at), arg, at);
      break;
    }
    default:
      break;
  }
  return failure('type', `attempt to call something which is not a function but ${typeName(fn)}`, at);
}

function applyUnknown(cx: Evaluation, fn: UnknownValue, arg: Lazy, at: Origin | null): UnknownValue {
  const result = unknownApply(fn, arg, at);
  if (fn.candidates === null) return result;
  const candidates = fn.candidates.map(candidate => thunk(() => apply(cx, force(cx, candidate), arg, at)));
  return { ...result, candidates };
}
