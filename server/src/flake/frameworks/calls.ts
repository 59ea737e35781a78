/**
 * Functions of frameworks that make a flake's outputs, or machines, of a folder or of an argument: which call is one,
 * and what it comes to. Asked where evaluation cannot go on with the call as a symbol.
 */

import { certain } from '../../modules/read.ts';
import { attrs, attrsOf, symbol } from '../../nix/eval/construct.ts';
import type { Evaluation } from '../../nix/eval/evaluation.ts';
import type { Lazy, Origin, UnknownValue, Value } from '../../nix/eval/value.ts';
import type { ApplyExpr, Expr } from '../../nix/syntax.ts';
import { blueprint, importedFolder } from './blueprint.ts';
import { nodesOf } from './colmena.ts';
import { flakelight } from './flakelight.ts';
import { haumeaLoad } from './haumea.ts';
import { snowfall } from './snowfall.ts';

interface Call {
  /** The names that the function was selected by, without `self` and `inputs` before them, with blanks between. */
  readonly names: RegExp;
  readonly arity: 1 | 2;
  /** Null where what it makes is not known. */
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
  // flake-parts': a file is called with what it is given before the module system has it.
  {
    names: /^flake-parts(-| )lib importApply$/,
    arity: 2,
    make: (cx, [file, arg], at) => cx.apply(cx.importPath(file as Lazy, at), arg as Lazy, at),
  },
  // flake-parts': the function is given what is known of the platform.
  {
    names: /^withSystem$/,
    arity: 2,
    make: (cx, [, fn], at) => cx.apply(cx.force(fn as Lazy), OF_SYSTEM, at),
  },
];

const OF_SYSTEM = attrs(new Map(), null, symbol('perSystem', 'what flake-parts knows of a platform'));

/** The last names that calls are written with: what a walk over a file looks for. */
export const CALL_NAMES = /^(blueprint|mkFlake|flakelight|makeHive)$/;

/** Returns the name that a function was last selected by in the source, of `f`, `x.f` and `f a`. */
export function calledName(expr: ApplyExpr): string {
  let fn: Expr = expr;
  while (fn.kind === 'apply') fn = fn.fn;
  if (fn.kind === 'variable') return fn.name;
  const last = fn.kind === 'select' ? fn.path.at(-1) : undefined;
  return last?.kind === 'name' ? last.name : '';
}

/** Returns the value of a call of a framework, or of a selection from one, or `null` for anything else. */
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

/** By call, for as long as somebody has it. */
const results = new WeakMap<UnknownValue, Value | null>();

function madeBy(cx: Evaluation, call: UnknownValue): Value | null {
  const before = results.get(call);
  if (before !== undefined) return before;
  // Whoever asks again while it is being made gets no answer.
  results.set(call, null);
  let made: Value | null | undefined;
  try {
    made = make(cx, call);
    return made;
  } finally {
    // Evaluation that was given up says nothing.
    if (made === undefined) results.delete(call);
    else results.set(call, made);
  }
}

function make(cx: Evaluation, call: UnknownValue): Value | null {
  const names: string[] = [];
  const args: Lazy[] = [];
  // `(mkLib a).mkFlake b` has the names and the arguments of both.
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
