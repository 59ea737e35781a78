/** Applies Nix functions to arguments. */

import { remembered } from '../../query/reads.ts';
import { byText } from '../../std.ts';
import { extentOf } from '../source.ts';
import type { Formal } from '../syntax.ts';
import { failure, originOf, perhaps, string, typeName, unknown, unknownSelect } from './construct.ts';
import { evaluated } from './evaluated.ts';
import type { Evaluation } from './evaluation.ts';
import { boundedKey, identity } from './identity.ts';
import { writtenOf } from './live-files.ts';
import { keepApplication } from './renewal.ts';
import { lookupLexical } from './scopes.ts';
import { canMatch } from './select.ts';
import { delay } from './thunks.ts';
import type {
  AttrsValue,
  FailureValue,
  LambdaValue,
  Lazy,
  Origin,
  Scope,
  UnknownValue,
  Value,
} from './value.ts';

export function applyLambda(cx: Evaluation, fn: LambdaValue, arg: Lazy, at: Origin | null): Value {
  const written = writtenOf(fn);
  const shared = isWholeFile(written) ? sharedArgument(cx, arg) : null;
  if (shared === null) return call(cx, fn, arg, at);
  const { path } = written.scope.file;
  const before = cx.applications.get(path)?.get(shared);
  if (before !== undefined) return cx.force(before.result);
  // The result is used by all callers, so it must not contain this call.
  const apply = () => call(cx, writtenOf(fn), arg, null);
  const answer = remembered(cx.recorder, apply);
  const { value } = answer;
  // Arguments that do not fit are a mistake of this call, reported where it is written.
  if (value.kind === 'failure' && value.called?.fn === written) return call(cx, fn, arg, at);
  return keepApplication(cx, path, shared, { answer, apply });
}

function call(cx: Evaluation, fn: LambdaValue, arg: Lazy, at: Origin | null): Value {
  const names = new Map<string, Lazy>();
  const scope: Scope = {
    parent: fn.scope,
    names,
    subject: null,
    made: null,
    file: fn.scope.file,
    call: { at: at ?? originOf(fn.expr, fn.scope) },
  };
  if (fn.expr.name !== null) names.set(fn.expr.name.name, arg);
  const failed = fn.expr.formals === null ? null : bindFormals(cx, fn, arg, { scope, names }, at);
  if (failed !== null) return failed;
  return cx.evaluate(fn.expr.body, scope);
}

/** Binds a function's formals to the attributes of its argument, in the scope of its body. */
function bindFormals(
  cx: Evaluation,
  fn: LambdaValue,
  arg: Lazy,
  { scope, names }: { readonly scope: Scope; readonly names: Map<string, Lazy> },
  at: Origin | null,
): FailureValue | null {
  const formals = fn.expr.formals ?? [];
  const argument = cx.force(arg);
  if (argument.kind === 'failure') return argument;
  if (argument.kind === 'unknown') {
    for (const formal of formals) names.set(formal.name.name, unknownFormal(formal, argument, scope, at));
    return null;
  }
  if (argument.kind !== 'attrs')
    return failure('type', `value is ${typeName(argument)} while a set was expected`, at);
  for (const formal of formals) {
    const value = formalValue(formal, argument, scope, at);
    if (value === null)
      return { ...failure('missing-argument', formal.name.name, at), called: { fn, arg: argument } };
    names.set(formal.name.name, value);
  }
  if (fn.expr.ellipsis) return null;
  for (const [name, entry] of argument.entries) {
    if (entry.optional || formals.some(formal => formal.name.name === name)) continue;
    return { ...failure('unexpected-argument', name, entry.at ?? at), called: { fn, arg: argument } };
  }
  return null;
}

function formalValue(formal: Formal, args: AttrsValue, scope: Scope, at: Origin | null): Lazy | null {
  const entry = args.entries.get(formal.name.name);
  if (entry !== undefined && !entry.optional) return entry.value;
  const fallback = formal.fallback === null ? null : delay(formal.fallback, scope);
  if (entry !== undefined) {
    const why = args.open ?? optionalArgument(formal, args, at);
    return perhaps(why, fallback === null ? [entry.value] : [entry.value, fallback], at, formal.name.name);
  }
  if (args.open !== null) return unknownFormal(formal, args.open, scope, at);
  if (canMatch(args, string(formal.name.name, null)))
    return perhaps(
      optionalArgument(formal, args, at),
      fallback === null ? [] : [fallback],
      at,
      formal.name.name,
    );
  return fallback;
}

/** Returns an argument from an unknown set: the attribute of that name, or possibly the default. */
function unknownFormal(formal: Formal, set: UnknownValue, scope: Scope, at: Origin | null): UnknownValue {
  const value = unknownSelect(set, formal.name.name, at);
  if (formal.fallback === null) return value;
  // As with `or`, another function may have another default for the same attribute.
  const key = boundedKey(`${value.key} ? ${identity(formal)}${identity(scope)}`);
  return { ...value, key, candidates: [delay(formal.fallback, scope)] };
}

function optionalArgument(formal: Formal, args: AttrsValue, at: Origin | null): UnknownValue {
  const name = formal.name.name;
  return unknown(`whether the argument \`${name}\` is given`, `${identity(args)}.${name}`, at);
}

/** Returns whether a function is the whole file, as `import` returns it. */
function isWholeFile(fn: LambdaValue): boolean {
  if (fn.scope.parent !== null || fn.scope.call !== null) return false;
  const extent = extentOf(fn.scope.file);
  return fn.expr.start === extent.start && fn.expr.end === extent.end;
}

/**
 * Returns a key that identifies an argument without forcing it, or null if that is not possible. A file that is a
 * function is often imported by many others with the same arguments (`{ inherit pkgs; }`), and since Nix functions
 * are pure, they can share the result.
 */
function sharedArgument(cx: Evaluation, arg: Lazy): string | null {
  const set = evaluated(arg) ?? literalSet(cx, arg);
  if (set?.kind !== 'attrs' || set.open !== null || set.patterns.length > 0) return null;
  let key = '';
  for (const [name, entry] of [...set.entries].sort(byText(([name]) => name))) {
    const identity = entry.optional ? null : identityOf(entry.value);
    if (identity === null) return null;
    key += `\0${name}=${identity}`;
  }
  return key;
}

/** Forces a thunk only if it is a literal set, which cannot fail or recurse. */
function literalSet(cx: Evaluation, lazy: Lazy): Value | null {
  if (lazy.kind !== 'thunk' || lazy.state !== 'suspended' || lazy.expr.kind !== 'attrs') return null;
  if (
    lazy.expr.bindings.some(
      binding => binding.kind === 'bind' && binding.path.some(name => name.kind !== 'name'),
    )
  )
    return null;
  return cx.force(lazy);
}

function identityOf(lazy: Lazy): string | null {
  const value = settled(lazy);
  switch (value?.kind) {
    case 'null':
      return 'null';
    case 'bool':
      return String(value.value);
    case 'unknown':
      return value.candidates === null ? `?${value.key}` : null;
    case 'attrs':
    case 'lambda':
      return identity(value);
    default:
      return null;
  }
}

/** Returns what is known of a thunk without forcing it: its value, or the variable or constant that it refers to. */
function settled(lazy: Lazy): Value | null {
  let at = lazy;
  // Real chains of names are short; a longer one may be a cycle.
  for (let hops = 0; hops < 8; hops++) {
    const value = evaluated(at);
    if (value !== null || at.kind !== 'thunk') return value;
    if (at.expr?.kind !== 'variable' || at.scope === null) return null;
    const target = lookupLexical(at.scope, at.expr.name);
    if (target === null) return null;
    at = target;
  }
  return null;
}
