/**
 * What one file contributes to the fleet: one walk over its expressions of interest, and what evaluation showed
 * on the way.
 */

import { BudgetExceeded } from '../nix/eval/budget.ts';
import { perhaps, unknown } from '../nix/eval/construct.ts';
import { type Evaluation, type Tracer, withBudget } from '../nix/eval/evaluation.ts';
import { fileScope, lookupLexical } from '../nix/eval/scopes.ts';
import type { Selection } from '../nix/eval/selection.ts';
import { delay } from '../nix/eval/thunks.ts';
import type { AttrsValue, Lazy, Origin, Scope } from '../nix/eval/value.ts';
import { type NamePath, type WalkedBinding, type WalkState, walk } from '../nix/eval/walk.ts';
import type { SourceFile } from '../nix/source.ts';
import type { ApplyExpr, Expr, LambdaExpr, Range } from '../nix/syntax.ts';
import { appliedImports, type Walked } from './applied-imports.ts';
import { readCollection } from './definitions.ts';
import { declaringOption, discoveredSets, listedSets } from './helper-secrets.ts';
import { interestOf } from './interest.ts';
import { keyPathsIn, type LookedUp } from './key-paths.ts';
import { type KeyedContext, readKeyedModule } from './keyed-modules.ts';
import { makesGenerators } from './makes-generators.ts';
import type {
  AppliedImport,
  Assignment,
  GeneratorDefinition,
  KeyedModule,
  KeyLookup,
  KeyPath,
  MatrixLink,
  NotAnalysable,
  Place,
  RegistryImport,
  RowRead,
  SessionBinding,
  Unit,
} from './model.ts';
import { type Given, meaningOf, unknownArgument } from './modules.ts';
import { dependingOn, isSamePlace, outermostIn, placeKey, placeOf } from './places.ts';
import {
  isGenerators,
  isImport,
  lookInto,
  namesOf,
  packageSetIn,
  rangeIn,
  takesFunction,
} from './recognise.ts';
import { isSessionOption, type LetBinding, type SessionValue, sessionBindings } from './session-bindings.ts';
import { isSessionSpec } from './session-spec.ts';
import { collectUses } from './uses.ts';

/** Where registries and matrices are, to recognise their sets when they turn up in evaluation. */
export interface Known {
  /** What modules are given as arguments; asking for one ties the asker to the file that gives it. */
  readonly argument: (name: string, asker: string) => Lazy | null;
  readonly registries: ReadonlyMap<string, Place>;
  readonly matrices: ReadonlyMap<string, Place>;
}

/** Steps allowed for one question: a selection, a call, a collection. */
const QUESTION_STEPS = 200_000;

/**
 * Reads a file.
 * @param places offsets that are of interest beside the usual words: paths to registries and what uses them
 */
export function readUnit(cx: Evaluation, file: SourceFile, known: Known, places: readonly number[]): Unit {
  const reader = createReader(cx, file, known, places);
  const before = cx.tracer;
  cx.tracer = {
    ...before,
    onSelect: reader.onSelect,
    watches: target => target.kind === 'unknown' || isKnownSet(target, known),
  };
  try {
    reader.run();
  } finally {
    cx.tracer = before;
  }
  return reader.unit();
}

interface Reader {
  readonly onSelect: NonNullable<Tracer['onSelect']>;
  run(): void;
  unit(): Unit;
}

function createReader(cx: Evaluation, file: SourceFile, known: Known, places: readonly number[]): Reader {
  const definitions: GeneratorDefinition[] = [];
  const assignments: Assignment[] = [];
  const keyLookups = new Map<string, KeyLookup>();
  const keyPaths = new Map<string, KeyPath>();
  const keyedModules: KeyedModule[] = [];
  const rowReads = new Map<string, RowRead>();
  const matrixLinks = new Map<string, MatrixLink>();
  const imported: AppliedImport[] = [];
  const importsSeen: { readonly expr: Expr; readonly scope: Scope }[] = [];
  const registryImports: RegistryImport[] = [];
  const lets: LetBinding[] = [];
  const sessionValues: SessionValue[] = [];
  const sessions: SessionBinding[] = [];
  const notAnalysable: NotAnalysable[] = [];
  const uses = collectUses(cx, file.path);
  const interesting = interestOf(file, places);
  const inSpine = new WeakSet<Expr>();
  /** Applications that are bound to a name: evaluated once, for the name and for the walk. */
  const bound = new Map<Expr, Lazy>();
  /** The same the other way round. */
  const boundTo = new Map<Lazy, Expr>();
  /** Applications of the file, each with its scope, by their place. */
  const applications = new Map<string, { readonly expr: ApplyExpr; readonly scope: Scope }>();
  /** What was seen when such a one was evaluated. */
  const shown = new Map<Lazy, { readonly rows: readonly RowRead[]; readonly registrySeen: boolean }>();
  const keyedContext: KeyedContext = {
    registryOf: set => (isRegistry(set, known) ? (set.origin?.file.path ?? null) : null),
    given: name => known.argument(name, file.path),
  };
  /** What was seen since the question began. */
  let rows: RowRead[] = [];
  let registrySeen = false;
  let looked: LookedUp[] = [];

  function ask<T>(at: Origin | { start: number; end: number }, question: () => T): T | null {
    rows = [];
    registrySeen = false;
    looked = [];
    uses.startQuestion();
    const answer = withBudget(cx, QUESTION_STEPS, question);
    if (!(answer instanceof BudgetExceeded)) return answer;
    notAnalysable.push({
      at: { file: file.path, start: at.start, end: at.end },
      what: 'effort',
      reason: answer.message,
    });
    return null;
  }

  function onSelect(event: Selection): void {
    uses.onSelect(event);
    if (event.target.kind !== 'attrs' || event.name.text === null) return;
    const { origin } = event.target;
    if (origin === null) return;
    if (isAt(origin, known.registries)) noteLookup(event, origin.file.path);
    else if (isAt(origin, known.matrices)) noteRow(event, origin.file.path);
  }

  function noteLookup(event: Selection, registry: string): void {
    registrySeen = true;
    const written = event.name.origin ?? event.at;
    if (known.matrices.has(written.file.path))
      matrixLinks.set(`${written.file.path}\0${registry}`, { matrix: written.file.path, registry });
    const at = outermostIn(written, file.path) ?? written;
    const lookup = () => lookupOf(event, registry, at);
    uses.noteLookup(lookup);
    looked.push({ lookup, entry: event.result });
    if (at.file !== file) return;
    const id = `${at.start}:${at.end}:${registry}:${event.name.text}`;
    const earlier = keyLookups.get(id);
    if (earlier?.required === true) return;
    const found = lookup();
    if (earlier === undefined || found.required) keyLookups.set(id, found);
  }

  function lookupOf({ name, found, guarded, fallback }: Selection, registry: string, at: Origin): KeyLookup {
    const required = !guarded || (fallback !== null && cx.resolve(fallback).kind === 'failure');
    return { registry, key: name.text as string, at: placeOf(at), found: found !== false, required };
  }

  function noteRow(event: Selection, matrix: string): void {
    const written = event.name.origin ?? event.at;
    const at = outermostIn(written, file.path) ?? outermostIn(event.at, file.path);
    if (at === null || event.guarded) return;
    const read: RowRead = {
      matrix,
      machine: event.name.text as string,
      at: placeOf(at),
      found: event.found !== false,
    };
    rows.push(read);
    rowReads.set(`${at.start}:${read.machine}:${matrix}`, read);
  }

  function skips(range: Range): boolean {
    return !interesting(range);
  }

  function enter(expr: Expr, state: WalkState): boolean {
    if (!interesting(expr)) return false;
    switch (expr.kind) {
      case 'select':
      case 'has-attr':
        ask(expr, () => cx.evaluate(expr, state.scope));
        return true;
      case 'string':
      case 'path':
        ask(expr, () => uses.onText(expr, state.scope));
        return true;
      case 'apply':
        if (!inSpine.has(expr)) noteApplication(expr, state.scope);
        if (expr.fn.kind === 'apply') inSpine.add(expr.fn);
        return true;
      default:
        return true;
    }
  }

  function noteApplication(expr: ApplyExpr, scope: Scope): void {
    const lazy = bound.get(expr);
    applications.set(`${expr.start}:${expr.end}`, { expr, scope });
    const value = ask(expr, () => {
      const result = lazy === undefined ? cx.evaluate(expr, scope) : cx.force(lazy);
      // Steps of sessions are sets that functions make of keys: which, only their attributes show.
      if (takesFunction(expr) || isSessionSpec(file.path)) lookInto(cx, result);
      uses.onApplication(expr, result, scope);
      for (const path of keyPathsIn(cx, result, looked)) keyPaths.set(placeKey(path.key.at), path);
      const keyed = known.matrices.size === 0 ? null : readKeyedModule(cx, expr, scope, result, keyedContext);
      if (keyed !== null) keyedModules.push(keyed);
      return result;
    });
    if (lazy !== undefined) shown.set(lazy, { rows, registrySeen });
    if (value?.kind !== 'attrs' || value.origin === null || !isAt(value.origin, known.registries)) return;
    const registry = value.origin.file.path;
    if (registry === file.path || !isImport(expr)) return;
    registryImports.push({
      registry,
      at: { file: file.path, start: expr.start, end: expr.end },
      pkgsAt: packageSetIn(cx, expr.arg, scope),
    });
  }

  function binding(walked: WalkedBinding): void {
    if (!interesting(walked.range)) return;
    const names = namesOf(walked.state.path);
    const at = (walked.state.path as NamePath).at;
    const lazy = lazyOf(walked);
    // A module of a user's environment is evaluated on the machine that it is for.
    if (walked.isLet && names.length === 1 && lookupLexical(walked.state.scope, 'osConfig') === null)
      lets.push({ name: names[0] ?? '', at: placeOf(at), range: rangeIn(file, walked), value: lazy });
    if (walked.expr?.kind === 'apply') {
      bound.set(walked.expr, lazy);
      boundTo.set(lazy, walked.expr);
    }
    if (isGenerators(names)) noteCollection(walked, lazy, at);
    else if (declaringOption(names) !== null) noteHelper(declaringOption(names), walked, lazy, at);
    else if (names.at(-1) === 'imports' && walked.expr !== null)
      importsSeen.push({ expr: walked.expr, scope: walked.state.scope });
    else if (isSessionOption(names)) sessionValues.push({ range: rangeIn(file, walked), value: lazy });
  }

  function noteCollection(walked: WalkedBinding, lazy: Lazy, at: Origin): void {
    const collection = ask(at, () => readCollection(cx, lazy, at, walked.state.conditional));
    if (collection === null) return;
    const before = shown.get(lazy);
    definitions.push(...collection.definitions);
    for (const gap of collection.gaps)
      notAnalysable.push({
        at: placeOf(gap.origin ?? at),
        what: 'generators',
        reason: dependingOn(gap.reason),
      });
    // What was evaluated before is not read again: then the places of the names tell where they come from.
    const fromRegistry = registrySeen || before?.registrySeen === true;
    if (!fromRegistry && !collection.definitions.some(one => known.registries.has(one.at.file))) return;
    const [read = [...rowReads.values()]] = [rows, before?.rows ?? []].filter(list => list.length > 0);
    const machines = [...new Set(read.filter(row => row.found).map(row => row.machine))].sort();
    assignments.push({ at: placeOf(at), machines, names: collection.names });
  }

  /** Generators that a helper's option declares; it collects them elsewhere. */
  function noteHelper(how: 'list' | 'folder' | null, walked: WalkedBinding, lazy: Lazy, at: Origin): void {
    const found = ask(at, () =>
      (how === 'list' ? listedSets(cx, lazy) : discoveredSets(cx, lazy, at)).flatMap(
        set => readCollection(cx, set.value, at, walked.state.conditional || set.conditional).definitions,
      ),
    );
    definitions.push(...(found ?? []));
  }

  /** When all is walked: what is imported may be bound anywhere. */
  function readImports(): void {
    const walked: Walked = {
      given: asked => known.argument(asked, file.path),
      startItem: () => {
        registrySeen = false;
      },
      applied: range => applications.get(`${range.start}:${range.end}`) ?? null,
      boundTo: value => boundTo.get(value) ?? null,
      isFromRegistry,
    };
    // A module that is made once may be imported many times.
    for (const { expr, scope } of importsSeen)
      for (const each of ask(expr, () => appliedImports(cx, expr, scope, walked)) ?? [])
        if (!imported.some(({ at }) => isSamePlace(at, each.at))) imported.push(each);
  }

  function isFromRegistry(value: Lazy, generators: Lazy): boolean {
    const at: Origin = { file, start: file.root.start, end: file.root.end, call: null };
    const { definitions: found } = readCollection(cx, generators, at, false);
    return (
      registrySeen ||
      shown.get(value)?.registrySeen === true ||
      found.some(one => known.registries.has(one.at.file))
    );
  }

  function parameter(name: string, lambda: LambdaExpr, scope: Scope): Lazy {
    if (lambda === file.root) cx.modules.set(file.path, scope);
    const given: Given = asked => (lambda.formals === null ? null : known.argument(asked, file.path));
    const argument = meaningOf(name, given) ?? unknownArgument(name, file.path, lambda.start);
    const fallback = lambda.formals?.find(formal => formal.name.name === name)?.fallback;
    if (fallback == null) return argument;
    const why = unknown(`the argument \`${name}\``, `${name}@${file.path}:${lambda.start}`, null);
    return perhaps(why, [argument, delay(fallback, fileScope(cx, file))], null);
  }

  function readSessions(): void {
    const textOf = ({ start, end }: Place) => file.text.slice(start, end);
    sessions.push(...sessionBindings(cx, lets, sessionValues, uses.uses, textOf, ask));
  }

  return {
    onSelect,
    run() {
      const state: WalkState = { scope: fileScope(cx, file), path: null, conditional: false };
      ask(file.root, () => walk(cx, file.root, state, { skips, enter, binding, parameter }));
      readImports();
      readSessions();
    },
    unit: () => ({
      file: file.path,
      definitions,
      assignments,
      uses: uses.uses(),
      otherReads: uses.otherReads(),
      keyLookups: [...keyLookups.values()],
      keyPaths: [...keyPaths.values()],
      keyedModules,
      rowReads: [...rowReads.values()],
      matrixLinks: [...matrixLinks.values()],
      appliedImports: imported,
      registryImports,
      sessionBindings: sessions,
      notAnalysable,
      makesGenerators: registryImports.length > 0 && makesGenerators(file.root),
    }),
  };
}

/** The value of a binding; that of a name is what the name stands for, so that it is evaluated but once. */
function lazyOf({ state, value, expr, isLet }: WalkedBinding): Lazy {
  const name = isLet ? state.path?.name?.text : expr?.kind === 'variable' ? expr.name : null;
  return (name == null ? null : lookupLexical(state.scope, name)) ?? value();
}

function isKnownSet({ origin }: AttrsValue, known: Known): boolean {
  return origin !== null && (isAt(origin, known.registries) || isAt(origin, known.matrices));
}

function isRegistry({ origin }: AttrsValue, known: Known): boolean {
  return origin !== null && isAt(origin, known.registries);
}

function isAt(origin: Origin, places: ReadonlyMap<string, Place>): boolean {
  const place = places.get(origin.file.path);
  return place !== undefined && place.start === origin.start && place.end === origin.end;
}
