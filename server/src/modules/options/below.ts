/** What stands below an option: through submodules and sets of them, as far as its type says. */

import type { OptionTree, OptionType } from './option.ts';
import { EMPTY, mergeTrees } from './tree.ts';

/** Returns the type of an option; `any` where several modules declare it in ways that do not go together here. */
export function typeOf({ declared, open }: OptionTree): OptionType {
  const [first, ...others] = declared;
  if (first === undefined || open) return { kind: 'any' };
  if (others.length === 0) return first.type;
  const trees = declared.flatMap(({ type }) => (type.kind === 'submodule' ? [type.tree] : []));
  return trees.length === declared.length ? { kind: 'submodule', tree: mergeTrees(trees) } : { kind: 'any' };
}

/** A name that whoever defines the option chooses. */
export const CHOSEN = '*';

export interface Step {
  readonly tree: OptionTree;
  /** As documentation writes it: `*` for one that is chosen. */
  readonly name: string;
}

/**
 * Takes one step down from an option, or from a set of options.
 * @returns null where there is nothing of that name, or nothing is known
 */
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
 * Returns what is below: a set of options, or for names that are chosen what each of them is. Returns `null` where
 * that is not known.
 */
export function insideOf(tree: OptionTree): { readonly tree: OptionTree; readonly isChosen: boolean } | null {
  if (tree.declared.length === 0) return { tree, isChosen: false };
  const type = holderIn(typeOf(tree));
  if (type?.kind === 'submodule') return { tree: type.tree, isChosen: false };
  return type?.kind === 'map' ? { tree: elementTree(type.of), isChosen: true } : null;
}

/** Returns the part of a type that has names in it. */
function holderIn(type: OptionType): OptionType | null {
  if (type.kind === 'submodule' || type.kind === 'map') return type;
  if (type.kind === 'null-or') return holderIn(type.of);
  if (type.kind !== 'either') return null;
  return type.of.map(holderIn).find(optionType => optionType !== null) ?? null;
}

/** Returns what stands under a name that is chosen, as if it were declared. */
export function elementTree(type: OptionType): OptionTree {
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

/** Returns the names of options that may be set. */
export function namesToWrite({ options }: OptionTree): string[] {
  return [...options].flatMap(([name, { declared }]) =>
    declared.length > 0 && declared.every(option => option.hidden === true) ? [] : [name],
  );
}

/** Returns what stands at a path, or `null` where that is nothing, or not known. */
export function treeAt(tree: OptionTree, path: readonly string[]): OptionTree | null {
  let at: OptionTree | null = tree;
  for (const name of path) at = at === null ? null : (stepBelow(at, name)?.tree ?? null);
  return at;
}
