/**
 * Reads one file as a unit, in one walk over its relevant expressions and the traces of the questions asked on the way.
 */

import { type ArgumentLookup, meaningOf, unknownArgument } from '../../modules/modules.ts';
import { perhaps, unknown } from '../../nix/eval/construct.ts';
import type { Evaluation } from '../../nix/eval/evaluation.ts';
import { fileScope } from '../../nix/eval/scopes.ts';
import { delay } from '../../nix/eval/thunks.ts';
import type { Lazy, Scope } from '../../nix/eval/value.ts';
import { type WalkState, walk } from '../../nix/eval/walk.ts';
import type { SourceFile } from '../../nix/source.ts';
import type { Expr, LambdaExpr, PathExpr, StringExpr } from '../../nix/syntax.ts';
import { makesGenerators } from '../generators/makes-generators.ts';
import type { SessionBinding } from '../model/registries.ts';
import type { Unit } from '../model/uses.ts';
import { prefilterOf } from './prefilter.ts';
import { sessionBindings } from './session-bindings.ts';
import { readApplication } from './unit-applications.ts';
import { readBinding } from './unit-bindings.ts';
import { readImports } from './unit-imports.ts';
import { ask, readTrace } from './unit-questions.ts';
import { newReading, type Reading, type UnitContext } from './unit-state.ts';
import { noteUses, otherReadsOf, usesOf } from './uses.ts';
import { usesInText } from './uses-texts.ts';

/**
 * Reads a file.
 * @param places offsets of further relevant parts: paths to registries and their uses
 */
export function readUnit(
  cx: Evaluation,
  file: SourceFile,
  context: UnitContext,
  places: readonly number[],
): Unit {
  const reading = newReading(cx, file, context, prefilterOf(file, places));
  const state: WalkState = { scope: fileScope(cx, file), path: null, conditional: false };
  ask(reading, file.root, () =>
    walk(cx, file.root, state, {
      skips: range => !reading.interesting(range),
      enter: (expr, at) => enter(reading, expr, at),
      binding(walked) {
        reading.place = walked.state;
        readBinding(reading, walked);
      },
      parameter: (name, lambda, scope) => parameter(reading, name, lambda, scope),
    }),
  );
  reading.place = null;
  readImports(reading);
  return unitOf(reading, readSessions(reading));
}

function unitOf(reading: Reading, sessions: readonly SessionBinding[]): Unit {
  const { file, registryImports } = reading;
  return {
    file: file.path,
    definitions: reading.definitions,
    assignments: reading.assignments,
    uses: usesOf(reading.uses, reading.reaching),
    otherReads: otherReadsOf(reading.uses),
    keyLookups: [...reading.keyLookups.values()],
    keyPaths: [...reading.keyPaths.values()].map(({ place, ...path }) => ({
      ...path,
      reached: place === null ? 'surely' : reading.reaching.reachOf(place),
    })),
    keyedModules: reading.keyedModules,
    rowReads: [...reading.rowReads.values()],
    matrixLinks: [...reading.matrixLinks.values()],
    appliedImports: reading.appliedImports,
    registryImports,
    sessionBindings: sessions,
    notAnalysable: reading.notAnalysable,
    makesGenerators: registryImports.length > 0 && makesGenerators(file.root),
  };
}

/** Reads an expression before its children; returns false if the children can be skipped. */
function enter(reading: Reading, expr: Expr, state: WalkState): boolean {
  const { cx, inSpine } = reading;
  const { scope } = state;
  if (!reading.interesting(expr)) return false;
  reading.place = state;
  if (expr.kind === 'select' || expr.kind === 'apply') reading.reaching.come(expr, state);
  switch (expr.kind) {
    case 'select':
    case 'has-attr':
      ask(reading, expr, () => cx.evaluate(expr, scope));
      return true;
    case 'string':
    case 'path':
      readText(reading, expr, scope);
      return true;
    case 'apply':
      if (!inSpine.has(expr)) readApplication(reading, expr, scope);
      if (expr.fn.kind === 'apply') inSpine.add(expr.fn);
      return true;
    default:
      return true;
  }
}

/** Reads a string or path, which may contain the name of a stored file. */
function readText(reading: Reading, expr: StringExpr | PathExpr, scope: Scope): void {
  ask(reading, expr, asked => {
    const uses = usesInText(reading.cx, expr, scope);
    readTrace(reading, asked);
    noteUses(reading.uses, uses);
  });
}

/** Returns the value assumed for a parameter: the argument of a module, or an unknown value. */
function parameter({ cx, file, context }: Reading, name: string, lambda: LambdaExpr, scope: Scope): Lazy {
  if (lambda === file.root) cx.modules.set(file.path, scope);
  const specialArgs: ArgumentLookup = asked =>
    lambda.formals === null ? null : context.argument(asked, file.path);
  const argument = meaningOf(name, specialArgs) ?? unknownArgument(name, file.path, lambda.start);
  const fallback = lambda.formals?.find(formal => formal.name.name === name)?.fallback;
  if (fallback == null) return argument;
  const why = unknown(`the argument \`${name}\``, `${name}@${file.path}:${lambda.start}`, null);
  return perhaps(why, [argument, delay(fallback, fileScope(cx, file))], null);
}

function readSessions(reading: Reading): SessionBinding[] {
  const { cx, file, lets, sessionValues } = reading;
  return sessionBindings(
    cx,
    { lets, values: sessionValues },
    {
      uses: () => usesOf(reading.uses, reading.reaching),
      textOf: ({ start, end }) => file.text.slice(start, end),
      ask: (at, question) => ask(reading, at, question).value,
    },
  );
}
