/**
 * Guesses the present name of a machine whose stored values belong to no machine any more: one with nothing stored that declares
 * some of the same generators. Such values are not left over.
 */
import { sortedUnique } from '../../std.ts';
import { below, foldersIn, type Tree } from './files.ts';
import { AGE_FOLDER } from './vars.ts';

/** The names of generators by machine. */
export type MachineGenerators = ReadonlyMap<string, ReadonlySet<string>>;

/**
 * Returns the machines that each stored machine without a declaration may be called now, sorted; without those that have no
 * candidate.
 *
 * @param stored everyone with values or a key, with the generators of the values
 */
export function renamedMachines(
  declared: MachineGenerators,
  stored: MachineGenerators,
): ReadonlyMap<string, readonly string[]> {
  const bare = [...declared].filter(([name]) => !stored.has(name));
  return new Map(
    [...stored].flatMap(([name, values]) => {
      if (declared.has(name)) return [];
      const now = bare.filter(([, generators]) => [...values].some(value => generators.has(value)));
      return now.length === 0 ? [] : [[name, sortedUnique(now.map(([candidate]) => candidate))] as const];
    }),
  );
}

/** Returns everyone who has values or a key in the store, by the names of folders alone. */
export function storedMachines(files: Tree, directory: string): MachineGenerators {
  const machines = new Map<string, Set<string>>();
  const note = (machine: string, generators: readonly string[]) => {
    const before = machines.get(machine) ?? new Set();
    machines.set(machine, new Set([...before, ...generators]));
  };
  for (const root of ['vars', AGE_FOLDER].map(folder => below(directory, `${folder}/per-machine`)))
    for (const machine of foldersIn(files, root)) note(machine, foldersIn(files, `${root}/${machine}`));
  for (const root of ['sops/machines', 'secrets/age-keys/machines'].map(folder => below(directory, folder)))
    for (const machine of foldersIn(files, root))
      if ((files.list(`${root}/${machine}`) ?? []).length > 0) note(machine, []);
  return machines;
}

/** Returns a sentence about a machine that looks renamed. */
export function renamedText(name: string, now: readonly string[]): string {
  const [only = '', another] = now;
  const command = `varsmith rename machine ${name} ${another === undefined ? only : 'NEW'}`;
  return `Nothing is stored for the machine ${now.map(machine => `"${machine}"`).join(' or ')}. If it is "${name}" under a new name, \`${command}\` moves what is stored.`;
}
