/** Finds the names in a file that refer to the fleet's own options: declarations, definitions and reads. */

import { derivedBy } from '../../checks/memory/derived-by.ts';
import type { Fleet } from '../../fleet/model/fleet.ts';
import type { OptionRead } from '../../fleet/model/options.ts';
import { CHOSEN, insideOf, stepBelow } from '../../modules/options/below.ts';
import type { OptionTree, WrittenEntry } from '../../modules/options/option.ts';
import type { Place } from '../../nix/places.ts';
import { isSameData } from '../../nix/same-data.ts';
import { optionsByFile } from './own-options.ts';
import type { Target } from './subjects.ts';

/** Returns the files with targets for the fleet's own options. */
export function filesWithOptions(fleet: Fleet): Iterable<string> {
  return optionsByFile(fleet.options).modules.keys();
}

const NONE: readonly Target[] = [];

/** Returns the targets, in no particular order. The same list while they are the same, whatever else the fleet declares. */
export const optionTargets = derivedBy(
  'targets of options',
  (fleet, file, before = NONE): readonly Target[] => {
    const targets = readTargets(fleet, file);
    return isSameData(before, targets) ? before : targets;
  },
);

function readTargets(fleet: Fleet, file: string): readonly Target[] {
  const options = fleet.options;
  const { tree, modules } = optionsByFile(options);
  const targets: Target[] = [];
  const add = (at: Place | null, path: readonly string[], role: Target['role']) => {
    if (at?.file === file)
      targets.push({ at, subject: { kind: 'option', path: path.join('.') }, role, inScript: false });
  };
  for (const module of modules.get(file) ?? []) {
    for (const name of options.names) {
      const option = module.tree.options.get(name);
      if (option !== undefined) addDeclared(option, [name], add);
      for (const entry of module.definitions.get(name) ?? []) addDefined(tree, name, entry, [], add);
    }
    const starts = new Set(module.functions.filter(place => place.file === file).map(({ start }) => start));
    for (const read of options.reads.get(file) ?? []) if (starts.has(read.of)) addRead(tree, read, add);
  }
  return targets;
}

type Add = (at: Place | null, path: readonly string[], role: Target['role']) => void;

function addDeclared(tree: OptionTree, path: readonly string[], add: Add): void {
  for (const { at } of tree.declared) add(at, path, 'declaration');
  const inside = tree.declared.length > 0 ? insideOf(tree) : { tree, isChosen: false };
  if (inside === null) return;
  if (inside.isChosen) addDeclared({ ...inside.tree }, [...path, CHOSEN], add);
  else for (const [name, below] of inside.tree.options) addDeclared(below, [...path, name], add);
}

function addDefined(
  tree: OptionTree,
  name: string,
  entry: WrittenEntry,
  above: readonly string[],
  add: Add,
): void {
  const step = stepBelow(tree, name);
  if (step === null) return;
  const path = [...above, step.name];
  if (step.tree.declared.length > 0 && step.name !== CHOSEN) add(entry.at, path, 'use');
  for (const { value } of entry.definitions)
    for (const [inner, below] of value.entries) addDefined(step.tree, inner, below, path, add);
}

function addRead(tree: OptionTree, { path, names }: OptionRead, add: Add): void {
  const documented: string[] = [];
  let at = tree;
  for (const [index, name] of path.entries()) {
    const step = stepBelow(at, name);
    if (step === null) return;
    documented.push(step.name);
    at = step.tree;
    const place = names[index - (path.length - names.length)] ?? null;
    if (at.declared.length > 0 && step.name !== CHOSEN) add(place, documented, 'use');
  }
}
