/** Indexes the fleet's own options by file and by path, once per state of the options. */
import { perObject } from '../../checks/memory/kept.ts';
import type { FleetOptions, ModuleOptions } from '../../fleet/model/options.ts';
import { CHOSEN, treeAt } from '../../modules/options/below.ts';
import type { OptionTree, WrittenEntry } from '../../modules/options/option.ts';
import { mergeTrees } from '../../modules/options/tree.ts';

export interface OptionsByFile {
  /** The options that all modules declare below the fleet's own names. */
  readonly tree: OptionTree;
  /** The modules concerned with a file. */
  readonly modules: ReadonlyMap<string, readonly ModuleOptions[]>;
  /** The machines that have a module of each file. */
  readonly machines: ReadonlyMap<string, readonly string[]>;
}

export const optionsByFile = perObject((options: FleetOptions): OptionsByFile => {
  const all = new Map<ModuleOptions, ReadonlySet<string>>();
  const modules = new Map<string, ModuleOptions[]>();
  const machines = new Map<string, Set<string>>();
  for (const [name, machine] of options.machines)
    for (const { options: moduleOptions } of machine.modules) {
      let files = all.get(moduleOptions);
      if (files === undefined) {
        files = filesOf(moduleOptions, options.names);
        all.set(moduleOptions, files);
        for (const file of files) modules.set(file, [...(modules.get(file) ?? []), moduleOptions]);
      }
      for (const file of files) machines.set(file, (machines.get(file) ?? new Set()).add(name));
    }
  const whole = mergeTrees([...all.keys()].map(({ tree }) => tree));
  const ownOptions = new Map([...whole.options].filter(([name]) => options.names.has(name)));
  return {
    tree: { ...whole, options: ownOptions },
    modules,
    machines: new Map([...machines].map(([file, names]) => [file, [...names].sort()])),
  };
});

/** Returns the files in which a module declares, defines or reads something. */
function filesOf({ tree, definitions, functions }: ModuleOptions, names: ReadonlySet<string>): Set<string> {
  const files = new Set<string>(functions.map(({ file }) => file));
  const visit = (at: OptionTree) => {
    for (const option of at.declared) if (option.at !== null) files.add(option.at.file);
    for (const below of at.options.values()) visit(below);
  };
  for (const name of names) {
    const below = tree.options.get(name);
    if (below !== undefined) visit(below);
    for (const entry of definitions.get(name) ?? []) if (entry.at !== null) files.add(entry.at.file);
  }
  return files;
}

/** Returns the option declared at a path. */
export function declaredAt(tree: OptionTree, path: readonly string[]): OptionTree | null {
  return treeAt(tree, path);
}

/** Returns a module's definitions at a path. */
export function definitionsAt(
  { definitions }: ModuleOptions,
  path: readonly string[],
): readonly WrittenEntry[] {
  const [first = '', ...rest] = path;
  let entries: readonly WrittenEntry[] = definitions.get(first) ?? [];
  for (const name of rest)
    entries = entries.flatMap(entry =>
      entry.definitions.flatMap(({ value }) => {
        if (name === CHOSEN) return [...value.entries.values()];
        const inner = value.entries.get(name);
        return inner === undefined ? [] : [inner];
      }),
    );
  return entries;
}
