/** Finds out what a stored generator that a machine does not declare any more is most likely called today. */
import type { Fleet } from '../../../fleet/model/fleet.ts';
import type { Generator } from '../../../fleet/model/generators.ts';
import type { StoredVar } from '../../../store/vars/vars.ts';
import type { StoredGenerator } from './stored-index.ts';

/** What is declared, and what is stored. */
export interface DeclaredAndStored {
  readonly fleet: Fleet;
  /** All stored generators, by name. */
  readonly generators: ReadonlyMap<string, StoredGenerator>;
}

/**
 * Returns the name of the only generator of a machine that has the same files and nothing stored. Returns null if there is none
 * or several, or if other stored values of the machine, which it does not declare either, have the same files. Asks nothing of
 * other machines.
 *
 * @param owner the machine that the values are stored for; null if they are shared
 */
export function newNameOf(
  { fleet, generators }: DeclaredAndStored,
  stored: StoredGenerator,
  owner: string | null,
): string | null {
  const files = filesFor(stored, owner);
  const here = fleet.generators.filter(
    ({ nameKind, machines }) => nameKind !== 'pattern' && machines !== null && isAmong(machines, owner),
  );
  const [candidate, another] = here.filter(generator => {
    const before = generators.get(generator.name);
    const isStored = before !== undefined && filesFor(before, owner).size > 0;
    const names = isStored ? null : filesOn(generator, owner);
    return names !== null && isSame(names, files);
  });
  if (candidate === undefined || another !== undefined) return null;
  const declared = new Set(here.map(({ name }) => name));
  const isOneOfSeveral = [...generators.values()].some(
    other => other.name !== stored.name && !declared.has(other.name) && isSame(filesFor(other, owner), files),
  );
  return isOneOfSeveral ? null : candidate.name;
}

function isAmong(machines: readonly string[], owner: string | null): boolean {
  return owner === null ? machines.length > 0 : machines.includes(owner);
}

function isSame(left: ReadonlySet<string>, right: ReadonlySet<string>): boolean {
  return left.size === right.size && [...left].every(name => right.has(name));
}

/** Returns the names of the files that are stored for a machine, or shared. */
function filesFor({ shared, byOwner }: StoredGenerator, owner: string | null): ReadonlySet<string> {
  const values: readonly StoredVar[] = owner === null ? shared : (byOwner.get(owner) ?? []);
  return new Set(values.map(({ file }) => file));
}

/** Returns the names of a generator's files on a machine, or shared; null if they are not all known. */
function filesOn(generator: Generator, owner: string | null): ReadonlySet<string> | null {
  const body = owner === null ? generator.body() : generator.certainBodyOn(owner);
  if (body?.share !== (owner === null) || !body.complete.files) return null;
  return new Set(body.files.map(({ name }) => name));
}
