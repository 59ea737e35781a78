/**
 * Determines the state of what is stored of a generator in its placements, for one state of the stores. Plain functions
 * of what they receive; generated.ts keeps their answers.
 */

import type { Generator, GeneratorBody } from '../../../fleet/model/generators.ts';
import type { Keeper } from '../../../store/backend-setting.ts';
import type { StoreContents } from '../../../store/vars/read.ts';
import { type StoredState, stateOfFiles } from '../../../store/vars/tally.ts';
import { type DeployedFile, isForMachines, machineAccess } from './machine-access.ts';
import type { StoredIndex } from './stored-index.ts';

/** The reason why the stored values are outdated. */
export interface Outdated {
  /** `inputs`: made from inputs other than those declared now; the others as noted by runs. */
  readonly reason: 'inputs' | 'superseded' | 'interrupted';
  /** For `superseded`: the values that were set since, sorted. */
  readonly older: readonly string[];
}

type DeclaredFile = Pick<GeneratorBody['files'][number], 'name' | 'nameKind' | 'secret' | 'conditional'>;

/** A generator as far as its state depends on it. */
interface Stated extends Pick<Generator, 'name' | 'machines'> {
  /** True if an unknown condition decides whether its machines have it. */
  readonly conditional?: boolean;
}

export interface StoredStates {
  /** Returns whether a file is stored for a machine or shared, or null if that cannot be determined. */
  isStored(
    generator: string,
    share: boolean | null,
    machine: string | null,
    file: DeclaredFile,
  ): boolean | null;
  /**
   * Returns whether a machine certainly cannot decrypt the stored secret of a file that is deployed to it.
   *
   * @param share true if it is stored as a shared one
   */
  isUnreadable(generator: string, share: boolean, machine: string, file: DeployedFile): boolean;
  /**
   * Returns why the stored values for a machine, or shared, are outdated, or null if they are not. A null
   * machine means any machine.
   */
  outdatedBy(generator: string, machine: string | null): Outdated | null;
  /**
   * Returns the state of a generator in one placement.
   *
   * @param machine null if shared or if no machine is known
   */
  stateOf(generator: Stated, body: GeneratorBody, machine: string | null): StoredState;
  stateOn(generator: Generator, machine: string): StoredState;
  /** Returns the placements of a generator: one per machine, and one if it is shared. */
  placements(generator: Generator): readonly Placement[];
}

/** A generator in one placement. */
interface Placement {
  /** Null if shared. */
  readonly machine: string | null;
  readonly state: StoredState;
}

/** Why stored values are outdated, by generator and machine, '' for shared ones. */
export type OutdatedGenerators = ReadonlyMap<string, ReadonlyMap<string, Outdated>>;

/** The inputs for the answers about one state of the stores. */
interface StateInputs {
  readonly stored: StoreContents;
  readonly index: StoredIndex;
  /** Returns the backend that keeps the secrets of a machine, or the shared ones for null. */
  readonly keeper: (machine: string | null) => Keeper;
  /** True if nothing reads what is stored in clan's layout. */
  readonly isUnused: boolean;
  readonly outdated: OutdatedGenerators;
}

export function createStates(inputs: StateInputs): StoredStates {
  const placements = new WeakMap<Generator, readonly Placement[]>();
  return {
    isStored: (generator, share, machine, file) => isStored(inputs, { generator, share, machine }, file),
    outdatedBy: (generator, machine) => outdatedBy(inputs, generator, machine),
    isUnreadable: (generator, share, machine, file) =>
      isUnreadable(inputs, { generator, share, machine }, file),
    stateOf: (generator, body, machine) => stateOf(inputs, generator, body, machine),
    stateOn: (generator, machine) => stateOf(inputs, generator, bodyOn(generator, machine), machine),
    placements(generator) {
      const before = placements.get(generator);
      if (before !== undefined) return before;
      const fresh = placementsOf(inputs, generator);
      placements.set(generator, fresh);
      return fresh;
    },
  };
}

interface StoredPlacement {
  readonly generator: string;
  readonly share: boolean | null;
  readonly machine: string | null;
}

/** Returns whether a file is stored, or null if that cannot be determined. */
function isStored(
  inputs: StateInputs,
  { generator, share, machine }: StoredPlacement,
  { name, nameKind, secret, conditional }: DeclaredFile,
): boolean | null {
  if (inputs.isUnused || nameKind === 'pattern' || generator.includes('${') || share === null) return null;
  if (!share && machine === null) return null;
  const owner = share ? null : machine;
  const file = { generator, owner, name };
  if (secret !== true && isPublicThere(inputs, file)) return true;
  const keeper = inputs.keeper(owner);
  if (secret !== false && keeper === 'outside') return isVerified(inputs, file);
  if (secret !== false && isSecretThere(inputs, file, keeper)) return true;
  return conditional ? null : false;
}

/** The place where a file would be stored. */
interface FileSlot {
  readonly generator: string;
  /** The machine, or null if shared. */
  readonly owner: string | null;
  readonly name: string;
}

function isPublicThere({ index }: StateInputs, { generator, owner, name }: FileSlot): boolean {
  const file = index.generators.get(generator)?.files.get(name);
  if (file === undefined) return false;
  return owner === null ? file.shared.public !== null : file.owners.public.has(owner);
}

/** Returns whether a secret is stored. If two backends have it, the one in use counts. */
function isSecretThere(
  { index, stored }: StateInputs,
  { generator, owner, name }: FileSlot,
  keeper: Keeper,
): boolean {
  const file = index.generators.get(generator)?.files.get(name);
  if (file === undefined) return false;
  if (stored.traces.every(trace => trace === keeper))
    return owner === null ? file.shared.secret !== null : file.owners.secret.has(owner);
  return stored
    .find(generator, name)
    .some(
      storedVar =>
        storedVar.current &&
        storedVar.kind === 'secret' &&
        storedVar.owner === owner &&
        storedVar.keeper === keeper,
    );
}

/** Returns the store's answer about a file, or null if the store was not asked. */
function isVerified({ stored }: StateInputs, { generator, owner, name }: FileSlot): boolean | null {
  const answer = stored.verified.get(keyOf(generator, owner));
  return answer === undefined ? null : !answer.missing.includes(name);
}

function isOutdated({ outdated, stored }: StateInputs, generator: string, owner: string | null): boolean {
  return (
    outdated.get(generator)?.has(owner ?? '') === true ||
    stored.verified.get(keyOf(generator, owner))?.outdated === true
  );
}

function outdatedBy({ outdated }: StateInputs, generator: string, machine: string | null): Outdated | null {
  const owners = outdated.get(generator);
  if (machine !== null) return owners?.get('') ?? owners?.get(machine) ?? null;
  const [first = null] = owners?.values() ?? [];
  return first;
}

/** Returns whether a machine certainly cannot decrypt a stored secret that it is to have. */
function isUnreadable(
  { stored, keeper }: StateInputs,
  {
    generator,
    share,
    machine,
  }: { readonly generator: string; readonly share: boolean; readonly machine: string },
  file: DeployedFile,
): boolean {
  const secret = machineAccess(stored).find(generator, file.name, share ? null : machine);
  return (
    secret !== null &&
    secret.stored.keeper === keeper(machine) &&
    isForMachines(file, secret.stored) &&
    secret.isClosedTo(machine)
  );
}

function stateOf(
  inputs: StateInputs,
  { name: generator, machines, conditional = false }: Stated,
  body: GeneratorBody,
  machine: string | null,
): StoredState {
  const { share } = body;
  const files = body.files.map(file => isStored(inputs, { generator, share, machine }, file));
  // There may be further, unknown files.
  if (!body.complete.files) files.push(null);
  const state = stateOfFiles(files, share !== null && isOutdated(inputs, generator, share ? null : machine));
  if (state !== 'present' || share === null || machine === null || conditional) return state;
  const isClosed =
    machines?.includes(machine) === true &&
    body.files.some(file => isUnreadable(inputs, { generator, share, machine }, file));
  return isClosed ? 'unreadable' : state;
}

function placementsOf(inputs: StateInputs, generator: Generator): Placement[] {
  const placements: Placement[] = [];
  let shared: StoredState | null = null;
  for (const machine of generator.machines ?? []) {
    const body = bodyOn(generator, machine);
    if (body.share !== true) placements.push({ machine, state: stateOf(inputs, generator, body, machine) });
    // A shared one differs between machines only in whether they can decrypt it.
    else if (shared === null || shared === 'present') shared = stateOf(inputs, generator, body, machine);
  }
  return shared === null ? placements : [{ machine: null, state: shared }, ...placements];
}

/** Returns the body on a machine. Avoids building a separate body unless machines differ. */
function bodyOn(generator: Generator, machine: string): GeneratorBody {
  const [only, ...others] = generator.bodies();
  return only !== undefined && others.length === 0 ? only : generator.bodyOn(machine);
}

/** Returns the name of a generator in its placement, as used in plans. */
function keyOf(generator: string, owner: string | null): string {
  return owner === null ? `shared/${generator}` : `per-machine/${owner}/${generator}`;
}
