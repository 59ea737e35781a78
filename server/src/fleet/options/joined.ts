/** Parts of joining the options that the fleet's own modules declare: merged trees, and texts that name options. */

import type { OptionTree } from '../../modules/options/option.ts';
import { mergeTrees } from '../../modules/options/tree.ts';
import { sameItems } from '../../std.ts';
import type { FleetOptions } from '../model/options.ts';

export const NO_FLEET_OPTIONS: FleetOptions = {
  names: new Set(),
  machines: new Map(),
  reads: new Map(),
  mayDeclare: () => false,
};

interface Merged {
  readonly all: readonly OptionTree[];
  readonly tree: OptionTree;
}

/** Merged trees by the first of those that they were merged from. */
const merged = new WeakMap<OptionTree, readonly Merged[]>();

/** Merges trees. The result is the same object for the same trees, as of machines with the same modules. */
export function mergedTree(all: readonly OptionTree[]): OptionTree {
  const [first] = all;
  if (first === undefined || all.length === 1) return mergeTrees(all);
  const withFirst = merged.get(first) ?? [];
  const same = withFirst.find(candidate => sameItems(candidate.all, all));
  if (same !== undefined) return same.tree;
  const tree = mergeTrees(all);
  merged.set(first, [...withFirst, { all, tree }]);
  return tree;
}

/** Returns an expression for the texts that contain one of the names as a word, or null if there are no names. */
export function wordOf(names: readonly string[]): RegExp | null {
  return names.length === 0 ? null : new RegExp(`\\b(${names.map(escaped).join('|')})\\b`);
}

/** Returns whether a text has the name anywhere except at the end of a selection. */
export function mentionedIn(texts: readonly string[], name: string): boolean {
  const word = new RegExp(`(?<![\\w'.-])${escaped(name)}(?![\\w'-])|\\.${escaped(name)}\\s*(?:\\.|=[^=])`);
  return texts.some(text => word.test(text));
}

function escaped(name: string): string {
  return name.replace(/[\\^$.*+?()[\]{}|-]/g, '\\$&');
}
