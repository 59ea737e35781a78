/**
 * Reads the options that modules declare into a tree of plain data with the declarations at its leaves. Reads the
 * value of `options` and follows no files. Places are for display only.
 */
import { display, isClosed } from '../../nix/eval/construct.ts';

import type { Evaluation } from '../../nix/eval/evaluation.ts';
import type { AttrsValue, Lazy, Value } from '../../nix/eval/value.ts';
import type { Place } from '../../nix/places.ts';
import { placeOf } from '../../nix/places.ts';
import { addToList } from '../../std.ts';
import { member } from '../read.ts';
import type { DeclaredOption, OptionTree } from './option.ts';
import { ANY, type ReadModule, readType, scalarOf } from './types.ts';

const NO_OPTIONS: ReadonlyMap<string, OptionTree> = new Map();
const NONE: readonly DeclaredOption[] = [];

/** The tree of unknown declarations. */
export const OPEN: OptionTree = { options: NO_OPTIONS, declared: NONE, open: true };

/** The tree without declarations. */
export const EMPTY: OptionTree = { options: NO_OPTIONS, declared: NONE, open: false };

const MAX_DEPTH = 12;

/**
 * Returns the tree of a value of `options`.
 * @param at the place of its name
 */
export function readTree(
  cx: Evaluation,
  lazy: Lazy,
  at: Place | null,
  readModule: ReadModule,
  depth = 0,
): OptionTree {
  const value = cx.force(lazy);
  if (value.kind !== 'attrs' || depth > MAX_DEPTH) return OPEN;
  const kind = member(cx, value, '_type');
  if (kind?.kind === 'string' && kind.text === 'option')
    return { options: NO_OPTIONS, declared: [readOption(cx, value, at, readModule)], open: false };
  // In a module that works, `mkMerge` and the like never wrap declarations of options.
  if (value.entries.has('_type')) return OPEN;
  const options = new Map<string, OptionTree>();
  for (const [name, entry] of value.entries) {
    const below = readTree(
      cx,
      entry.value,
      entry.at === null ? at : placeOf(entry.at),
      readModule,
      depth + 1,
    );
    // An option that may be absent proves nothing about other options.
    options.set(name, entry.optional ? withDefaults(below) : below);
  }
  return { options, declared: NONE, open: !isClosed(value) };
}

function readOption(
  cx: Evaluation,
  option: AttrsValue,
  at: Place | null,
  readModule: ReadModule,
): DeclaredOption {
  const type = option.entries.get('type');
  const description = member(cx, option, 'description');
  const fallback = option.entries.get('default');
  const readOnly = member(cx, option, 'readOnly');
  return {
    type: type === undefined || type.optional ? ANY : readType(cx, type.value, readModule),
    description: description?.kind === 'string' ? display(description).trim() : null,
    fallback: fallback === undefined ? null : textOf(cx.force(fallback.value)),
    hasDefault: fallback !== undefined || option.entries.has('defaultText') || !isClosed(option),
    readOnly: readOnly?.kind === 'bool' && readOnly.value,
    ...(isHidden(cx, option) ? { hidden: true } : {}),
    at,
  };
}

function isHidden(cx: Evaluation, option: AttrsValue): boolean {
  const internal = member(cx, option, 'internal');
  const visible = member(cx, option, 'visible');
  return (internal?.kind === 'bool' && internal.value) || (visible?.kind === 'bool' && !visible.value);
}

/** Returns the tree with all options marked as having a default. */
export function withDefaults(tree: OptionTree): OptionTree {
  return {
    ...tree,
    options: new Map([...tree.options].map(([name, below]) => [name, withDefaults(below)])),
    declared: tree.declared.map(option => ({ ...option, hasDefault: true })),
  };
}

/** Returns a short value as Nix source. */
function textOf(value: Value): string | null {
  const scalar = scalarOf(value);
  if (scalar !== undefined) return typeof scalar === 'string' ? JSON.stringify(scalar) : String(scalar);
  if (value.kind === 'list' && value.items.length === 0) return '[ ]';
  if (value.kind === 'attrs' && value.entries.size === 0 && isClosed(value)) return '{ }';
  if (value.kind === 'path') return value.text;
  const { origin } = value;
  if (origin === null) return null;
  const written = origin.file.text.slice(origin.start, origin.end);
  return written.length <= 60 && !written.includes('\n') ? written : null;
}

function opened(tree: OptionTree): OptionTree {
  return {
    options: new Map([...tree.options].map(([name, below]) => [name, opened(below)])),
    declared: tree.declared,
    open: true,
  };
}

/** Returns the trees of several modules merged into one. */
export function mergeTrees(trees: readonly OptionTree[]): OptionTree {
  const [only, ...others] = trees;
  if (only === undefined) return EMPTY;
  if (others.length === 0) return only;
  const byName = new Map<string, OptionTree[]>();
  for (const { options } of trees)
    for (const [name, below] of options) {
      addToList(byName, name, below);
    }
  const unknown = trees.filter(({ open }) => open);
  return {
    options: new Map(
      [...byName].map(([name, all]) => {
        const merged = mergeTrees(all);
        // A module that may declare anything here may also declare options below those of another module.
        const isOpen = unknown.some(({ options }) => !options.has(name));
        return [name, isOpen ? opened(merged) : merged] as const;
      }),
    ),
    declared: trees.flatMap(({ declared }) => declared),
    open: trees.some(({ open }) => open),
    ...freeformOf(trees),
  };
}

/** Returns the type of unlisted options. The types of several modules cannot be merged here. */
function freeformOf(trees: readonly OptionTree[]): Pick<OptionTree, 'freeform'> {
  const [only, ...others] = trees.flatMap(({ freeform }) => freeform ?? []);
  return only === undefined || others.length > 0 ? {} : { freeform: only };
}
