/**
 * What one file says of secrets of sops-nix and agenix, collected while the file is walked. The collector can ride
 * on another walk; `readSecrets` makes a walk of its own.
 */
import { BudgetExceeded } from '../nix/eval/budget.ts';

import { type Evaluation, withBudget } from '../nix/eval/evaluation.ts';
import { fileScope } from '../nix/eval/scopes.ts';
import type { Selection } from '../nix/eval/selection.ts';
import { type NamePath, type WalkedBinding, walk } from '../nix/eval/walk.ts';
import type { SourceFile } from '../nix/source.ts';
import type { ApplyExpr, Expr, Range } from '../nix/syntax.ts';
import { interestOf } from './interest.ts';
import type { NotAnalysable } from './model.ts';
import { unknownArgument } from './modules.ts';
import {
  type AgeRules,
  type NamesAbove,
  type SecretDefinition,
  type SecretFacts,
  type SecretGap,
  type SecretSetting,
  type SecretTemplate,
  type SopsDefault,
  secretPlaces,
} from './secrets.ts';
import { readAgeRules } from './secrets-age-rules.ts';
import { readSecretOptions } from './secrets-read.ts';
import { collectSecretUses } from './secrets-uses.ts';

/** Asks one question within a budget; null where it was given up, which the asker notes. */
export type Ask = <T>(at: Range, question: () => T) => T | null;

export interface SecretCollector {
  /** Hears of every selection while the file is walked. */
  onSelect(event: Selection): void;
  /** Hears of every binding. */
  binding(walked: WalkedBinding): void;
  /** To be called once, when the walk is over. */
  facts(notAnalysable?: readonly NotAnalysable[]): SecretFacts;
}

/** Steps allowed for one question. */
const QUESTION_STEPS = 200_000;

export function collectSecrets(cx: Evaluation, file: SourceFile, ask: Ask): SecretCollector {
  const definitions: SecretDefinition[] = [];
  const templates: SecretTemplate[] = [];
  const defaults: SopsDefault[] = [];
  const settings: SecretSetting[] = [];
  const gaps: SecretGap[] = [];
  const uses = collectSecretUses(cx, file.path);

  function ageRules(): AgeRules | null {
    if (!/\bpublicKeys\b/.test(file.text) || file.root.kind === 'lambda') return null;
    return ask(file.root, () => readAgeRules(cx, file, cx.evaluate(file.root, fileScope(cx, file))));
  }

  return {
    onSelect: uses.onSelect,
    binding(walked) {
      const path = walked.state.path as NamePath;
      const name = path.name?.text;
      if (walked.isLet || inOptions(path)) return;
      if (name !== 'sops' && name !== 'age') return;
      // `sops.age` says where the keys for sops are.
      if (name === 'age' && path.parent?.name?.text === 'sops') return;
      const above = namesAbove(path);
      const { conditional } = walked.state;
      const read = ask(walked.range, () =>
        readSecretOptions(cx, { keeper: name, at: path.at, above, conditional }, walked.value()),
      );
      definitions.push(...(read?.definitions ?? []));
      templates.push(...(read?.templates ?? []));
      defaults.push(...(read?.defaults ?? []));
      settings.push(...(read?.settings ?? []));
      gaps.push(...(read?.gaps ?? []));
    },
    facts: (notAnalysable = []) => ({
      file: file.path,
      ageRules: ageRules(),
      definitions,
      templates,
      defaults,
      settings,
      gaps,
      uses: uses.uses(),
      notAnalysable,
    }),
  };
}

/** Reads a file by a walk of its own. Leaves the evaluation's tracer as it was. */
export function readSecrets(cx: Evaluation, file: SourceFile): SecretFacts {
  const notAnalysable: NotAnalysable[] = [];
  const ask: Ask = (at, question) => {
    const answer = withBudget(cx, QUESTION_STEPS, question);
    if (!(answer instanceof BudgetExceeded)) return answer;
    notAnalysable.push({
      at: { file: file.path, start: at.start, end: at.end },
      what: 'effort',
      reason: answer.message,
    });
    return null;
  };
  const collector = collectSecrets(cx, file, ask);
  const interesting = interestOf(file, secretPlaces(file.text));
  const inSpine = new WeakSet<Expr>();
  const noteSpine = (expr: ApplyExpr) => {
    if (expr.fn.kind === 'apply') inSpine.add(expr.fn);
  };
  const before = cx.tracer;
  cx.tracer = { ...before, onSelect: collector.onSelect };
  try {
    const state = { scope: fileScope(cx, file), path: null, conditional: false };
    ask(file.root, () =>
      walk(cx, file.root, state, {
        skips: range => !interesting(range),
        enter(expr, { scope }) {
          if (!interesting(expr)) return false;
          const isCall = expr.kind === 'apply';
          if (expr.kind === 'select' || expr.kind === 'has-attr' || (isCall && !inSpine.has(expr)))
            ask(expr, () => cx.evaluate(expr, scope));
          if (isCall) noteSpine(expr);
          return true;
        },
        binding(walked) {
          if (interesting(walked.range)) collector.binding(walked);
        },
        parameter: (name, lambda) => unknownArgument(name, file.path, lambda.start),
      }),
    );
    return collector.facts(notAnalysable);
  } finally {
    cx.tracer = before;
  }
}

function namesAbove({ parent }: NamePath): NamesAbove {
  const names: (string | null)[] = [];
  for (let at = parent; at !== null; at = at.parent) names.unshift(at.name?.text ?? null);
  return names;
}

function inOptions(path: NamePath): boolean {
  for (let at: NamePath | null = path; at !== null; at = at.parent)
    if (at.name?.text === 'options') return true;
  return false;
}
