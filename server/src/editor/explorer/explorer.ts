/**
 * Builds the contents of the fleet explorer: machines, their generators, and the generators' files. Plain data,
 * built level by level, so that a thousand machines cost nothing until one is expanded. Registry keys are in
 * explorer-keys.ts.
 */
import { type NixSays, nixSaysOf, nixSaysOfMachine } from '../../checks/facts/eval/nix-says.ts';
import { factsOf, generatorsByMachine } from '../../checks/facts/fleet-facts.ts';
import { clanGeneratorsByMachine } from '../../checks/facts/store/clan-states.ts';
import { storedStates } from '../../checks/facts/store/generated.ts';
import type { Outdated } from '../../checks/facts/store/states.ts';
import { fleetTally, machineTallies } from '../../checks/facts/store/tallies.ts';
import { mayHaveMore } from '../../fleet/elsewhere/elsewhere.ts';
import type { Generator } from '../../fleet/model/generators.ts';
import type { Place } from '../../nix/places.ts';
import { publicValuePath } from '../../store/vars/deployed.ts';
import { isUnfinished, type StoredState, type Tally, unfinishedIn } from '../../store/vars/tally.ts';
import { secretCount } from '../secrets/joined.ts';
import type { Snapshot } from '../snapshot.ts';
import { type ExplorerFilter, matches } from './explorer-filter.ts';
import { isAskable, type Loose, looseOf } from './explorer-loose.ts';

interface MachineEntry {
  readonly name: string;
  readonly class: string | null;
  readonly system: string | null;
  readonly tags: readonly string[];
  readonly generators: number;
  /** False if only Nix can determine whether there are more. */
  readonly complete: boolean;
  readonly tally: Tally;
  /** What Nix says of it, or null if it was not asked about it. */
  readonly nix: NixSays | null;
  readonly at: Place | null;
}

export interface GeneratorEntry {
  readonly name: string;
  readonly share: boolean | null;
  /** For a generator without a known machine: why there is none. */
  readonly loose: Loose | null;
  readonly state: StoredState;
  /** The reason why it is outdated, or null. */
  readonly outdated: Outdated | null;
  /** What Nix says of it on the machine, or null if it was not asked. */
  readonly nix: NixSays | null;
  /** The service of clan-core that brings it, or `clan-core` for its core modules; null for what a file declares. */
  readonly service: string | null;
  /** The declaration, or the service's instance. */
  readonly at: Place | null;
  readonly files: readonly FileEntry[];
  readonly prompts: readonly string[];
  readonly dependencies: readonly string[];
}

interface FileEntry {
  readonly name: string;
  readonly secret: boolean | null;
  /** Null if it cannot be determined. */
  readonly stored: boolean | null;
  /** True if the machine certainly cannot decrypt it. */
  readonly unreadable: boolean;
  /** The file with the value of a stored public file, or null. */
  readonly value: string | null;
  readonly nix: NixSays | null;
  readonly at: Place;
}

export interface FleetEntry {
  readonly machines: readonly MachineEntry[];
  /** The number of generators without a known machine. */
  readonly unassigned: number;
  /** True if asking Nix may find the machines of some of them. */
  readonly askable: boolean;
  /** Counts for the whole fleet, regardless of the filter; shared generators count once. */
  readonly tally: Tally;
  /** True if the workspace declares vars or machines. */
  readonly isFleet: boolean;
  /** The number of sops-nix and agenix secrets. */
  readonly secrets: number;
}

export function fleetEntry(snapshot: Snapshot, filter: ExplorerFilter): FleetEntry {
  const { fleet } = snapshot;
  const { elsewhere } = factsOf(fleet);
  const byMachine = generatorsByMachine(fleet);
  const brought = clanGeneratorsByMachine(fleet);
  const tallyOn = machineTallies(snapshot);
  const machines: MachineEntry[] = [];
  for (const { name, class: kind, system, tags, at } of fleet.machines) {
    const machineGenerators = byMachine.get(name) ?? [];
    const broughtHere = brought.get(name) ?? [];
    const tally = tallyOn(name);
    if (filter.lacking && unfinishedIn(tally) === 0) continue;
    if (
      !matches(filter, [name, ...tags]) &&
      ![...machineGenerators, ...broughtHere].some(generator => hasMatch(filter, generator))
    )
      continue;
    machines.push({
      ...{ name, class: kind, system, tags, at, tally },
      generators: machineGenerators.length + broughtHere.length,
      complete: !mayHaveMore(elsewhere, name),
      nix: nixSaysOfMachine(fleet.nix, name),
    });
  }
  const loose = byMachine.get('') ?? [];
  return {
    machines,
    unassigned: filter.lacking ? 0 : loose.filter(generator => hasMatch(filter, generator)).length,
    askable: isAskable(fleet, loose),
    tally: fleetTally(snapshot),
    isFleet: fleet.isClan || fleet.generators.length + fleet.machines.length + fleet.registries.length > 0,
    secrets: secretCount(snapshot),
  };
}

/**
 * Returns whether the generator's name or that of a file matches. Files are only read if the filter has a text.
 */
function hasMatch(filter: ExplorerFilter, generator: Pick<Generator, 'name' | 'body'>): boolean {
  return (
    matches(filter, [generator.name]) ||
    matches(
      filter,
      generator.body().files.map(({ name }) => name),
    )
  );
}

/**
 * Returns the generators of a machine.
 *
 * @param machine null for those without a known machine
 */
export function generatorEntries(
  snapshot: Snapshot,
  machine: string | null,
  filter: ExplorerFilter,
): readonly GeneratorEntry[] {
  const machineGenerators = generatorsByMachine(snapshot.fleet).get(machine ?? '') ?? [];
  const tags = snapshot.fleet.machines.find(({ name }) => name === machine)?.tags ?? [];
  // If the machine itself matches, everything in it is shown.
  const isMeant = machine !== null && matches(filter, [machine, ...tags]);
  const declared = machineGenerators.map(generator => ({
    ...{ generator, service: null },
    loose: machine === null ? looseOf(snapshot.fleet, generator) : null,
    at: generator.definitions[0]?.at ?? null,
  }));
  const brought = (machine === null ? [] : (clanGeneratorsByMachine(snapshot.fleet).get(machine) ?? [])).map(
    generator => ({
      ...{ generator, service: generator.service ?? 'clan-core', loose: null },
      at: generator.instance?.at[0] ?? null,
    }),
  );
  return [...declared, ...brought]
    .filter(({ generator }) => isMeant || hasMatch(filter, generator))
    .map(listed => entryOf(snapshot, listed, machine))
    .filter(({ state }) => !filter.lacking || isUnfinished(state));
}

/** A generator as it is listed. */
interface Listed extends Pick<GeneratorEntry, 'service' | 'loose' | 'at'> {
  readonly generator: Pick<Generator, 'name' | 'machines' | 'body' | 'bodyOn'> & {
    readonly conditional?: boolean;
  };
}

function entryOf(
  snapshot: Snapshot,
  { generator, service, loose, at: declaredAt }: Listed,
  machine: string | null,
): GeneratorEntry {
  const body = machine === null ? generator.body() : generator.bodyOn(machine);
  const states = storedStates(snapshot);
  const directory = snapshot.fleet.directory ?? '';
  const having = generator.machines ?? [];
  const nixSays = (file: string | null) =>
    nixSaysOf(snapshot.fleet.nix, { generator: generator.name, machine, file }, having);
  const files = body.files.map((file): FileEntry => {
    const { name, secret, at } = file;
    const stored = states.isStored(generator.name, body.share, machine, file);
    const share = body.share === true;
    const place = { generator: generator.name, file: name, share, machine: machine ?? '', neededFor: null };
    const value = secret === false && stored ? publicValuePath(directory, place) : null;
    const unreadable =
      machine !== null &&
      generator.conditional !== true &&
      states.isUnreadable(generator.name, share, machine, file);
    return { name, secret, at, stored, unreadable, value, nix: nixSays(name) };
  });
  const state = states.stateOf(generator, body, machine);
  return {
    name: generator.name,
    share: body.share,
    loose,
    state,
    outdated: state === 'outdated' ? states.outdatedBy(generator.name, machine) : null,
    nix: nixSays(null),
    ...{ service, at: declaredAt, files },
    prompts: body.prompts.map(({ name }) => name),
    dependencies: body.dependencies.map(({ value }) => value),
  };
}

/**
 * Returns the state of a generator on a machine, or null if the machine certainly lacks it or that is not
 * known.
 */
export function stateOn(snapshot: Snapshot, generator: string, machine: string): StoredState | null {
  const machineGenerators = generatorsByMachine(snapshot.fleet)
    .get(machine)
    ?.find(({ name }) => name === generator);
  return machineGenerators === undefined ? null : storedStates(snapshot).stateOn(machineGenerators, machine);
}
