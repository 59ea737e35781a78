/**
 * Recognises calls of framework functions that make a flake's outputs or machines, and evaluates them. The evaluator
 * asks where it would otherwise leave the call as a symbol.
 */

import { certain } from '../../modules/read.ts';
import { attrs, attrsOf, symbol } from '../../nix/eval/construct.ts';
import type { Evaluation } from '../../nix/eval/evaluation.ts';
import type { Lazy, Origin, UnknownValue, Value } from '../../nix/eval/value.ts';
import type { ApplyExpr, Expr } from '../../nix/syntax.ts';
import { isValid, type Remembered, remembered } from '../../query/reads.ts';
import { blueprint, importedFolder } from './blueprint.ts';
import { nodesOf } from './colmena.ts';
import { flakelight } from './flakelight.ts';
import { haumeaLoad } from './haumea.ts';
import { snowfall } from './snowfall.ts';

interface Call {
  /** Matches the names that the function was selected by, separated by blanks, without a leading `self` or `inputs`. */
  readonly names: RegExp;
  readonly arity: 1 | 2;
  /** Returns the result of the call, or `null` if it is unknown. */
  make(cx: Evaluation, args: readonly Lazy[], at: Origin | null): Value | null;
}

const CALLS: readonly Call[] = [
  { names: /^blueprint$/, arity: 1, make: (cx, [arg], at) => blueprint(cx, arg as Lazy, at) },
  {
    names: /^blueprint lib importDir$/,
    arity: 2,
    make: (cx, [path, fn], at) => importedFolder(cx, path as Lazy, fn as Lazy, at),
  },
  { names: /^snowfall(-lib)? mkFlake$/, arity: 1, make: (cx, [arg], at) => snowfall(cx, arg as Lazy, at) },
  {
    names: /^snowfall(-lib)? mkLib mkFlake$/,
    arity: 2,
    make: (cx, [base, arg], at) => snowfall(cx, arg as Lazy, at, base as Lazy),
  },
  {
    names: /^flakelight( lib)?( mkFlake)?$/,
    arity: 2,
    make: (cx, [src, module], at) => flakelight(cx, src as Lazy, module as Lazy, at),
  },
  { names: /^haumea( lib)? load$/, arity: 1, make: (cx, [arg], at) => haumeaLoad(cx, arg as Lazy, at) },
  { names: /^colmena( lib)? makeHive$/, arity: 1, make: (cx, [hive], at) => hiveOf(cx, hive as Lazy, at) },
  // `importApply` of flake-parts applies a file to an argument before the module system sees it.
  {
    names: /^flake-parts(-| )lib importApply$/,
    arity: 2,
    make: (cx, [file, arg], at) => cx.apply(cx.importPath(file as Lazy, at), arg as Lazy, at),
  },
  // `withSystem` of flake-parts applies its function to what is known of the platform.
  {
    names: /^withSystem$/,
    arity: 2,
    make: (cx, [, fn], at) => cx.apply(cx.force(fn as Lazy), OF_SYSTEM, at),
  },
];

const OF_SYSTEM = attrs(new Map(), null, symbol('perSystem', 'what flake-parts knows of a platform'));

/** The last names of the calls, for which a walk over a file searches. */
export const CALL_NAMES = /^(blueprint|mkFlake|flakelight|makeHive)$/;

/** Returns the last name of the called function in `f`, `x.f` and `f a`. */
export function calledName(expr: ApplyExpr): string {
  let fn: Expr = expr;
  while (fn.kind === 'apply') fn = fn.fn;
  if (fn.kind === 'variable') return fn.name;
  const last = fn.kind === 'select' ? fn.path.at(-1) : undefined;
  return last?.kind === 'name' ? last.name : '';
}

/** Returns the value of a framework call or of a selection from one, or `null` for anything else. */
export function frameworkValue(cx: Evaluation, value: UnknownValue): Value | null {
  let base = value;
  while (base.term?.kind === 'select') base = base.term.of;
  if (base.term?.kind !== 'apply') return null;
  const made = madeBy(cx, base);
  return made === null || base === value ? made : selected(cx, made, value);
}

function selected(cx: Evaluation, made: Value, value: UnknownValue): Value | null {
  const names: (string | null)[] = [];
  for (let at = value; at.term?.kind === 'select'; at = at.term.of) names.unshift(at.term.name.text);
  let result: Value = made;
  for (const name of names) {
    const entry = result.kind === 'attrs' && name !== null ? certain(result, name) : null;
    if (entry === null) return null;
    result = cx.resolve(cx.force(entry.value));
  }
  return result;
}

/** Results by call. */
const results = new WeakMap<UnknownValue, Remembered<Value | null>>();

function madeBy(cx: Evaluation, call: UnknownValue): Value | null {
  const before = results.get(call);
  if (isValid<Value | null>(cx.recorder, before)) return before.value;
  // A recursive question about the call that is being evaluated gets no answer.
  results.set(call, { value: null, reads: null });
  let made: Remembered<Value | null> | undefined;
  try {
    made = remembered(cx.recorder, () => make(cx, call));
    return made.value;
  } finally {
    // Without a result, evaluation was given up and may be tried again.
    if (made === undefined) results.delete(call);
    else results.set(call, made);
  }
}

function make(cx: Evaluation, call: UnknownValue): Value | null {
  const names: string[] = [];
  const args: Lazy[] = [];
  // `(mkLib a).mkFlake b` has the names and the arguments of both calls.
  let at = call;
  for (;;) {
    const { term } = at;
    if (term === null) return null;
    if (term.kind === 'root') {
      names.unshift(term.name);
      break;
    }
    if (term.kind === 'apply') args.unshift(term.arg);
    else names.unshift(term.name.text ?? '?');
    at = term.kind === 'apply' ? term.fn : term.of;
  }
  while (names[0] === 'self' || names[0] === 'inputs') names.shift();
  const text = names.join(' ');
  const matching = CALLS.find(candidate => candidate.arity === args.length && candidate.names.test(text));
  return matching === undefined ? null : matching.make(cx, args, call.origin);
}

function hiveOf(cx: Evaluation, hive: Lazy, at: Origin | null): Value | null {
  const nodes = nodesOf(cx, hive);
  return nodes === null ? null : { ...attrsOf({ nodes }, at), open: symbol('hive', 'what colmena makes') };
}
