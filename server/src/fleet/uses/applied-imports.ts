/**
 * Finds items of `imports` that are made by applying a function and bring generators. The items are evaluated, so a
 * module is recognised by the call that made it, under whatever name it is imported.
 */

import type { FailingCall } from '../../modules/import-items.ts';
import { type ImportItem, importItems, modulesIn } from '../../modules/import-items.ts';
import { lastNameOf } from '../../modules/steps.ts';
import type { Evaluation } from '../../nix/eval/evaluation.ts';
import { lookupLexical } from '../../nix/eval/scopes.ts';
import type { Lazy, Origin, Scope, UnknownValue, Value } from '../../nix/eval/value.ts';
import type { Place } from '../../nix/places.ts';
import { placeIn, placeOf, withParentheses } from '../../nix/places.ts';
import type { SourceFile } from '../../nix/source.ts';
import type { ApplyExpr, Expr, Range } from '../../nix/syntax.ts';
import { providedBy, type Registries } from '../generators/imported-generators.ts';
import type { AppliedImport, WrittenCall } from '../model/uses.ts';
import { carriesArguments } from './carried-arguments.ts';

/** An application with its scope. */
interface Application {
  readonly expr: ApplyExpr;
  readonly scope: Scope;
}

/** The knowledge that the walk over the file has collected. */
export interface WalkContext extends Registries {
  /** Starts a new item: registry keys that were looked up before no longer count. */
  readonly startItem: () => void;
  /** Returns the application at a range of the file, with its scope. */
  readonly applied: (range: Range) => Application | null;
  /** Returns the application that a name is bound to. */
  readonly boundTo: (value: Lazy) => Expr | null;
  /** Returns whether a text is a key of a registry. */
  readonly isKey: (text: string) => boolean;
}

/** Returns the items of an `imports` that are made by an application and bring generators. */
export function appliedImports(
  cx: Evaluation,
  imports: Expr,
  scope: Scope,
  walked: WalkContext,
): AppliedImport[] {
  return importItems(cx, imports, scope).flatMap(item => {
    walked.startItem();
    const applied = readItem(cx, item, walked);
    return applied === null ? [] : [{ ...applied, imports: placeIn(scope.file, imports) }];
  });
}

type Found = Omit<AppliedImport, 'imports'>;

function readItem(cx: Evaluation, item: ImportItem, walked: WalkContext): Found | null {
  for (const { value, fails } of modulesIn(cx, item.value)) {
    const made = madeBy(cx, item, value, walked);
    if (made === null) continue;
    const provided = providedBy(cx, item.value, value, walked, 0);
    const provides = provided?.what ?? (made.isGivenGenerators() ? 'arguments' : null);
    if (provides === null) continue;
    const isConstant =
      provided?.what === 'module' &&
      !provided.isSet &&
      !carriesArguments(cx, provided.maker, made.applied, { file: item.scope.file, isKey: walked.isKey });
    if (isConstant && !isByImportApply(value)) continue;
    const { file } = item.scope;
    return {
      at: placeIn(file, made.expr ?? item.expr),
      item: item.isWritten ? placeIn(file, withParentheses(file.text, item.expr)) : null,
      madeAt: made.elsewhere,
      call: provides === 'generators' ? made.call(fails) : null,
      provides,
      isConstant,
      fails,
    };
  }
  return null;
}

/** The application that made a module. */
interface ModuleCreation {
  /** The application in the importing file; null if it is in another file. */
  readonly expr: ApplyExpr | Range | null;
  readonly elsewhere: Place | null;
  /** The applications of the importing file that it came through, with their scopes. */
  readonly applied: readonly Application[];
  readonly isGivenGenerators: () => boolean;
  /** Returns the call as it is written, if it is only the application of a file. */
  readonly call: (fails: FailingCall | null) => WrittenCall | null;
}

function madeBy(cx: Evaluation, item: ImportItem, value: Value, walked: WalkContext): ModuleCreation | null {
  const direct = applicationOf(cx, item, walked);
  if (direct !== null) return writtenIn(cx, direct, applicationsIn(value, walked));
  const origin = 'origin' in value ? value.origin : null;
  if (origin === null || origin.call === null) return null;
  const at = outermostCall(origin, item.scope.file);
  const application = at === null ? null : walked.applied(at);
  const applied = applicationsIn(value, walked);
  if (application !== null) return writtenIn(cx, application, applied);
  const elsewhere = at === null ? callElsewhere(origin) : null;
  return { expr: at, elsewhere, applied, isGivenGenerators: () => false, call: () => null };
}

/** Returns the applications of the importing file among the calls that a value came through. */
function applicationsIn(value: Value, walked: WalkContext): Application[] {
  return callsThrough(value).flatMap(at => walked.applied(at) ?? []);
}

/** Returns whether one of the calls that a value came through is written as one of `importApply`. */
function isByImportApply(value: Value): boolean {
  return callsThrough(value).some(({ file, start, end }) =>
    /^\(*\s*[\w.'-]*\bimportApply\b/.test(file.text.slice(start, end)),
  );
}

/** Returns the calls that a value came through, innermost first. */
function callsThrough(value: Value): Origin[] {
  const calls: Origin[] = [];
  let call = 'origin' in value ? (value.origin?.call ?? null) : null;
  for (; call !== null; call = call.at.call) calls.push(call.at);
  return calls;
}

/** Returns the application that the item is, or that its name is bound to. */
function applicationOf(
  cx: Evaluation,
  { expr, scope, isWritten }: ImportItem,
  walked: WalkContext,
): Application | null {
  if (!isWritten) return null;
  if (expr.kind === 'apply') return isImportAlone(cx, expr, scope) ? null : { expr, scope };
  const bound = expr.kind === 'variable' ? lookupLexical(scope, expr.name) : null;
  const written = bound === null ? null : walked.boundTo(bound);
  const application = written === null ? null : walked.applied(written);
  return application !== null && !isImportAlone(cx, application.expr, application.scope) ? application : null;
}

/** Returns whether an application is `import ./x.nix`, which is equivalent to the path. */
function isImportAlone(cx: Evaluation, { fn }: ApplyExpr, scope: Scope): boolean {
  const applied = fn.kind === 'apply' ? null : cx.evaluate(fn, scope);
  return applied?.kind === 'builtin' && applied.builtin.name === 'import';
}

function writtenIn(cx: Evaluation, application: Application, within: readonly Application[]): ModuleCreation {
  const { expr, scope } = application;
  return {
    expr,
    elsewhere: null,
    applied: [application, ...within],
    isGivenGenerators: () => isGivenGenerators(cx, expr, scope),
    call: fails => writtenCall(cx, expr, scope, fails),
  };
}

/** Returns the outermost call in the file that led to a value. */
function outermostCall(origin: Origin, file: SourceFile): Origin | null {
  let outermost: Origin | null = null;
  for (let call = origin.call; call !== null; call = call.at.call)
    if (call.at.file === file) outermost = call.at;
  return outermost;
}

/** Returns the call that made a value; `null` if it is a whole file, whose value all importers share. */
function callElsewhere({ call }: Origin): Place | null {
  if (call === null) return null;
  const { root } = call.at.file;
  return root.start === call.at.start && root.end === call.at.end ? null : placeOf(call.at);
}

/** Returns the texts of `importApply ./file.nix args` or `import ./file.nix args`; null for other calls. */
function writtenCall(
  cx: Evaluation,
  expr: ApplyExpr,
  scope: Scope,
  fails: FailingCall | null,
): WrittenCall | null {
  const [head, path, args, ...more] = spine(expr);
  if (head === undefined || path === undefined || args === undefined || more.length > 0) return null;
  const fn = cx.evaluate(head, scope);
  const name = fn.kind === 'builtin' ? fn.builtin.name : fn.kind === 'unknown' ? lastNameOf(fn) : null;
  if ((name !== 'import' && name !== 'importApply') || path.kind !== 'path') return null;
  if (fails?.kind === 'unexpected-argument') return null;
  const lacks = fails?.kind === 'missing-argument' ? fails.name : null;
  // A missing argument can be passed if its name is in scope.
  if (lacks !== null && (args.kind !== 'attrs' || lookupLexical(scope, lacks) === null)) return null;
  return {
    at: placeIn(scope.file, expr),
    path: placeIn(scope.file, path),
    args: placeIn(scope.file, args),
    lacks,
  };
}

/** Returns `f a b` as `[f, a, b]`. */
function spine(expr: Expr): Expr[] {
  const parts: Expr[] = [];
  let at = expr;
  for (; at.kind === 'apply'; at = at.fn) parts.unshift(at.arg);
  return [at, ...parts];
}

/** Returns whether one of the arguments comes from the configuration's generators. */
function isGivenGenerators(cx: Evaluation, expr: ApplyExpr, scope: Scope): boolean {
  return spine(expr)
    .slice(1)
    .some(arg => isMadeOfGenerators(cx, cx.evaluate(arg, scope), 1));
}

function isMadeOfGenerators(cx: Evaluation, value: Value, depth: number): boolean {
  switch (value.kind) {
    case 'unknown':
      return isFromGenerators(value);
    case 'string':
      return value.pieces.some(piece => 'hole' in piece && isFromGenerators(piece.hole));
    case 'attrs':
      if (depth === 0) return false;
      return [...value.entries.values()].some(entry =>
        isMadeOfGenerators(cx, cx.force(entry.value), depth - 1),
      );
    default:
      return false;
  }
}

function isFromGenerators(value: UnknownValue): boolean {
  for (let at = value; at.term?.kind === 'select'; at = at.term.of) {
    if (at.term.name.text !== 'generators' || at.term.of.term?.kind !== 'select') continue;
    if (at.term.of.term.name.text === 'vars') return true;
  }
  return false;
}
