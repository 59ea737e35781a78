/**
 * Reads what one file contributes to the fleet, by one walk over its expressions of interest and the traces of the
 * questions that are asked on the way.
 */

import { type Given, meaningOf, unknownArgument } from '../../modules/modules.ts';
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
import { type Known, newReading, type Reading } from './unit-state.ts';
import { noteUses, otherReadsOf, usesOf } from './uses.ts';
import { usesInText } from './uses-texts.ts';

/**
 * Reads a file.
 * @param places offsets that are of interest beside the usual words: paths to registries and what uses them
 */
export function readUnit(cx: Evaluation, file: SourceFile, known: Known, places: readonly number[]): Unit {
  const reading = newReading(cx, file, known, prefilterOf(file, places));
  const state: WalkState = { scope: fileScope(cx, file), path: null, conditional: false };
  ask(reading, file.root, () =>
    walk(cx, file.root, state, {
      skips: range => !reading.interesting(range),
      enter: (expr, at) => enter(reading, expr, at),
      binding: walked => readBinding(reading, walked),
      parameter: (name, lambda, scope) => parameter(reading, name, lambda, scope),
    }),
  );
  readImports(reading);
  return unitOf(reading, readSessions(reading));
}

function unitOf(reading: Reading, sessions: readonly SessionBinding[]): Unit {
  const { file, registryImports } = reading;
  return {
    file: file.path,
    definitions: reading.definitions,
    assignments: reading.assignments,
    uses: usesOf(reading.uses),
    otherReads: otherReadsOf(reading.uses),
    keyLookups: [...reading.keyLookups.values()],
    keyPaths: [...reading.keyPaths.values()],
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

/** Reads an expression before what is inside it; false where the inside is of no interest. */
function enter(reading: Reading, expr: Expr, { scope }: WalkState): boolean {
  const { cx, inSpine } = reading;
  if (!reading.interesting(expr)) return false;
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

/** Reads a string or path: it may name a file below `vars/`. */
function readText(reading: Reading, expr: StringExpr | PathExpr, scope: Scope): void {
  ask(reading, expr, asked => {
    const uses = usesInText(reading.cx, reading.file.path, expr, scope);
    readTrace(reading, asked);
    noteUses(reading.uses, uses);
  });
}

/** Returns what a parameter is taken for: what a module is given, or an unknown. */
function parameter({ cx, file, known }: Reading, name: string, lambda: LambdaExpr, scope: Scope): Lazy {
  if (lambda === file.root) cx.modules.set(file.path, scope);
  const given: Given = asked => (lambda.formals === null ? null : known.argument(asked, file.path));
  const argument = meaningOf(name, given) ?? unknownArgument(name, file.path, lambda.start);
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
      uses: () => usesOf(reading.uses),
      textOf: ({ start, end }) => file.text.slice(start, end),
      ask: (at, question) => ask(reading, at, question).value,
    },
  );
}
