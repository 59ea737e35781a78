/** What the files of a workspace declare of its fleet, and how much of that is known. */
import type { Given } from '../../modules/modules.ts';
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
  /** False if the file declares machines of which the names are not known. */
  readonly complete: boolean;
}

/** All that one file declares of a fleet. */
export interface DeclaredFleet extends DeclaredMachines {
  /** One for each place that defines (part of) an instance. */
  readonly instances: readonly Instance[];
  readonly instancesComplete: boolean;
  readonly tags: readonly TagDefinitions[];
  /** What it sets of the options of a clan and of its inventory; judged at most once. */
  readonly options: readonly ClanOptions[];
  /** False if modules of the clan may declare options of their own. */
  readonly optionsComplete: boolean;
  readonly modules: readonly ServiceModule[];
  /** False if there may be service modules that are not listed. */
  readonly modulesComplete: boolean;
  /** Home configurations: machines of a workspace that has no clan, profiles of users in one that has. */
  readonly homes: DeclaredMachines;
  /** Where more may be declared than is known, and why. */
  readonly gaps: readonly NotAnalysable[];
  /** True if what the file says makes the workspace a clan. */
  readonly isClan: boolean;
  /** Generators of exports. */
  readonly exports: readonly ExportGenerator[];
  /** What is set of how the clan keeps its vars. */
  readonly settings: readonly ClanSetting[];
  /** What is set of the domain of the clan; null where that is not known. */
  readonly domains: readonly (string | null)[];
  /** The folders of its clans. */
  readonly directories: readonly ClanDirectory[];
}

/** A clan's folder (`clan.directory`), below which are its machines and what is stored. */
export interface ClanDirectory {
  /** Relative to the root; null where it is not known. */
  readonly path: string | null;
  /** False: it is that of the flake, since nothing is said of it here. */
  readonly isSet: boolean;
}

/** What has been read of one file so far. Whoever finds values hands them to declared-clans.ts and its like. */
export interface Declarations {
  readonly cx: Evaluation;
  /** What the flake hands to modules by name. */
  readonly given: Given;
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

export function newDeclarations(cx: Evaluation, given: Given): Declarations {
  return {
    cx,
    given,
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

/** Returns what a file declares, once all of it has been read. */
export function declaredFleet(declared: Declarations): DeclaredFleet {
  const { cx: _cx, given: _given, homes, homesComplete, ...fleet } = declared;
  return { ...fleet, homes: { machines: homes, complete: homesComplete } };
}

/** Notes that there may be more machines than are listed. */
export function missingMachines(declared: Declarations, reason: string, at: Place): void {
  declared.complete = false;
  declared.gaps.push({ at, what: 'machines', reason });
}

/** Notes that evaluation takes too long, or that what is declared cannot be seen. */
export function giveUp(declared: Declarations, reason: string, at: Place): void {
  declared.instancesComplete = false;
  declared.modulesComplete = false;
  declared.optionsComplete = false;
  missingMachines(declared, reason, at);
}

/** Returns true for a file that says nothing of the fleet after all, and hides nothing. */
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
