/**
 * Arguments that the fleet's own flake hands to all modules: `specialArgs`, `extraSpecialArgs`, `_module.args`.
 * With them, helper functions that modules take as arguments are understood like any other.
 */
import { perhaps, thunk, unknown } from '../nix/construct.ts';
import { force } from '../nix/evaluate.ts';
import { BudgetExceeded, type Evaluation, withBudget } from '../nix/evaluation.ts';
import { fileScope } from '../nix/evaluator.ts';
import { lazyKey } from '../nix/identity.ts';
import type { SourceFile } from '../nix/source.ts';
import type { Lazy } from '../nix/value.ts';
import { type NamePath, walk } from '../nix/walk.ts';
import { unknownArgument } from './modules.ts';

/** An argument and the files that give it. */
export interface SharedArgument {
  readonly value: Lazy;
  readonly files: readonly string[];
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

/**
 * Joins what files give. Where several files give a name in different ways, it is not known which one a module
 * gets: then each is a candidate.
 */
export function joinArguments(
  cx: Evaluation,
  byFile: ReadonlyMap<string, ReadonlyMap<string, Lazy>>,
): Map<string, SharedArgument> {
  const given = new Map<string, { readonly file: string; readonly value: Lazy }[]>();
  for (const [file, values] of byFile)
    for (const [name, value] of values) {
      const known = given.get(name);
      if (known === undefined) given.set(name, [{ file, value }]);
      else known.push({ file, value });
    }
  const joined = new Map<string, SharedArgument>();
  for (const [name, several] of given) {
    const values = several.map(one => one.value);
    joined.set(name, {
      files: several.map(one => one.file),
      value: values.length === 1 ? (values[0] as Lazy) : thunk(() => force(cx, oneOf(cx, name, values))),
    });
  }
  return joined;
}

/** The value that all give, or an unknown that may be any of them. */
function oneOf(cx: Evaluation, name: string, values: readonly Lazy[]): Lazy {
  const [first, ...others] = values as [Lazy, ...Lazy[]];
  const key = sameKey(cx, first);
  if (key !== null && others.every(other => sameKey(cx, other) === key)) return first;
  const why = unknown(`the argument \`${name}\``, `argument ${name}`, null, { kind: 'root', name });
  return perhaps(why, values, null);
}

/** Two values with one key come out of the same expression, with nothing but their callers to tell them apart. */
function sameKey(cx: Evaluation, lazy: Lazy): string | null {
  const value = withBudget(cx, STEPS, () => force(cx, lazy));
  if (value instanceof BudgetExceeded || value.kind === 'failure') return null;
  if (value.kind === 'unknown') return value.candidates === null ? `? ${value.key}` : null;
  return lazyKey(value);
}
