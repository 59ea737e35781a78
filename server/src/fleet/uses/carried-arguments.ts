/**
 * Determines whether a module that a function has made carries something of the fleet's configuration: registry keys, a
 * package set, `config` or another argument of modules. One that carries constants only is the same module whenever
 * it is made, like a file that is imported by its path.
 */

import { config, isArgumentOf, packages } from '../../modules/modules.ts';
import type { Evaluation } from '../../nix/eval/evaluation.ts';
import { lookupLexical } from '../../nix/eval/scopes.ts';
import type { LambdaValue, Scope, UnknownValue, Value } from '../../nix/eval/value.ts';
import { childrenOf, freeNames } from '../../nix/expressions.ts';
import type { SourceFile } from '../../nix/source.ts';
import type { ApplyExpr, Expr, LambdaExpr } from '../../nix/syntax.ts';

/** The things that count as carried. */
export interface Carried {
  /** The file with the `imports`. */
  readonly file: SourceFile;
  /** Returns whether a text is a key of a registry. */
  readonly isKey: (text: string) => boolean;
}

/** An application with the scope in which its arguments are evaluated. */
interface Applied {
  readonly expr: ApplyExpr;
  readonly scope: Scope;
}

/** The nesting of sets and lists that is looked into. */
const MAX_DEPTH = 3;
/** More items than arguments of hosts have. */
const MAX_WIDTH = 64;

/**
 * Returns whether a made module carries keys or arguments of modules.
 * @param maker the function of the module, or its set
 * @param applied the applications that made it, as far as they are known, for a set
 */
export function carriesArguments(
  cx: Evaluation,
  maker: Value,
  applied: readonly Applied[],
  carried: Carried,
): boolean {
  if (maker.kind !== 'lambda' && applied.length === 0) return true;
  const values =
    maker.kind === 'lambda'
      ? closedOver(cx, maker, carried.file)
      : applied.flatMap(({ expr, scope }) => argumentsIn(expr).map(arg => cx.evaluate(arg, scope)));
  return values.some(value => carries(cx, value, carried, 0));
}

/** Returns the arguments of a curried application as they are written. */
function argumentsIn(expr: ApplyExpr): Expr[] {
  const args: Expr[] = [];
  for (let at: Expr = expr; at.kind === 'apply'; at = at.fn) args.unshift(at.arg);
  return args;
}

/** Returns the values of those parameters of surrounding functions that a function uses. */
function closedOver(cx: Evaluation, { expr, scope }: LambdaValue, importing: SourceFile): Value[] {
  const named = freeNames(expr);
  const values: Value[] = [];
  for (const outer of functionsAround(scope.file.root, expr)) {
    // The arguments of the module that has the `imports` are around everything in it; others are passed to make this one.
    const used = outer === importing.root ? named : freeNames(outer.body);
    for (const name of parametersOf(outer)) {
      const bound = used.has(name) ? lookupLexical(scope, name) : null;
      if (bound !== null) values.push(cx.force(bound));
    }
  }
  return values;
}

function functionsAround(root: Expr, inner: Expr): LambdaExpr[] {
  const around: LambdaExpr[] = [];
  for (let at: Expr | undefined = root; at !== undefined && at !== inner; ) {
    if (at.kind === 'lambda') around.push(at);
    at = childrenOf(at).find(({ start, end }) => start <= inner.start && inner.end <= end);
  }
  return around;
}

function parametersOf({ name, formals }: LambdaExpr): string[] {
  return [...(name === null ? [] : [name.name]), ...(formals ?? []).map(formal => formal.name.name)];
}

function carries(cx: Evaluation, value: Value, carried: Carried, depth: number): boolean {
  switch (value.kind) {
    case 'unknown':
      return isOfModules(value, carried.file);
    case 'string':
      return value.text === null
        ? value.pieces.some(piece => 'hole' in piece && isOfModules(piece.hole, carried.file))
        : carried.isKey(value.text);
    case 'list':
      return within(depth, value.items, item =>
        item.kind === 'spread'
          ? isOfModules(item.of, carried.file)
          : carries(cx, cx.force(item), carried, depth + 1),
      );
    case 'attrs':
      if (value.open?.key === packages.open?.key) return true;
      if (value.open?.key === config.key) return true;
      if (value.open !== null) return false;
      return within(depth, [...value.entries.values()], entry =>
        carries(cx, cx.force(entry.value), carried, depth + 1),
      );
    default:
      return false;
  }
}

function within<T>(depth: number, items: readonly T[], test: (item: T) => boolean): boolean {
  return depth < MAX_DEPTH && items.slice(0, MAX_WIDTH).some(test);
}

/** The names of what every module is given. */
const OF_EVERY_MODULE: ReadonlySet<string> = new Set(['config', 'options', 'pkgs']);

/** Returns whether an unknown comes from an argument of a module. What the flake has is there before any module is. */
function isOfModules(value: UnknownValue, file: SourceFile): boolean {
  let at = value;
  for (;;) {
    if (at.term?.kind === 'select') at = at.term.of;
    else if (at.term?.kind === 'apply') {
      const { fn, arg } = at.term;
      if (arg.kind === 'unknown' && isOfModules(arg, file)) return true;
      at = fn;
    } else return at.term?.kind === 'root' && (OF_EVERY_MODULE.has(at.term.name) || isArgumentOf(at, file));
  }
}
