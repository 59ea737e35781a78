/**
 * Checks definitions against option declarations: undeclared names, and values that the type does not accept.
 * Reports only what is certain; anything unknown is accepted.
 */

import { accepts, isSet, textOf, valueInWords } from '../../../modules/options/accepts.ts';
import { typeOf } from '../../../modules/options/below.ts';
import type {
  OptionTree,
  OptionType,
  Scalar,
  WrittenDefinition,
  WrittenEntry,
  WrittenValue,
} from '../../../modules/options/option.ts';
import type { Place } from '../../../nix/places.ts';

interface OptionOccurrence {
  /** The attribute path from the root of the tree. */
  readonly path: readonly string[];
  readonly at: Place;
  /** True if the definition does not apply in every evaluation. */
  readonly conditional: boolean;
}

/** An undeclared name. */
export interface UndeclaredName extends OptionOccurrence {
  readonly kind: 'undeclared';
  /** The names declared at that level. */
  readonly known: readonly string[];
}

/** A value that the type of its option does not accept. */
export interface TypeMismatch extends OptionOccurrence {
  readonly kind: 'mismatch';
  readonly expected: string;
  readonly actual: string;
  /** The accepted values; empty if the type is not an enumeration. */
  readonly choices: readonly string[];
  readonly scalar: Scalar | undefined;
  readonly priority: number;
}

export type Problem = UndeclaredName | TypeMismatch;

/**
 * Yields the problems in an attribute set and everything below it.
 *
 * @param fallback the place to report for values without one of their own
 */
export function* problemsIn(
  tree: OptionTree,
  entries: ReadonlyMap<string, WrittenEntry>,
  path: readonly string[],
  fallback: Place | null,
  conditional = false,
): Iterable<Problem> {
  for (const [name, entry] of entries) {
    // `_module` and similar names belong to the module system.
    if (name.startsWith('_')) continue;
    const at = entry.at ?? fallback;
    const here = [...path, name];
    const unsure = conditional || entry.optional;
    const below = tree.options.get(name);
    if (below !== undefined) yield* problemsOf(below, entry, here, at, unsure);
    else if (!tree.open && at !== null)
      yield { kind: 'undeclared', path: here, at, conditional: unsure, known: [...tree.options.keys()] };
  }
}

/** Yields the problems in the definitions of one name. */
function* problemsOf(
  tree: OptionTree,
  { definitions, at }: WrittenEntry,
  path: readonly string[],
  fallback: Place | null,
  conditional: boolean,
): Iterable<Problem> {
  const type = typeOf(tree);
  for (const definition of definitions) {
    const place = at ?? fallback;
    if (tree.declared.length === 0) {
      // Names are checked even under a condition: the module system looks at them before it evaluates the
      // condition.
      yield* problemsIn(tree, definition.value.entries, path, place, conditional);
      continue;
    }
    yield* valueProblems(type, definition, path, place, conditional);
  }
}

function* valueProblems(
  type: OptionType,
  definition: WrittenDefinition,
  path: readonly string[],
  fallback: Place | null,
  conditional: boolean,
): Iterable<Problem> {
  const { value } = definition;
  if (!definition.never) {
    const wrong = wrongIn(type, value);
    const at = wrong === null ? null : placeOf(wrong.value, fallback);
    if (wrong !== null && at !== null)
      yield {
        kind: 'mismatch',
        path,
        at,
        conditional: conditional || definition.conditional || wrong.conditional,
        expected: textOf(wrong.type),
        actual: valueInWords(wrong.value),
        choices:
          wrong.type.kind === 'enum' ? wrong.type.values.filter(choice => typeof choice === 'string') : [],
        scalar: wrong.value.scalar,
        priority: definition.priority,
      };
    if (wrong !== null) return;
  }
  yield* namesBelow(type, value, path, fallback, conditional);
}

/** Yields undeclared names in the submodules that a value consists of. */
function* namesBelow(
  type: OptionType,
  value: WrittenValue,
  path: readonly string[],
  fallback: Place | null,
  conditional: boolean,
): Iterable<Problem> {
  switch (type.kind) {
    case 'submodule':
      // A submodule may declare options itself.
      if (!MODULE_WORDS.some(word => value.entries.has(word)))
        yield* problemsIn(type.tree, value.entries, path, value.at ?? fallback, conditional);
      return;
    case 'null-or':
      yield* namesBelow(type.of, value, path, fallback, conditional);
      return;
    case 'list':
      for (const item of value.items)
        yield* namesBelow(type.of, item, path, item.at ?? fallback, conditional);
      return;
    case 'map':
      for (const [name, entry] of value.entries)
        for (const { value: inner } of entry.definitions)
          yield* namesBelow(
            type.of,
            inner,
            [...path, name],
            entry.at ?? fallback,
            conditional || entry.optional,
          );
      return;
    default:
  }
}

/** Attribute names that make a set a module. */
const MODULE_WORDS = ['imports', 'options', 'config', 'freeformType', 'disabledModules'];

interface Wrong {
  readonly type: OptionType;
  readonly value: WrittenValue;
  readonly conditional: boolean;
}

/** Returns the part of a value that the type does not accept, or null if all of it may be accepted. */
function wrongIn(type: OptionType, value: WrittenValue): Wrong | null {
  const wrong: Wrong = { type, value, conditional: false };
  if (value.kind === 'unknown' || value.kind === 'failure') return null;
  switch (type.kind) {
    case 'any':
      return null;
    case 'null-or': {
      const inner = value.kind === 'null' ? null : wrongIn(type.of, value);
      return inner !== null && inner.value === value ? wrong : inner;
    }
    case 'either':
      return type.of.every(optionType => wrongIn(optionType, value) !== null) ? wrong : null;
    case 'list': {
      if (value.kind !== 'list') return wrong;
      for (const item of value.items) {
        const inner = wrongIn(type.of, item);
        if (inner !== null)
          return inner.value.at === null ? { ...inner, value: { ...inner.value, at: value.at } } : inner;
      }
      return null;
    }
    case 'map':
      return isSet(value) ? wrongEntry(type.of, value) : wrong;
    default:
      return accepts(type, value) ? null : wrong;
  }
}

function wrongEntry(type: OptionType, { entries }: WrittenValue): Wrong | null {
  for (const entry of entries.values())
    for (const { value, never, conditional } of entry.definitions) {
      const inner = never ? null : wrongIn(type, value);
      if (inner === null) continue;
      const isUnsure = inner.conditional || conditional || entry.optional;
      const place = inner.value.at ?? entry.at;
      return { ...inner, value: { ...inner.value, at: place }, conditional: isUnsure };
    }
  return null;
}

/**
 * Returns the place to report for a value. A set may be written in pieces, so the place of its name is used
 * instead.
 */
function placeOf({ kind, at }: WrittenValue, name: Place | null): Place | null {
  return kind === 'attrs' ? (name ?? at) : (at ?? name);
}
