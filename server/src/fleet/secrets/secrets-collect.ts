/** Reads the declarations and uses of sops-nix and agenix secrets in one file, by walking it. */

import { unknownArgument } from '../../modules/modules.ts';
import { BudgetExceeded } from '../../nix/eval/budget.ts';
import { type Evaluation, withBudget } from '../../nix/eval/evaluation.ts';
import { fileScope } from '../../nix/eval/scopes.ts';
import { newTrace, recorded } from '../../nix/eval/trace.ts';
import { type NamePath, type WalkedBinding, type WalkedPlace, walk } from '../../nix/eval/walk.ts';
import { placeIn } from '../../nix/places.ts';
import type { SourceFile } from '../../nix/source.ts';
import type { Expr, LambdaExpr, Range } from '../../nix/syntax.ts';
import type { NotAnalysable } from '../model/base.ts';
import type { AgeRules, EnclosingNames, SecretFacts, SecretReader } from '../model/secrets.ts';
import { prefilterOf } from '../uses/prefilter.ts';
import { createReaching } from '../uses/reach.ts';
import { secretPlaces } from './secrets.ts';
import { readAgeRules } from './secrets-age-rules.ts';
import { type ReadSecrets, readSecretOptions } from './secrets-read.ts';
import { collectSecretUses } from './secrets-uses.ts';

/** Evaluates a question within a budget. If the budget is exceeded, notes that and returns null. */
type Ask = <T>(at: Range, question: () => T) => T | null;

/** The evaluation steps allowed for one question. */
const QUESTION_STEPS = 200_000;

/** Reads a file. Uses are found in the selections that evaluation records. */
export function readSecrets(cx: Evaluation, file: SourceFile): SecretFacts {
  const notAnalysable: NotAnalysable[] = [];
  const readers: SecretReader[] = [];
  const uses = collectSecretUses(cx, file.path, readers);
  const reaching = createReaching(cx);
  let place: WalkedPlace | null = null;
  const ask: Ask = (at, question) => {
    const asking = { range: { start: at.start, end: at.end }, place };
    const trace = newTrace(target => target.kind === 'unknown');
    const readUses = () => {
      // A fallback behind `or` may be evaluated here, which appends to the selections.
      for (const selection of trace.selections) uses.note(selection, asking);
    };
    const answer = withBudget(cx, QUESTION_STEPS, () => recorded(cx, trace, question));
    const noted = withBudget(cx, QUESTION_STEPS, () => recorded(cx, trace, readUses));
    for (const exceeded of [answer, noted])
      if (exceeded instanceof BudgetExceeded)
        notAnalysable.push({
          at: placeIn(file, at),
          what: 'effort',
          reason: exceeded.message,
        });
    return answer instanceof BudgetExceeded ? null : answer;
  };
  const read: ReadSecrets[] = [];
  const interesting = prefilterOf(file, secretPlaces(file.text));
  const inSpine = new WeakSet<Expr>();
  const state = { scope: fileScope(cx, file), path: null, conditional: false };
  ask(file.root, () =>
    walk(cx, file.root, state, {
      skips: range => !interesting(range),
      enter(expr, around) {
        const { scope, path } = around;
        if (!interesting(expr)) return false;
        place = around;
        if (expr.kind === 'select' || expr.kind === 'apply') reaching.come(expr, around);
        if (expr.kind === 'lambda' && takesConfig(expr)) readers.push(readerOf(file, expr, path));
        const isCall = expr.kind === 'apply';
        if (expr.kind === 'select' || expr.kind === 'has-attr' || (isCall && !inSpine.has(expr)))
          ask(expr, () => cx.evaluate(expr, scope));
        if (isCall && expr.fn.kind === 'apply') inSpine.add(expr.fn);
        return true;
      },
      binding(walked) {
        place = walked.state;
        const options = interesting(walked.range) ? optionsIn(cx, walked, ask) : null;
        if (options !== null) read.push(options);
      },
      parameter: (name, lambda) => unknownArgument(name, file.path, lambda.start),
    }),
  );
  return {
    file: file.path,
    ageRules: ageRulesIn(cx, file, ask),
    definitions: read.flatMap(({ definitions }) => definitions),
    templates: read.flatMap(({ templates }) => templates),
    defaults: read.flatMap(({ defaults }) => defaults),
    settings: read.flatMap(({ settings }) => settings),
    gaps: read.flatMap(({ gaps }) => gaps),
    uses: uses.uses(reaching),
    notAnalysable,
  };
}

function ageRulesIn(cx: Evaluation, file: SourceFile, ask: Ask): AgeRules | null {
  if (!/\bpublicKeys\b/.test(file.text) || file.root.kind === 'lambda') return null;
  return ask(file.root, () => readAgeRules(cx, file, cx.evaluate(file.root, fileScope(cx, file))));
}

/** Returns the declarations of a binding; null if it is not an option set of sops-nix or agenix. */
function optionsIn(cx: Evaluation, walked: WalkedBinding, ask: Ask): ReadSecrets | null {
  const path = walked.state.path as NamePath;
  const keeper = path.name?.text;
  if (walked.isLet || inOptions(path)) return null;
  if (keeper !== 'sops' && keeper !== 'age') return null;
  // `sops.age` configures the keys of sops.
  if (keeper === 'age' && path.parent?.name?.text === 'sops') return null;
  const { conditional } = walked.state;
  return ask(walked.range, () =>
    readSecretOptions(cx, { keeper, at: path.at, above: namesAbove(path), conditional }, walked.value()),
  );
}

function takesConfig({ formals }: LambdaExpr): boolean {
  return formals?.some(({ name }) => name.name === 'config') === true;
}

function readerOf(file: SourceFile, lambda: LambdaExpr, path: NamePath | null): SecretReader {
  return {
    at: placeIn(file, lambda),
    names: namesTo(path),
    isOfHome: setsHome(lambda.body),
  };
}

/** Returns whether a module sets `home`, which only home-manager has. */
function setsHome(body: Expr): boolean {
  if (body.kind === 'let' || body.kind === 'with' || body.kind === 'assert') return setsHome(body.body);
  if (body.kind === 'apply') return setsHome(body.arg);
  if (body.kind !== 'attrs') return false;
  return body.bindings.some(binding => {
    if (binding.kind !== 'bind') return false;
    const [first, second] = binding.path;
    if (first?.kind !== 'name') return false;
    if (first.name !== 'config') return first.name === 'home';
    return second === undefined ? setsHome(binding.value) : second.kind === 'name' && second.name === 'home';
  });
}

function namesAbove({ parent }: NamePath): EnclosingNames {
  return namesTo(parent);
}

function namesTo(path: NamePath | null): EnclosingNames {
  const names: (string | null)[] = [];
  for (let at = path; at !== null; at = at.parent) names.unshift(at.name?.text ?? null);
  return names;
}

function inOptions(path: NamePath): boolean {
  for (let at: NamePath | null = path; at !== null; at = at.parent)
    if (at.name?.text === 'options') return true;
  return false;
}
