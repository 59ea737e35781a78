/** Assembles an evaluation: its globals, `import`, and the interface for builtins. */

import { createRecorder } from '../../query/reads.ts';
import { builtinsScope } from '../builtins/index.ts';
import { BudgetExceeded, DEFAULT_STEPS } from './budget.ts';
import { equal, less } from './compare.ts';
import { attrs, failure, stringKey, typeName, unknown } from './construct.ts';
import { speculate } from './cycles.ts';
import { apply, evaluate, force } from './evaluate.ts';
import type { Evaluation, NoteImport } from './evaluation.ts';
import { describeFailure } from './failures.ts';
import { lazyKey } from './identity.ts';
import { joinPath, stringAsPath } from './paths.ts';
import { forgetValues, renewFile, valueOfFile } from './renewal.ts';
import { has, hasAttribute, select } from './select.ts';
import { sharedPair } from './shared-pairs.ts';
import { toText } from './strings.ts';
import { thunk } from './thunks.ts';
import type { AttrsValue, FailureValue, Lazy, NixFiles, Origin, UnknownValue, Value } from './value.ts';

/**
 * Creates an evaluation of files.
 * @param files the workspace; nothing else is ever read
 * @param noteImport called for every import
 */
export function createEvaluation(files: NixFiles, noteImport: NoteImport = () => {}): Evaluation {
  const cx: Evaluation = {
    files,
    globals: new Map(),
    noteImport,
    trace: null,
    resolver: null,
    settle: null,
    stepsLeft: DEFAULT_STEPS,
    depth: 0,
    running: [],
    boundaries: [],
    tolerated: new Set(),
    imports: new Map(),
    common: new WeakMap(),
    shared: new Map(),
    pairs: new Map(),
    applications: new Map(),
    modules: new Map(),
    recorder: createRecorder(),
    live: new Map(),
    answered: new Map(),
    promised: new Map(),
    owner: null,
    force: lazy => force(cx, lazy),
    resolve: lazy => resolve(cx, lazy),
    evaluate: (expr, scope) => evaluate(cx, expr, scope),
    apply: (fn, arg, at) => apply(cx, force(cx, fn), arg, at),
    applyToName: (fn, name, at) => {
      const applied = force(cx, fn);
      return sharedPair(cx, applied, name) ?? apply(cx, applied, name, at);
    },
    applyAll: (fn, args, at) => {
      let value = force(cx, fn);
      for (const arg of args) value = apply(cx, value, arg, at);
      return value;
    },
    speculate: lazy => speculate(cx, lazy),
    delay: compute => thunk(compute),
    select: (set, name, at, fallback) => select(cx, set, name, at, fallback),
    has,
    hasAttribute: (set, name, at) => hasAttribute(cx, set, name, at),
    toText: (lazy, coerceMore, at) => toText(cx, lazy, coerceMore, at),
    equal: (left, right) => equal(cx, left, right),
    less: (left, right, at) => less(cx, left, right, at),
    importFile: (path, at) => importFile(cx, path, at),
    importPath: (path, at) => importPath(cx, path, at),
    forgetFile: (path, isEdited) => forgetFile(cx, path, isEdited),
    renewFile: path => renewFile(cx, path),
    tolerate: failed => tolerate(cx, failed),
    step: (count = 1) => {
      cx.stepsLeft -= count;
      if (cx.stepsLeft < 0) throw new BudgetExceeded('steps');
    },
  };
  return Object.assign(cx, { globals: builtinsScope() });
}

function resolve(cx: Evaluation, lazy: Lazy): Value {
  const value = force(cx, lazy);
  return value.kind === 'unknown' && cx.resolver !== null ? (cx.resolver(value) ?? value) : value;
}

function tolerate(cx: Evaluation, failed: FailureValue): UnknownValue {
  cx.tolerated.add(failed);
  return unknown(describeFailure(failed), `failed:${lazyKey(failed)}`, failed.origin);
}

function forgetFile(cx: Evaluation, path: string, isEdited: boolean): void {
  forgetValues(cx, path, isEdited);
  cx.shared.delete(path);
  cx.pairs.delete(path);
}

function importFile(cx: Evaluation, path: string, at: Origin | null): Value {
  const imported = cx.imports.get(path);
  if (imported !== undefined) return force(cx, imported);
  const file = cx.files.parse(path);
  if (file === null) {
    if (cx.files.kind(path) === null) return failure('missing-file', path, at);
    return unknown('a file that cannot be read', `file:${path}`, at);
  }
  const lazy = valueOfFile(cx, file);
  cx.imports.set(path, lazy);
  return force(cx, lazy);
}

/** Evaluates `import path`. A folder refers to its `default.nix`. */
function importPath(cx: Evaluation, lazy: Lazy, at: Origin | null): Value {
  const value = force(cx, lazy);
  switch (value.kind) {
    case 'failure':
      return value;
    case 'unknown':
      return unknown(value.reason, `import(${value.key})`, at, {
        kind: 'apply',
        fn: importUnknown,
        arg: value,
      });
    case 'path':
      return importTarget(cx, value.text, at);
    case 'string': {
      const inside = stringAsPath(value);
      if (inside !== null) return importPath(cx, inside, at);
      return value.text?.startsWith('/') === false
        ? failure('type', `string '${value.text}' doesn't represent an absolute path`, at)
        : unknown('a file outside the workspace', `import(${stringKey(value)})`, at);
    }
    case 'attrs': {
      if (has(value, 'outPath') === true) return importPath(cx, select(cx, value, 'outPath', at), at);
      if (value.open !== null) return unknown(value.open.reason, `import(${value.open.key})`, at);
      break;
    }
    default:
      break;
  }
  return failure('type', `cannot coerce ${typeName(value)} to a path`, at);
}

const importUnknown = unknown('what is imported', 'import', null, { kind: 'root', name: 'import' });

function importTarget(cx: Evaluation, text: string, at: Origin | null): Value {
  if (text.startsWith('/')) return unknown('a file outside the workspace', `import(${text})`, at);
  const target = importedFile(cx.files, text);
  if (at !== null) cx.noteImport(at.file, target);
  return importFile(cx, target, at);
}

/** Returns the file that an import of a path reads. */
export function importedFile(files: NixFiles, path: string): string {
  return files.kind(path) === 'directory' ? (joinPath(path, 'default.nix') as string) : path;
}

/** Returns a symbolic set of which only the name is known. */
export function openAttrs(name: string, reason: string): AttrsValue {
  return attrs(new Map(), null, unknown(reason, name, null, { kind: 'root', name }));
}
