/**
 * Reads the applications of a file: uses of generators, paths and modules that are made of keys, and imports of
 * registries.
 */

import { packages } from '../../modules/modules.ts';
import { isImport, lookInto, takesFunction } from '../../modules/recognise.ts';
import type { Evaluation } from '../../nix/eval/evaluation.ts';
import type { Scope, Value } from '../../nix/eval/value.ts';
import { type Place, placeIn, placeKey, placeOf } from '../../nix/places.ts';
import type { ApplyExpr, Expr } from '../../nix/syntax.ts';
import { keyPathsIn } from '../registry/key-paths.ts';
import { readKeyedModule } from '../registry/keyed-modules.ts';
import { isSessionSpec } from '../registry/session-spec.ts';
import { ask, lastLookup, readTrace } from './unit-questions.ts';
import { type Application, type Question, type Reading, registryOf } from './unit-state.ts';
import { noteProvided, noteUses } from './uses.ts';
import { providedFor, useOfCall } from './uses-calls.ts';

/** Reads an application; of a curried one, only the outermost. */
export function readApplication(reading: Reading, expr: ApplyExpr, scope: Scope): void {
  const { cx, file, context } = reading;
  const lazy = reading.bound.get(expr);
  reading.applications.set(`${expr.start}:${expr.end}`, { expr, scope });
  const answer = ask(reading, expr, asked => {
    const value = lazy === undefined ? cx.evaluate(expr, scope) : cx.force(lazy);
    // Steps of sessions are sets made of keys; which keys, only evaluating their attributes shows.
    if (takesFunction(expr) || isSessionSpec(file.path)) lookInto(cx, value);
    readUses(reading, asked, { expr, scope, value });
    const lookups = () => {
      readTrace(reading, asked);
      return asked.lookups;
    };
    for (const path of keyPathsIn(cx, value, lookups))
      reading.keyPaths.set(placeKey(path.key.at), { ...path, place: reading.place });
    const keyed =
      context.matrices.size === 0
        ? null
        : readKeyedModule(cx, expr, scope, value, {
            registryOf: set => registryOf(set, context),
            specialArgs: name => context.argument(name, file.path),
          });
    if (keyed !== null) reading.keyedModules.push(keyed);
    return value;
  });
  if (lazy !== undefined) reading.shown.set(lazy, answer);
  const registry = answer.value?.kind === 'attrs' ? registryOf(answer.value, context) : null;
  if (registry === null || registry === file.path || !isImport(expr)) return;
  reading.registryImports.push({
    registry,
    at: placeIn(file, expr),
    pkgsAt: packageSetIn(cx, expr.arg, scope),
  });
}

/** Reads the generator's file that an application looks up, and the ranges that it guards against missing files. */
function readUses(
  reading: Reading,
  asked: Question,
  { expr, scope, value }: Application & { readonly value: Value },
): void {
  const { cx, uses } = reading;
  const { path } = reading.file;
  noteProvided(uses, providedFor(cx, expr, scope, path));
  const use = useOfCall(cx, path, expr, value, scope);
  readTrace(reading, asked);
  if (use !== null) noteUses(uses, [{ ...use, key: lastLookup(asked)?.() ?? null }]);
}

/** Returns the place at which an argument set passes a `pkgs` that is certainly not null. */
function packageSetIn(cx: Evaluation, arg: Expr, scope: Scope): Place | null {
  const set = cx.evaluate(arg, scope);
  const entry = set.kind === 'attrs' ? set.entries.get('pkgs') : undefined;
  if (entry === undefined || entry.at === null) return null;
  const value = cx.resolve(entry.value);
  return isPackages(value) ? placeOf(entry.at) : null;
}

/** Returns whether a value is certainly a package set and not null: the module's own, or the result of a call. */
function isPackages(value: Value): boolean {
  if (value.kind === 'attrs') return value.open?.key === packages.open?.key;
  return value.kind === 'unknown' && value.candidates === null && value.term?.kind === 'apply';
}
