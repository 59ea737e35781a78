/**
 * Finds options that machines define or read although none of their modules declares them, and definitions with
 * values of the wrong type. Checks only names below the fleet's own options, where all declarations are known.
 */

import type { Fleet } from '../../../fleet/model/fleet.ts';
import type {
  FleetOptions,
  MachineOptions,
  ModuleOptions,
  OptionModule,
  OptionRead,
} from '../../../fleet/model/options.ts';
import { insideOf } from '../../../modules/options/below.ts';
import type { OptionTree, WrittenEntry } from '../../../modules/options/option.ts';
import type { Place } from '../../../nix/places.ts';
import { placeIdentity } from '../../../nix/places.ts';
import { derived } from '../../memory/derived.ts';
import { type Problem, problemsIn, type TypeMismatch, type UndeclaredName } from './option-fit.ts';

/** A name that is read but declared by no module of the machine. */
export interface UnknownRead {
  readonly kind: 'read';
  readonly path: readonly string[];
  readonly at: Place;
  readonly conditional: boolean;
  readonly known: readonly string[];
}

export type OwnProblem = UndeclaredName | TypeMismatch | UnknownRead;

/** A problem that occurs on several machines. */
export interface ProblemOnMachines {
  readonly problem: OwnProblem;
  /** The machines on which it is certain. */
  readonly certain: readonly string[];
  /** The machines on which it occurs as far as their modules are known. */
  readonly likely: readonly string[];
}

/** All problems, each place once. */
export const ownProblems = derived((fleet: Fleet): readonly ProblemOnMachines[] => {
  const options = fleet.options;
  const byProblem = new Map<string, { problem: OwnProblem; certain: string[]; likely: string[] }>();
  for (const [name, machine] of options.machines) {
    if (options.names.size === 0) break;
    for (const module of machine.modules)
      for (const problem of problemsOn(options, machine, module)) {
        const key = `${placeIdentity(problem.at)}\0${problem.path.join('\0')}`;
        let entry = byProblem.get(key);
        if (entry === undefined) {
          entry = { problem, certain: [], likely: [] };
          byProblem.set(key, entry);
        }
        const isSure = module.sure && !problem.conditional && (machine.closed || problem.kind === 'mismatch');
        (isSure ? entry.certain : entry.likely).push(name);
      }
  }
  return [...byProblem.values()];
});

interface JudgedModule {
  readonly names: ReadonlySet<string>;
  readonly tree: OptionTree;
  readonly reads: readonly (readonly OptionRead[] | undefined)[];
  readonly problems: readonly OwnProblem[];
}

/** Most machines have the same options, so a module is checked against them once. */
const judged = new WeakMap<ModuleOptions, JudgedModule[]>();

function problemsOn(
  { names, reads }: FleetOptions,
  { tree }: MachineOptions,
  { options }: OptionModule,
): readonly OwnProblem[] {
  const readsOfModule = options.functions.map(({ file }) => reads.get(file));
  const cached = judged.get(options) ?? [];
  for (const earlier of cached)
    if (
      earlier.names === names &&
      earlier.tree === tree &&
      earlier.reads.every((read, i) => read === readsOfModule[i])
    )
      return earlier.problems;
  const problems: OwnProblem[] = [];
  for (const name of names)
    for (const entry of options.definitions.get(name) ?? [])
      problems.push(...problemsIn(tree, new Map<string, WrittenEntry>([[name, entry]]), [], entry.at));
  for (const [index, place] of options.functions.entries())
    for (const read of readsOfModule[index] ?? []) {
      const missing = read.of === place.start && !read.guarded ? missingIn(tree, read) : null;
      if (missing !== null) problems.push(missing);
    }
  // Results for earlier states are no longer needed.
  judged.set(options, [
    ...cached.filter(earlier => earlier.names === names).slice(-7),
    { names, tree, reads: readsOfModule, problems },
  ]);
  return problems;
}

/** Returns the name in a read that is not declared, if that name is written literally. */
function missingIn(tree: OptionTree, { path, names, conditional }: OptionRead): UnknownRead | null {
  let at = tree;
  for (const [index, name] of path.entries()) {
    const inside = insideOf(at);
    if (inside === null || name.startsWith('_')) return null;
    const below = inside.isChosen ? inside.tree : inside.tree.options.get(name);
    if (below === undefined) {
      const place = names[index - (path.length - names.length)];
      if (inside.tree.open || place === undefined) return null;
      const optionNames = [...inside.tree.options.keys()];
      return { kind: 'read', path: path.slice(0, index + 1), at: place, conditional, known: optionNames };
    }
    at = below;
  }
  return null;
}

/** Returns the files in which a module of some machine declares this option or one below it. */
export function declaredIn({ machines }: FleetOptions, path: readonly string[]): string[] {
  const files = new Set<string>();
  const seen = new Set<ModuleOptions>();
  for (const { modules } of machines.values())
    for (const { options } of modules) {
      if (seen.has(options)) continue;
      seen.add(options);
      let at: OptionTree | undefined = options.tree;
      for (const name of path) at = at?.options.get(name);
      const file = at === undefined ? null : fileOf(at);
      if (file !== null) files.add(file);
    }
  return [...files].sort();
}

function fileOf(tree: OptionTree): string | null {
  for (const { at } of tree.declared) if (at !== null) return at.file;
  for (const below of tree.options.values()) {
    const file = fileOf(below);
    if (file !== null) return file;
  }
  return null;
}

export function isMisfit(problem: Problem | UnknownRead): problem is TypeMismatch {
  return problem.kind === 'mismatch';
}
