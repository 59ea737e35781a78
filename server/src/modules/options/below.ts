/** Finds the options below an option, through submodules and sets of them, as far as its type is known. */

import type { OptionTree, OptionType } from './option.ts';
import { EMPTY, mergeTrees } from './tree.ts';

/** Returns the type of an option, or `any` if several modules declare it with types that cannot be merged here. */
export function typeOf({ declared, open }: OptionTree): OptionType {
  const [first, ...others] = declared;
  if (first === undefined || open) return { kind: 'any' };
  if (others.length === 0) return first.type;
  const trees = declared.flatMap(({ type }) => (type.kind === 'submodule' ? [type.tree] : []));
  return trees.length === declared.length ? { kind: 'submodule', tree: mergeTrees(trees) } : { kind: 'any' };
}

/** Stands for a name that the definition chooses. */
export const CHOSEN = '*';

export interface Step {
  readonly tree: OptionTree;
  /** The name as documentation writes it: `*` for a chosen name. */
  readonly name: string;
}

/** Goes one step down from an option or a set of options. Returns `null` if there is no such name, or it is unknown. */
export function stepBelow(tree: OptionTree, name: string): Step | null {
  const inside = insideOf(tree);
  if (inside === null) return null;
  if (inside.isChosen) return { tree: inside.tree, name: CHOSEN };
  const below = inside.tree.options.get(name);
  if (below !== undefined) return { tree: below, name };
  const { freeform } = inside.tree;
  return freeform?.kind === 'map' ? { tree: elementTree(freeform.of), name: CHOSEN } : null;
}

/**
 * Returns the options below an option: a set of options or, if names can be chosen, the options of each element.
 * Returns `null` if they are unknown.
 */
export function insideOf(tree: OptionTree): { readonly tree: OptionTree; readonly isChosen: boolean } | null {
  if (tree.declared.length === 0) return { tree, isChosen: false };
  const type = holderIn(typeOf(tree));
  if (type?.kind === 'submodule') return { tree: type.tree, isChosen: false };
  return type?.kind === 'map' ? { tree: elementTree(type.of), isChosen: true } : null;
}

/** Returns the part of a type that contains named options. */
function holderIn(type: OptionType): OptionType | null {
  if (type.kind === 'submodule' || type.kind === 'map') return type;
  if (type.kind === 'null-or') return holderIn(type.of);
  if (type.kind !== 'either') return null;
  return type.of.map(holderIn).find(optionType => optionType !== null) ?? null;
}

/** Returns the tree of an element with a chosen name, as if it were declared. */
function elementTree(type: OptionType): OptionTree {
  const option = {
    type,
    description: null,
    fallback: null,
    hasDefault: false,
    readOnly: false,
    at: null,
  };
  return { ...EMPTY, declared: [option] };
}

/** Returns the names of the options that may be set. */
export function namesToWrite({ options }: OptionTree): string[] {
  return [...options].flatMap(([name, { declared }]) =>
    declared.length > 0 && declared.every(option => option.hidden === true) ? [] : [name],
  );
}

/** Returns the tree at a path, or `null` if nothing is there or it is unknown. */
export function treeAt(tree: OptionTree, path: readonly string[]): OptionTree | null {
  let at: OptionTree | null = tree;
  for (const name of path) at = at === null ? null : (stepBelow(at, name)?.tree ?? null);
  return at;
}
