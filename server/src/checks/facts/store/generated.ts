/**
 * How much of what a generator declares is stored, and whether it was made from what is declared: asked by every view
 * that shows it, answered here alone. Where secrets are is weighed as a run weighs it (`keeperOf`), so that what is
 * missing here is what `varsmith plan` would generate. Says nothing of what lies outside of the repository, unless the
 * store was asked (`verified`).
 */

import type { Fleet } from '../../../fleet/model/fleet.ts';
import type { Generator, GeneratorBody } from '../../../fleet/model/generators.ts';
import { type Keeper, keeperOf } from '../../../store/backend-setting.ts';
import type { StoreFiles } from '../../../store/vars/files.ts';
import type { StoreContents } from '../../../store/vars/read.ts';
import {
  type StoredState,
  stateOfFiles,
  stateOfPlacements,
  type Tally,
  tallyOf,
} from '../../../store/vars/tally.ts';
import { isWithoutClan } from '../../../store/without-clan.ts';
import { staleGenerators } from './stale-generators.ts';
import { storedIndex } from './stored-index.ts';

/** What tells how much is stored; a snapshot is one. */
export interface Looked {
  readonly fleet: Fleet;
  readonly files: StoreFiles;
  readonly stored: () => StoreContents;
  /** What runs have noted; absent: nobody has looked. */
  readonly noted?: () => Noted;
}

/**
 * Generators that the next run makes anew although nothing that is stored says so, by `shared/NAME` or
 * `per-machine/MACHINE/NAME`: the values that were set since, as `generator/file`. None: a run was cut off.
 */
export type Noted = ReadonlyMap<string, readonly string[]>;

/** Why what is stored is outdated. */
export interface Outdated {
  /** `inputs`: made from other inputs than are declared now; the others as they were noted. */
  readonly reason: 'inputs' | 'superseded' | 'interrupted';
  /** Of `superseded`: the values that were set since, sorted. */
  readonly older: readonly string[];
}

type DeclaredFile = Pick<GeneratorBody['files'][number], 'name' | 'nameKind' | 'secret' | 'conditional'>;

export interface StoredStates {
  /** Is a file stored for a machine, or shared? Null where that cannot be told. */
  isStored(
    generator: string,
    share: boolean | null,
    machine: string | null,
    file: DeclaredFile,
  ): boolean | null;
  /** Why what is stored for a machine, or shared, is outdated; null where it is not. Machine null: any machine. */
  outdatedBy(generator: string, machine: string | null): Outdated | null;
  /** Of a generator in one place. @param machine null: shared, or of no machine that is known */
  stateOf(generator: string, body: GeneratorBody, machine: string | null): StoredState;
  stateOn(generator: Generator, machine: string): StoredState;
  /** Of a generator wherever it is: one entry for each machine, one for what is shared. */
  placements(generator: Generator): readonly Placement[];
}

/** A generator in its place. */
export interface Placement {
  /** Null: shared. */
  readonly machine: string | null;
  readonly state: StoredState;
}

interface Kept {
  readonly stored: StoreContents;
  readonly noted: Noted;
  readonly states: StoredStates;
}

const kept = new WeakMap<Fleet, Kept>();

const NOTHING: Noted = new Map();

export function storedStates(looked: Looked): StoredStates {
  const stored = looked.stored();
  const known = kept.get(looked.fleet);
  const noted = looked.noted?.() ?? NOTHING;
  if (known?.stored === stored && known.noted === noted) return known.states;
  const states = createStates(looked.fleet, looked.files, stored, noted);
  kept.set(looked.fleet, { stored, noted, states });
  return states;
}

const BY_INPUTS: Outdated = { reason: 'inputs', older: [] };

/** By generator and machine, '' for what is shared: why what is stored is outdated. */
function outdatedIn(
  fleet: Fleet,
  stored: StoreContents,
  noted: Noted,
): ReadonlyMap<string, ReadonlyMap<string, Outdated>> {
  const found = new Map<string, Map<string, Outdated>>();
  const note = (generator: string, owner: string, outdated: Outdated) => {
    const byOwner = found.get(generator) ?? new Map<string, Outdated>();
    found.set(generator, byOwner.set(owner, outdated));
  };
  for (const [key, older] of noted) {
    const [placement, ...names] = key.split('/');
    const owner = placement === 'shared' ? '' : (names.shift() ?? '');
    note(names.join('/'), owner, { reason: older.length === 0 ? 'interrupted' : 'superseded', older });
  }
  // What everybody can see comes before what is noted here.
  for (const { declared, owners } of staleGenerators(fleet, stored))
    for (const owner of owners) note(declared.generator.name, owner, BY_INPUTS);
  return found;
}

function createStates(fleet: Fleet, files: StoreFiles, stored: StoreContents, noted: Noted): StoredStates {
  const index = storedIndex(stored);
  const keeper = keeperOf(fleet, files, stored.elsewhere ? 'custom' : stored.chosen);
  // Nothing there reads what is stored in clan's layout.
  const isNobodys = !stored.elsewhere && stored.chosen === null && isWithoutClan(fleet, files);
  const outdated = outdatedIn(fleet, stored, noted);

  /** Of secrets that are stored by two backends, those of the one in use count. */
  function isThere(generator: string, file: string, owner: string | null, secret: boolean, by: Keeper) {
    const found = index.generators.get(generator)?.files.get(file);
    if (found === undefined) return false;
    if (secret && stored.traces.some(trace => trace !== by))
      return stored
        .find(generator, file)
        .some(
          storedVar =>
            storedVar.current &&
            storedVar.kind === 'secret' &&
            storedVar.owner === owner &&
            storedVar.keeper === by,
        );
    const kind = secret ? 'secret' : 'public';
    return owner === null ? found.shared[kind] !== null : found.owners[kind].has(owner);
  }

  function isStored(
    generator: string,
    share: boolean | null,
    machine: string | null,
    { name, nameKind, secret, conditional }: DeclaredFile,
  ): boolean | null {
    if (isNobodys || nameKind === 'pattern' || generator.includes('${') || share === null) return null;
    if (!share && machine === null) return null;
    const owner = share ? null : machine;
    const by = keeper(owner);
    if (secret !== true && isThere(generator, name, owner, false, by)) return true;
    if (secret !== false && by === 'outside') return verifiedFile(generator, owner, name);
    if (secret !== false && isThere(generator, name, owner, true, by)) return true;
    return conditional ? null : false;
  }

  /** What the store has said of a file when it was asked. */
  function verifiedFile(generator: string, owner: string | null, file: string): boolean | null {
    const told = stored.verified.get(keyOf(generator, owner));
    return told === undefined ? null : !told.missing.includes(file);
  }

  function isOutdated(generator: string, owner: string | null): boolean {
    return (
      outdated.get(generator)?.has(owner ?? '') === true ||
      stored.verified.get(keyOf(generator, owner))?.outdated === true
    );
  }

  function stateOf(generator: string, body: GeneratorBody, machine: string | null): StoredState {
    const { share } = body;
    const found = body.files.map(file => isStored(generator, share, machine, file));
    // There may be further files, of which nothing is known.
    if (!body.complete.files) found.push(null);
    return stateOfFiles(found, share !== null && isOutdated(generator, share ? null : machine));
  }

  return {
    isStored,
    outdatedBy(generator, machine) {
      const owners = outdated.get(generator);
      if (machine !== null) return owners?.get('') ?? owners?.get(machine) ?? null;
      const [first = null] = owners?.values() ?? [];
      return first;
    },
    stateOf,
    stateOn: (generator, machine) => stateOf(generator.name, bodyOn(generator, machine), machine),
    placements(generator) {
      const { name, machines } = generator;
      const found: Placement[] = [];
      let isShared = false;
      for (const machine of machines ?? []) {
        const body = bodyOn(generator, machine);
        if (body.share !== true) found.push({ machine, state: stateOf(name, body, machine) });
        else if (!isShared) {
          isShared = true;
          found.unshift({ machine: null, state: stateOf(name, body, null) });
        }
      }
      return found;
    },
  };
}

/** One body for all machines is made once; only where they differ is the machine's own put together. */
function bodyOn(generator: Generator, machine: string): GeneratorBody {
  const [only, ...others] = generator.bodies();
  return only !== undefined && others.length === 0 ? only : generator.bodyOn(machine);
}

/** As plans name a generator in its place. */
function keyOf(generator: string, owner: string | null): string {
  return owner === null ? `shared/${generator}` : `per-machine/${owner}/${generator}`;
}

/** The state of a generator wherever it is, as one. */
export function stateOverall(states: StoredStates, same: readonly Generator[]): StoredState {
  return stateOfPlacements(same.flatMap(generator => states.placements(generator)).map(({ state }) => state));
}

/** All generators of known machines; what is shared counts once. */
export function fleetTally(looked: Looked): Tally {
  const states = storedStates(looked);
  const shared = new Map<string, StoredState>();
  const own: StoredState[] = [];
  for (const generator of looked.fleet.generators) {
    for (const { machine, state } of states.placements(generator))
      if (machine === null) shared.set(generator.name, state);
      else own.push(state);
  }
  return tallyOf([...shared.values(), ...own]);
}
