/**
 * Finds uses of generators' files in calls of functions that are not part of the workspace: clan-core's
 * `getPublicValue`, and the accessors of `helper-secrets.ts`. Functions of the workspace are evaluated, which shows
 * their selections.
 */

import { readName } from '../../modules/read.ts';
import { lastNameOf, stepsOf } from '../../modules/steps.ts';
import type { Evaluation } from '../../nix/eval/evaluation.ts';
import type { AttrsValue, Lazy, Scope, StringValue, UnknownValue, Value } from '../../nix/eval/value.ts';
import type { Known, Place } from '../../nix/places.ts';
import { outermostIn, placeIn, placeOf } from '../../nix/places.ts';
import type { ApplyExpr, Expr, Range } from '../../nix/syntax.ts';
import { accessorAttribute } from '../generators/helper-secrets.ts';
import type { Use } from '../model/uses.ts';

interface Asked {
  readonly generator: StringValue;
  readonly file: StringValue;
  readonly attribute: string;
  readonly guarded: boolean;
  /** The name of a machine of this fleet; null if there is none, or it is unknown. */
  readonly machine: StringValue | null;
}

/** Returns the generator's file that an application looks up, or `null` if it does not. */
export function useOfCall(
  cx: Evaluation,
  file: string,
  expr: ApplyExpr,
  value: Value,
  scope: Scope,
): Use | null {
  const asked = publicValueOf(cx, expr, value, scope) ?? accessedBy(cx, value);
  if (asked === null) return null;
  // A function that passes on its own arguments is no use; its callers are.
  if (isAllHole(asked.generator) && isAllHole(asked.file)) return null;
  const at = placeIn(scope.file, expr);
  const generator = readName(asked.generator, true);
  const named = readName(asked.file, true);
  return {
    by: 'function',
    at,
    generator: generator.name,
    generatorKind: generator.kind,
    generatorAt: outermostPlace(asked.generator, file) ?? at,
    fileName: named.name,
    fileKind: named.kind,
    fileAt: outermostPlace(asked.file, file) ?? at,
    attribute: asked.attribute,
    attributeAt: null,
    guarded: asked.guarded,
    assumesGenerator: false,
    reached: 'surely',
    key: null,
    machine: machineOf(asked.machine, file),
  };
}

function machineOf(machine: StringValue | null, file: string): Known<string> | null {
  if (machine === null || machine.text === null) return null;
  const at = outermostPlace(machine, file);
  return at === null ? null : { value: machine.text, at };
}

function isAllHole(value: StringValue): boolean {
  return value.pieces.every(piece => 'hole' in piece);
}

function outermostPlace({ origin }: StringValue, file: string): Place | null {
  const at = origin === null ? null : outermostIn(origin, file);
  return at === null ? null : placeOf(at);
}

/** Reads `clanLib.getPublicValue { generator = …; file = …; }`, wherever clan's library comes from. */
function publicValueOf(cx: Evaluation, expr: ApplyExpr, value: Value, scope: Scope): Asked | null {
  const args = isPublicValue(nameOf(expr.fn))
    ? cx.evaluate(expr.arg, scope)
    : value.kind === 'unknown' && value.term?.kind === 'apply' && isPublicValue(lastNameOf(value.term.fn))
      ? cx.force(value.term.arg)
      : null;
  if (args?.kind !== 'attrs') return null;
  const generator = textIn(cx, args, 'generator');
  const file = textIn(cx, args, 'file');
  if (generator === null || file === null) return null;
  const fallback = args.entries.get('default');
  const guarded = fallback !== undefined && cx.force(fallback.value).kind !== 'failure';
  const machine = isOfThisFlake(cx, args) ? textIn(cx, args, 'machine') : null;
  return { generator, file, attribute: 'value', guarded, machine };
}

/** Returns whether the stored files of this flake are asked for: `./.`, `self`, or the directory that clan has noted. */
function isOfThisFlake(cx: Evaluation, args: AttrsValue): boolean {
  const entry = args.entries.get('flake');
  if (entry === undefined) return false;
  const value = cx.force(entry.value);
  if (value.kind !== 'unknown') return value.kind === 'path' || value.kind === 'attrs';
  const name = lastNameOf(value);
  return name === 'self' || name === 'directory';
}

function isPublicValue(name: string | null): boolean {
  return name === 'getPublicValue';
}

function textIn(cx: Evaluation, set: AttrsValue, name: string): StringValue | null {
  const entry = set.entries.get(name);
  return entry === undefined ? null : textOf(cx, entry.value, name);
}

/** Returns a text. An unknown value becomes a text that is one hole. */
function textOf(cx: Evaluation, lazy: Lazy, name: string): StringValue | null {
  const source = sourceOf(lazy) ?? name;
  const value = cx.force(lazy);
  if (value.kind === 'string') return value;
  if (value.kind !== 'unknown') return null;
  return { kind: 'string', text: null, pieces: [{ hole: value, source }], origin: value.origin };
}

/** Returns the source text of an expression that is not evaluated yet. */
function sourceOf(lazy: Lazy): string | null {
  if (lazy.kind !== 'thunk' || lazy.expr === null || lazy.scope === null) return null;
  return lazy.scope.file.text.slice(lazy.expr.start, lazy.expr.end);
}

/** Reads `config.my.secrets.getPath "generator" "file"`. */
function accessedBy(cx: Evaluation, value: Value): Asked | null {
  if (value.kind !== 'unknown' || value.term?.kind !== 'apply') return null;
  const { fn, arg } = value.term;
  if (fn.term?.kind !== 'apply') return null;
  const attribute = accessorAttribute(namesOf(fn.term.fn));
  if (attribute === null) return null;
  const generator = textOf(cx, fn.term.arg, 'name');
  const file = textOf(cx, arg, 'file');
  return generator === null || file === null
    ? null
    : { generator, file, attribute, guarded: false, machine: null };
}

function namesOf(value: UnknownValue): string[] {
  return stepsOf(value).map(step => step.name.text ?? '');
}

/** Returns the name of a function as it is written. */
function nameOf(fn: Expr): string | null {
  if (fn.kind === 'variable') return fn.name;
  const last = fn.kind === 'select' ? fn.path.at(-1) : undefined;
  return last?.kind === 'name' ? last.name : null;
}

/** Returns the ranges in which an application tolerates missing values. */
export function providedFor(cx: Evaluation, expr: ApplyExpr, scope: Scope, file: string): Range[] {
  const name = nameOf(expr.fn);
  if (name !== 'tryEval' && name !== 'pathExists') return [];
  const { origin } = cx.evaluate(expr.arg, scope);
  const written = origin === null ? null : outermostIn(origin, file);
  return written === null ? [expr.arg] : [expr.arg, written];
}
