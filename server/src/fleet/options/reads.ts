/**
 * Where a file reads options below given names: `config.custom.web.port`, `cfg.port` with `cfg = config.custom.web`.
 * Whose configuration it is is told by the function that has it for an argument.
 */

import { selectionPath } from '../../modules/module-references.ts';
import { unknownArgument } from '../../modules/modules.ts';
import { BudgetExceeded } from '../../nix/eval/budget.ts';
import { symbol } from '../../nix/eval/construct.ts';
import { type Evaluation, withBudget } from '../../nix/eval/evaluation.ts';
import { fileScope } from '../../nix/eval/scopes.ts';
import { type WalkState, walk } from '../../nix/eval/walk.ts';
import type { Place } from '../../nix/places.ts';
import type { SourceFile } from '../../nix/source.ts';
import type { AttrName, Expr, Range } from '../../nix/syntax.ts';
import type { OptionRead } from '../model/options.ts';
import { prefilterOf } from '../uses/prefilter.ts';

/** Steps allowed for one file, and for one selection. */
const STEPS = 400_000;

const CONFIG = 'config@';

/** The state of a walk that looks for reads of options. */
interface ReadsWalk {
  readonly cx: Evaluation;
  readonly file: SourceFile;
  /** First names of the options of which reads are wanted. */
  readonly own: ReadonlySet<string>;
  readonly reads: OptionRead[];
  /** Paths of which it is asked whether they are there. */
  readonly guards: string[];
  /** Ranges in which what is written is perhaps not evaluated. */
  readonly unsure: Range[];
  /** Functions, of which perhaps nothing calls those inside of the one that has the configuration. */
  readonly functions: Range[];
}

/**
 * Returns where a file reads options.
 * @param own first names of the options of which reads are wanted
 */
export function readOptionReads(
  cx: Evaluation,
  file: SourceFile,
  own: ReadonlySet<string>,
): readonly OptionRead[] {
  const reading: ReadsWalk = { cx, file, own, reads: [], guards: [], unsure: [], functions: [] };
  const { reads, guards } = reading;
  const interesting = prefilterOf(file, placesOf(file.text, own));
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

/** Returns the option that a selection reads, or `null` if it is none that is wanted. */
function readOf(
  { cx, file, own }: ReadsWalk,
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
    names.push({ file: file.path, start: name.start, end: name.end });
  }
  const [first] = path;
  return first !== undefined && own.has(first) && names.length > 0 ? { ...base, path, names } : null;
}

/** Returns the path below the configuration that an expression is, and the start of the function that has it. */
function baseOf(
  cx: Evaluation,
  target: Expr,
  { scope }: WalkState,
): { readonly of: number; readonly path: string[] } | null {
  // What cannot be a part of the configuration is most of what there is.
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

/** Returns the offsets of the names in a text. */
function placesOf(text: string, names: ReadonlySet<string>): number[] {
  const places: number[] = [];
  for (const name of names)
    for (let at = text.indexOf(name); at >= 0; at = text.indexOf(name, at + name.length)) places.push(at);
  return places;
}
