/**
 * Finds the places at which a file reads options below given names: `config.custom.web.port`, or `cfg.port` with `cfg =
 * config.custom.web`. Each read refers to the function whose argument is the configuration.
 */

import { selectionPath } from '../../modules/module-references.ts';
import { unknownArgument } from '../../modules/modules.ts';
import { BudgetExceeded } from '../../nix/eval/budget.ts';
import { symbol } from '../../nix/eval/construct.ts';
import { type Evaluation, withBudget } from '../../nix/eval/evaluation.ts';
import { fileScope } from '../../nix/eval/scopes.ts';
import { type WalkState, walk } from '../../nix/eval/walk.ts';
import { type Place, placeIn } from '../../nix/places.ts';
import type { SourceFile } from '../../nix/source.ts';
import type { AttrName, Expr, Range } from '../../nix/syntax.ts';
import type { OptionRead } from '../model/options.ts';
import { prefilterOf } from '../uses/prefilter.ts';

/** The evaluation steps allowed for one file, and for one selection. */
const STEPS = 400_000;

const CONFIG = 'config@';

/** The state of a walk that looks for reads of options. */
interface ReadsWalk {
  readonly cx: Evaluation;
  readonly file: SourceFile;
  /** First names of the options to look for. */
  readonly optionNames: ReadonlySet<string>;
  readonly reads: OptionRead[];
  /** Paths whose existence is tested. */
  readonly guards: string[];
  /** Ranges that may not be evaluated. */
  readonly unsure: Range[];
  /** Functions. Those inside of the module's own function may never be called. */
  readonly functions: Range[];
}

/**
 * Finds the reads of options in a file.
 * @param optionNames first names of the options to look for
 */
export function readOptionReads(
  cx: Evaluation,
  file: SourceFile,
  optionNames: ReadonlySet<string>,
): readonly OptionRead[] {
  const reading: ReadsWalk = { cx, file, optionNames, reads: [], guards: [], unsure: [], functions: [] };
  const { reads, guards } = reading;
  const interesting = prefilterOf(file, placesOf(file.text, optionNames));
  const state = { scope: fileScope(cx, file), path: null, conditional: false };
  const walked = withBudget(cx, STEPS, () =>
    walk(cx, file.root, state, {
      enter(expr, at) {
        if (!interesting(expr)) return false;
        noteExpression(reading, expr, at);
        return true;
      },
      skips: range => !interesting(range),
      parameter: (name, { start }) =>
        name === 'config'
          ? symbol(`${CONFIG}${start}`, 'the configuration')
          : unknownArgument(name, file.path, start),
    }),
  );
  if (walked instanceof BudgetExceeded) return [];
  if (guards.length === 0) return reads;
  return reads.map(read => {
    const path = read.path.join('\0');
    const isAsked = guards.some(guard => path === guard || path.startsWith(`${guard}\0`));
    return isAsked ? { ...read, guarded: true } : read;
  });
}

function noteExpression(reading: ReadsWalk, expr: Expr, state: WalkState): void {
  const { reads, guards, unsure, functions } = reading;
  if (expr.kind === 'binary' && /^(&&|\|\||->)$/.test(expr.operator)) unsure.push(expr.right);
  if (expr.kind === 'lambda') functions.push(expr);
  if (expr.kind === 'select') {
    const read = readOf(reading, expr.target, expr.path, state);
    const conditional =
      state.conditional ||
      unsure.some(range => isWithin(expr, range)) ||
      functions.some(range => read !== null && range.start > read.of && isWithin(expr, range));
    if (read !== null) reads.push({ ...read, guarded: expr.fallback !== null, conditional });
  }
  if (expr.kind === 'has-attr') {
    const asked = readOf(reading, expr.target, expr.path, state);
    if (asked !== null) guards.push(asked.path.join('\0'));
    // `options ? custom.web`
    else guards.push(expr.path.map(name => (name.kind === 'name' ? name.name : '')).join('\0'));
  }
}

/** Returns the option that a selection reads, or `null` if it is not looked for. */
function readOf(
  { cx, file, optionNames }: ReadsWalk,
  target: Expr,
  written: readonly AttrName[],
  state: WalkState,
): Omit<OptionRead, 'guarded' | 'conditional'> | null {
  const base = baseOf(cx, target, state);
  if (base === null) return null;
  const path = [...base.path];
  const names: Place[] = [];
  for (const name of written) {
    if (name.kind !== 'name') break;
    path.push(name.name);
    names.push(placeIn(file, name));
  }
  const [first] = path;
  return first !== undefined && optionNames.has(first) && names.length > 0 ? { ...base, path, names } : null;
}

/**
 * Returns the path of an expression below the configuration, and the start of the function that has the configuration
 * as an argument; null if the expression is not part of it.
 */
function baseOf(
  cx: Evaluation,
  target: Expr,
  { scope }: WalkState,
): { readonly of: number; readonly path: string[] } | null {
  // Most expressions cannot be a part of the configuration, and are not evaluated.
  if (target.kind === 'variable' && /^(lib|pkgs|builtins|inputs|self)$/.test(target.name)) return null;
  if (target.kind !== 'variable' && target.kind !== 'select') return null;
  const value = cx.evaluate(target, scope);
  const path = value.kind === 'unknown' ? selectionPath(value) : null;
  if (path?.[0]?.startsWith(CONFIG) !== true) return null;
  const [root = '', ...names] = path;
  return names.includes('') ? null : { of: Number(root.slice(CONFIG.length)), path: names };
}

function isWithin(inner: Range, outer: Range): boolean {
  return outer.start <= inner.start && inner.end <= outer.end;
}

/** Returns the offsets of all occurrences of the names. */
function placesOf(text: string, names: ReadonlySet<string>): number[] {
  const places: number[] = [];
  for (const name of names)
    for (let at = text.indexOf(name); at >= 0; at = text.indexOf(name, at + name.length)) places.push(at);
  return places;
}
