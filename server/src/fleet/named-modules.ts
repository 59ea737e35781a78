/**
 * Modules that the workspace's flake names: `flake.modules.nixos.base`, `flake.nixosModules.web`. One walk over a file
 * finds those it names; several files may add to one name.
 */
import { BudgetExceeded, type Evaluation, withBudget } from '../nix/evaluation.ts';
import { fileScope } from '../nix/evaluator.ts';
import type { SourceFile } from '../nix/source.ts';
import { type WalkedBinding, walk } from '../nix/walk.ts';
import { type ModuleFacts, readModule } from './module-facts.ts';
import { classOfModules } from './module-references.ts';
import { type Given, unknownArgument } from './modules.ts';
import { definitionsOf } from './read.ts';
import { namesOf } from './recognise.ts';

export interface NamedModule {
  readonly class: string;
  readonly name: string;
  readonly facts: ModuleFacts;
}

const MAY_NAME = /\b(?:nixosModules|darwinModules|homeModules|homeManagerModules|modules)\b/g;

/** Steps allowed for the walk over a file, and for each module in it. */
const STEPS = 200_000;

export function mayNameModules(text: string): boolean {
  return text.search(MAY_NAME) >= 0;
}

/** The modules that a file names. */
export function readNamedModules(cx: Evaluation, file: SourceFile, given: Given): NamedModule[] {
  const found: NamedModule[] = [];
  const words = [...file.text.matchAll(MAY_NAME)].map(match => match.index);

  function binding({ state, value, isLet }: WalkedBinding): void {
    if (isLet || state.path === null) return;
    const path = namesOf(state.path);
    const holder = classOfModules(path);
    if (holder === null || path.includes('options')) return;
    withBudget(cx, STEPS, () => {
      for (const one of definitionsOf(cx, value())) {
        if (one.value.kind !== 'attrs') continue;
        for (const [name, entry] of one.value.entries) {
          if (entry.at === null) continue;
          const at = entry.at;
          const facts = withBudget(cx, STEPS, () => readModule(cx, entry.value, given, at));
          if (!(facts instanceof BudgetExceeded)) found.push({ class: holder, name, facts });
        }
      }
    });
  }

  withBudget(cx, STEPS, () =>
    walk(
      cx,
      file.root,
      { scope: fileScope(cx, file), path: null, conditional: false },
      {
        enter: expr => words.some(word => expr.start <= word && word < expr.end),
        binding,
        parameter: (name, lambda) =>
          (lambda.formals === null ? null : given(name)) ?? unknownArgument(name, file.path, lambda.start),
      },
    ),
  );
  return found;
}
