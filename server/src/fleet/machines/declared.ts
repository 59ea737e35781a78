/** Collects the declarations of a fleet in one file, and how much of them is known. */
import type { ArgumentLookup } from '../../modules/modules.ts';
import type { Evaluation } from '../../nix/eval/evaluation.ts';
import type { Place } from '../../nix/places.ts';
import type { TagDefinitions } from '../inventory/members.ts';
import type { NotAnalysable } from '../model/base.ts';
import type { MachineFact } from '../model/machines.ts';
import type { ClanSetting } from '../model/options.ts';
import type { ClanOptions, ExportGenerator, Instance, ServiceModule } from '../model/services.ts';

/** Machines that one file declares. */
interface DeclaredMachines {
  readonly machines: readonly MachineFact[];
  /** False if the file declares machines with unknown names. */
  readonly complete: boolean;
}

/** The declarations of a fleet in one file. */
export interface DeclaredFleet extends DeclaredMachines {
  /** One entry for each place that defines an instance or a part of it. */
  readonly instances: readonly Instance[];
  readonly instancesComplete: boolean;
  readonly tags: readonly TagDefinitions[];
  /** The option sets of a clan and of its inventory; checked at most once. */
  readonly options: readonly ClanOptions[];
  /** False if modules of the clan may declare further options. */
  readonly optionsComplete: boolean;
  readonly modules: readonly ServiceModule[];
  /** False if there may be service modules that are not listed. */
  readonly modulesComplete: boolean;
  /** Home configurations: machines in a workspace without a clan, profiles of users in a clan. */
  readonly homes: DeclaredMachines;
  /** Places that may declare more, with the reasons why that is unknown. */
  readonly gaps: readonly NotAnalysable[];
  /** True if the file declares a clan or an inventory. */
  readonly isClan: boolean;
  /** Generators of exports. */
  readonly exports: readonly ExportGenerator[];
  /** Settings of how the clan keeps its vars. */
  readonly settings: readonly ClanSetting[];
  /** The domains that the file sets for the clan; null if unknown. */
  readonly domains: readonly (string | null)[];
  /** The folders of the file's clans. */
  readonly directories: readonly ClanDirectory[];
}

/** A clan's folder (`clan.directory`), which contains its machines and the stored vars. */
export interface ClanDirectory {
  /** Relative to the workspace root; null if unknown. */
  readonly path: string | null;
  /** False if it is the flake's folder by default. */
  readonly isSet: boolean;
}

/** The declarations found so far in one file. `declared-clans.ts` and `declared-configurations.ts` add to them. */
export interface Declarations {
  readonly cx: Evaluation;
  /** The arguments that the flake passes to modules, by name. */
  readonly specialArgs: ArgumentLookup;
  readonly machines: MachineFact[];
  readonly homes: MachineFact[];
  readonly instances: Instance[];
  readonly tags: TagDefinitions[];
  readonly options: ClanOptions[];
  readonly modules: ServiceModule[];
  readonly gaps: NotAnalysable[];
  readonly directories: ClanDirectory[];
  readonly domains: (string | null)[];
  readonly settings: ClanSetting[];
  readonly exports: ExportGenerator[];
  complete: boolean;
  homesComplete: boolean;
  instancesComplete: boolean;
  modulesComplete: boolean;
  optionsComplete: boolean;
  isClan: boolean;
}

export function newDeclarations(cx: Evaluation, specialArgs: ArgumentLookup): Declarations {
  return {
    cx,
    specialArgs,
    machines: [],
    homes: [],
    instances: [],
    tags: [],
    options: [],
    modules: [],
    gaps: [],
    directories: [],
    domains: [],
    settings: [],
    exports: [],
    complete: true,
    homesComplete: true,
    instancesComplete: true,
    modulesComplete: true,
    optionsComplete: true,
    isClan: false,
  };
}

/** Returns the declarations of a file after it has been read. */
export function declaredFleet(declared: Declarations): DeclaredFleet {
  const { cx: _cx, specialArgs: _specialArgs, homes, homesComplete, ...fleet } = declared;
  return { ...fleet, homes: { machines: homes, complete: homesComplete } };
}

/** Notes that there may be more machines than are listed. */
export function missingMachines(declared: Declarations, reason: string, at: Place): void {
  declared.complete = false;
  declared.gaps.push({ at, what: 'machines', reason });
}

/** Notes that evaluation takes too long, or that declarations are unknown. */
export function giveUp(declared: Declarations, reason: string, at: Place): void {
  declared.instancesComplete = false;
  declared.modulesComplete = false;
  declared.optionsComplete = false;
  missingMachines(declared, reason, at);
}

/** Returns true if a file declares nothing of the fleet, and has no unknown part that might. */
export function declaresNothing(fleet: DeclaredFleet): boolean {
  const lists = [
    fleet.machines,
    fleet.homes.machines,
    fleet.instances,
    fleet.tags,
    fleet.modules,
    fleet.gaps,
    fleet.settings,
    fleet.exports,
  ];
  const complete = fleet.complete && fleet.homes.complete && fleet.instancesComplete;
  return complete && !fleet.isClan && lists.every(list => list.length === 0);
}
