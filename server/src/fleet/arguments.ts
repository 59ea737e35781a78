/**
 * Arguments that the fleet's own flake hands to all modules: `specialArgs`, `extraSpecialArgs`, `_module.args`.
 * With them, helper functions that modules take as arguments are understood like any other.
 */
import { force } from '../nix/evaluate.ts';
import { BudgetExceeded, type Evaluation, withBudget } from '../nix/evaluation.ts';
import { fileScope } from '../nix/evaluator.ts';
import type { SourceFile } from '../nix/source.ts';
import type { Lazy } from '../nix/value.ts';
import { type NamePath, walk } from '../nix/walk.ts';
import { unknownArgument } from './modules.ts';

/** An argument and the file that gives it. */
export interface SharedArgument {
  readonly value: Lazy;
  readonly file: string;
}

const GIVES = /\bspecialArgs\b|\bextraSpecialArgs\b|(?<=\b_module\.)args\b|\b_module\b/g;

/** Arguments that the module system or a service gives itself, whatever a flake gives under that name. */
const RESERVED = new Set([
  'config',
  'options',
  'lib',
  'pkgs',
  'name',
  'settings',
  'instanceName',
  'machine',
  'roles',
  'instances',
]);

/** Steps allowed for finding the arguments that one file gives. */
const STEPS = 100_000;

export function mayGiveArguments(text: string): boolean {
  return text.search(GIVES) >= 0;
}

/** The arguments that a file gives to modules, by name. */
export function readArguments(cx: Evaluation, file: SourceFile): Map<string, Lazy> {
  const found = new Map<string, Lazy>();
  const words = [...file.text.matchAll(GIVES)].map(match => match.index);
  withBudget(cx, STEPS, () =>
    walk(
      cx,
      file.root,
      { scope: fileScope(cx, file), path: null, conditional: false },
      {
        enter: expr => words.some(word => expr.start <= word && word < expr.end),
        parameter: (name, lambda) => unknownArgument(name, file.path, lambda.start),
        binding({ state, value }) {
          if (!isArguments(state.path)) return;
          const set = withBudget(cx, STEPS, () => force(cx, value()));
          if (set instanceof BudgetExceeded || set.kind !== 'attrs') return;
          for (const [name, entry] of set.entries)
            if (!entry.optional && !RESERVED.has(name)) found.set(name, entry.value);
        },
      },
    ),
  );
  return found;
}

function isArguments(path: NamePath | null): boolean {
  const name = path?.name?.text;
  if (name === 'specialArgs' || name === 'extraSpecialArgs') return true;
  return name === 'args' && path?.parent?.name?.text === '_module';
}

/** Joins what files give. A name that several files give is nobody's: which one a module gets is not known. */
export function joinArguments(
  byFile: ReadonlyMap<string, ReadonlyMap<string, Lazy>>,
): Map<string, SharedArgument> {
  const joined = new Map<string, SharedArgument>();
  const several = new Set<string>();
  for (const [file, values] of byFile)
    for (const [name, value] of values) {
      if (joined.has(name)) several.add(name);
      joined.set(name, { value, file });
    }
  for (const name of several) joined.delete(name);
  return joined;
}
