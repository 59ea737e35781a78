/**
 * Answers whether a machine may have a generator, or a file of one, beyond those that are known. The unknown parts of
 * one machine make nothing uncertain that is declared in full.
 */

import { compareTexts, isAmong, once, sameItems } from '../../std.ts';
import type { Fleet } from '../model/fleet.ts';
import type { Generator } from '../model/generators.ts';
import type { MachineModules } from '../model/machines.ts';
import type { ClanGenerator } from '../model/services.ts';
import {
  isClanCoreItself,
  membersOfUnknownServices,
  type ServiceNames,
  serviceNames,
} from './service-names.ts';
import {
  identityOf,
  isWhole,
  mayAddFile,
  reaches,
  type UnnamedGenerator,
  unnamedGenerator,
} from './unnamed-generators.ts';

/** The unknown parts of a fleet, to which generators may belong. */
export interface Elsewhere {
  /** Generators whose names have holes. */
  readonly unnamed: readonly UnnamedGenerator[];
  /** Returns whether the machine may have modules that cannot be read, of the workspace or of other flakes. */
  readonly isOpen: (machine: string) => boolean;
  /** Returns whether such modules may define generators of any name, and not only of those in `unnamed`. */
  readonly mayHaveAnyName: (machine: string) => boolean;
  /**
   * Returns whether a file that the machine consists of, or that modules of machines read vars from, is missing or cannot
   * be parsed. What it declares is unknown until it is whole again.
   * @param machine null for an unknown machine
   */
  readonly isBroken: (machine: string | null) => boolean;
  /** The same for files that cannot be parsed alone: a file that is missing declares nothing as things are. */
  readonly isUnparsed: (machine: string | null) => boolean;
  /** The files that cannot be parsed, of which generators are known in part at most. */
  readonly brokenFiles: ReadonlySet<string>;
  /** Returns what may declare generators of a name; the same object for the same name. */
  readonly about: (name: string) => AboutName;
  /** The inputs of the answers, compared to reuse them. */
  readonly key: readonly unknown[];
}

/** Everything that may declare generators of one name. */
interface AboutName extends ServiceNames {
  readonly unnamed: readonly UnnamedGenerator[];
}

type FleetParts = Pick<
  Fleet,
  | 'generators'
  | 'modules'
  | 'clanGenerators'
  | 'inventory'
  | 'hasAllGenerators'
  | 'faults'
  | 'units'
  | 'registries'
  | 'matrices'
  | 'nix'
>;

/**
 * Collects the unknown parts of a fleet.
 * @param before the last result, which is returned again with its answers if the inputs are the same
 */
export function createElsewhere(fleet: FleetParts, before?: Elsewhere): Elsewhere {
  const { clanGenerators, inventory, modules } = fleet;
  const unnamed = fleet.generators
    .filter(({ nameKind }) => nameKind === 'pattern')
    .map(generator => unnamedGenerator(generator, modules.size > 0));
  const open = [...modules.keys()].filter(machine => !fleet.hasAllGenerators(machine));
  const shapeless = open.filter(machine => !isShaped(modules.get(machine)));
  const isItself = isClanCoreItself(fleet.generators);
  const evaluated = fleet.nix?.answer.machines.map(({ name }) => name).filter(fleet.nix.isEvaluated) ?? [];
  const unparsed = unparsedMachines(fleet);
  const absent = [...modules].filter(([, module]) => module.absent.length > 0).map(([machine]) => machine);
  const brokenFiles = fleet.faults.filter(({ syntax }) => syntax !== null).map(({ file }) => file);
  const key = [
    clanGenerators,
    inventory,
    ...unnamed.map(identityOf),
    isItself,
    ...open,
    '',
    ...shapeless,
    '',
    ...unparsed,
    '',
    ...absent.sort(compareTexts),
    '',
    ...brokenFiles,
    '',
    ...evaluated,
  ];
  if (before !== undefined && sameItems(before.key, key)) return before;

  const openMachines = new Set(open);
  const shapelessMachines = new Set(shapeless);
  const unparsedNow = new Set(unparsed);
  const broken = new Set([...unparsed, ...absent]);
  const evaluatedMachines = new Set(evaluated);
  const members = once(() => membersOfUnknownServices(inventory));
  const mayBeMember = (machine: string) =>
    !evaluatedMachines.has(machine) && members()?.has(machine) !== false;
  const names = new Map<string, AboutName>();
  return {
    unnamed,
    isOpen: machine => openMachines.has(machine) || mayBeMember(machine),
    mayHaveAnyName: machine => shapelessMachines.has(machine) || mayBeMember(machine),
    isBroken: machine => (machine === null ? broken.size > 0 : broken.has(machine)),
    isUnparsed: machine => (machine === null ? unparsedNow.size > 0 : unparsedNow.has(machine)),
    brokenFiles: new Set(brokenFiles),
    key,
    about(name) {
      let about = names.get(name);
      if (about === undefined) {
        about = {
          unnamed: unnamed.filter(({ matches }) => matches.test(name)),
          ...serviceNames(clanGenerators, name, isItself),
        };
        names.set(name, about);
      }
      return about;
    },
  };
}

const NO_FILES: ReadonlySet<string> = new Set();

/** Returns the same as if broken files had nothing but what could be read in them, for what is offered while somebody types. */
export function asFarAsRead(elsewhere: Elsewhere): Elsewhere {
  return { ...elsewhere, isBroken: () => false, isUnparsed: () => false, brokenFiles: NO_FILES };
}

/** Returns whether all that is unknown of a machine are generators with holes in their names. */
function isShaped(modules: MachineModules | undefined): boolean {
  return modules !== undefined && !modules.foreign && modules.gaps.every(gap => gap.isShaped === true);
}

/** Returns the machines for which a file cannot be parsed, sorted. */
function unparsedMachines(fleet: FleetParts): readonly string[] {
  const { faults, modules } = fleet;
  const broken = new Set<string>();
  for (const { file, syntax, reach, machines } of faults) {
    if (syntax === null || reach === 'unknown') continue;
    if (machines.length > 0) for (const machine of machines) broken.add(machine);
    else if (concernsAll(fleet, file)) for (const machine of modules.keys()) broken.add(machine);
  }
  return [...broken].sort(compareTexts);
}

/** Returns whether modules of any machine may take vars from the file, which is no module of a machine. */
function concernsAll({ units, registries, matrices }: FleetParts, file: string): boolean {
  return (
    file === 'flake.nix' ||
    units.has(file) ||
    registries.some(registry => registry.file === file) ||
    matrices.some(matrix => matrix.file === file)
  );
}

/** A generator name, with the known generators of that name. */
export interface Asked {
  readonly name: string;
  readonly declared: readonly Generator[];
}

/**
 * Returns whether a machine may have a generator of the name besides the known ones.
 * @param machine null for an unknown machine
 */
export function mayBeElsewhere(elsewhere: Elsewhere, asked: Asked, machine: string | null): boolean {
  const { unnamed } = elsewhere.about(asked.name);
  if (mayBeOfClan(elsewhere, asked, machine)) return true;
  return (
    (elsewhere.isUnparsed(machine) ||
      unnamed.some(generator => reaches(generator, machine, elsewhere.isOpen))) &&
    !isDeclaredOn(elsewhere, asked, machine)
  );
}

/** Returns whether a machine may have a generator of the name at all, known or not. */
export function mayHaveGenerator(elsewhere: Elsewhere, asked: Asked, machine: string): boolean {
  const isKnownThere = asked.declared.some(generator => mayBeOn(generator, machine));
  return isKnownThere || elsewhere.mayHaveAnyName(machine) || mayBeElsewhere(elsewhere, asked, machine);
}

/** Returns whether a machine may have generators with unknown names, from modules, services or names with holes. */
export function mayHaveMore({ isOpen, unnamed }: Elsewhere, machine: string): boolean {
  return isOpen(machine) || unnamed.some(generator => reaches(generator, machine, isOpen));
}

/** Returns whether a service or a core module of clan-core may add a generator of the name to a machine. */
export function mayBeOfClan(elsewhere: Elsewhere, asked: Asked, machine: string | null): boolean {
  const { isOfClan, clanGenerators } = elsewhere.about(asked.name);
  if (!isOfClan && clanGenerators.length === 0) return false;
  const isGiven = ({ machines }: ClanGenerator) =>
    machines === null || machine === null || isAmong(machines, machine);
  if (clanGenerators.some(generator => generator.certain && isGiven(generator))) return true;
  const mayHaveIt = machine === null || elsewhere.isOpen(machine) || clanGenerators.some(isGiven);
  return mayHaveIt && !isDeclaredOn(elsewhere, asked, machine);
}

/** Returns whether a machine may have a file of a generator that is not among the known files. */
export function mayHaveFileElsewhere(
  elsewhere: Elsewhere,
  asked: Asked & { readonly file: string },
  machine: string | null,
): boolean {
  if (mayBeElsewhere(elsewhere, asked, machine)) return true;
  return elsewhere
    .about(asked.name)
    .unnamed.some(
      generator => reaches(generator, machine, elsewhere.isOpen) && mayAddFile(generator, asked.file),
    );
}

/** Returns whether the machine has or may have a generator of the name that is declared in full. */
function isDeclaredOn({ brokenFiles }: Elsewhere, { declared }: Asked, machine: string | null): boolean {
  return declared.some(
    generator =>
      (machine === null || mayBeOn(generator, machine)) &&
      isWhole(generator) &&
      !generator.definitions.some(({ at }) => brokenFiles.has(at.file)),
  );
}

/** Returns whether the machine is among those that have or may have a generator. */
function mayBeOn({ machines, possibleMachines }: Generator, machine: string): boolean {
  return (machines !== null && isAmong(machines, machine)) || isAmong(possibleMachines, machine);
}
