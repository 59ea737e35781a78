/** Types of a clan's services: instances, roles, service modules, and the generators that services add. */

import type { OptionFacts, OptionTree } from '../../modules/options/option.ts';
import type { Setting } from '../../modules/settings.ts';
import type { Place } from '../../nix/places.ts';
import type { Machine } from './base.ts';
import type { GeneratorBody } from './generators.ts';

export interface ServiceRoles {
  readonly names: readonly string[];
  /** False if there may be roles that are not listed. */
  readonly complete: boolean;
  readonly constraints: ServiceConstraints;
}

/** Bounds of a count, both inclusive; null for no bound. */
export interface Bounds {
  readonly min: number | null;
  readonly max: number | null;
}

export interface ServiceConstraints {
  readonly maxInstances: number | null;
  /** The number of machines in each instance, by role. */
  readonly machines: ReadonlyMap<string, Bounds>;
}

/** The settings that a role accepts. */
export interface RoleSettings {
  readonly tree: OptionTree;
  /** False if the service may set an option that the inventory leaves out. */
  readonly wantsAll: boolean;
  /** True if the role's module takes its settings as an argument. */
  readonly isRead: boolean;
  /** Where the role is declared. */
  readonly at: Place | null;
}

/** A machine or a tag in a role's list. */
export interface RoleEntry {
  readonly name: string;
  readonly at: Place | null;
  /** True if it has settings. */
  readonly hasSettings: boolean;
  /** Returns its settings as plain data; computed at most once. */
  readonly settings: () => Setting;
  /** Returns the parts of its settings that are not data; computed at most once. */
  readonly notData: () => readonly NotData[];
  /** Checks its settings against an option tree: returns faults and where options are set. */
  readonly checkedAgainst: (tree: OptionTree) => OptionFacts;
}

/** The names that something unknown may have. */
export interface FurtherNames {
  readonly names: readonly string[];
  /** Names with holes in Nix syntax: `web-${n}`. */
  readonly patterns: readonly string[];
  /** True if any name is possible. */
  readonly any: boolean;
}

export interface Role {
  readonly name: string;
  readonly at: Place | null;
  readonly machines: readonly RoleEntry[];
  readonly tags: readonly RoleEntry[];
  /** False if the role may have machines, tags or settings that are not listed. */
  readonly complete: boolean;
  /** Machines and tags that the role may have besides those that are listed. */
  readonly furtherMachines: FurtherNames;
  readonly furtherTags: FurtherNames;
  /** False if it may have settings for all of its members that are not listed. */
  readonly settingsComplete: boolean;
  /** True if the role has settings for all of its members. */
  readonly hasSettings: boolean;
  readonly settings: () => Setting;
  /** Returns the parts of the role's settings that are not data; computed at most once. */
  readonly notData: () => readonly NotData[];
  /** Checks the role's settings against an option tree. */
  readonly checkedAgainst: (tree: OptionTree) => OptionFacts;
  /** The number of `extraModules`, which the role's members import. */
  readonly extraModules: number;
}

/** The service module of an instance. */
export interface InstanceModule {
  /** The module's name, by default the instance's; null if unknown. */
  readonly name: string | null;
  /** The flake input that has the module. Null means clan-core, unless `inputKnown` is false. */
  readonly input: string | null;
  readonly inputKnown: boolean;
  /** Where the name is written; null if it is left out. */
  readonly nameAt: Place | null;
  readonly inputAt: Place | null;
}

export interface Instance {
  readonly name: string;
  readonly module: InstanceModule;
  readonly roles: ReadonlyMap<string, Role>;
  /** False if there may be roles that are not listed. */
  readonly complete: boolean;
  /** True under a condition that is unknown. */
  readonly conditional: boolean;
  /** The places of its definitions, in order. */
  readonly at: readonly Place[];
}

/** A service module of the workspace: an attribute of `clan.modules`. */
export interface ServiceModule {
  readonly name: string;
  readonly at: Place | null;
  /** Returns the roles that it declares; computed at most once. */
  readonly roles: () => ServiceRoles;
  /** Returns the settings of its roles that are fully known; computed at most once. */
  readonly settings: () => ReadonlyMap<string, RoleSettings>;
}

/** A machine in the list of a tag in `inventory.tags`. */
export interface TagListing {
  readonly tag: string;
  readonly machine: string;
  readonly at: Place;
}

/** A set of options of a clan or of its inventory. */
export interface ClanOptions {
  readonly of: 'clan' | 'inventory';
  readonly checkedAgainst: (tree: OptionTree) => OptionFacts;
}

/** The inventory of a fleet. */
export interface Inventory {
  readonly instances: readonly Instance[];
  /** False if there may be instances that are not listed. */
  readonly complete: boolean;
  readonly machines: readonly Machine[];
  /** Names of all known tags: predefined, of machines, and of `inventory.tags`; sorted. */
  readonly tagNames: readonly string[];
  /** The machines that `inventory.tags` lists. */
  readonly tagLists: readonly TagListing[];
  /** The option sets of the clan and of its inventory. */
  readonly options: readonly ClanOptions[];
  /** False if modules of the clan may declare further options. */
  readonly optionsComplete: boolean;
  /** `clan.core.settings.domain` of all machines; null if unknown. */
  readonly domain: string | null;
  /** Returns the machines with a tag; null if unknown. */
  tagged(tag: string): readonly string[] | null;
  /** Returns the machines that certainly have a tag. */
  certainlyTagged(tag: string): ReadonlySet<string>;
  /** Returns the machines that may have a tag besides those that certainly have it; null if any machine may. */
  possiblyTagged(tag: string): ReadonlySet<string> | null;
  /** Returns the inventory's machine of this name, or null. */
  machine(name: string): Machine | null;
}

/** A file of a generator that a service adds. */
export interface ClanGeneratorFile {
  /** The name; unknown parts appear as holes in Nix syntax. */
  readonly name: string;
  readonly secret: boolean | null;
  readonly deploy: boolean;
  readonly neededFor: string;
  /** False if an unknown setting decides whether the file exists. */
  readonly certain: boolean;
}

/** A generator that no file of the workspace declares: a service or a core module of clan-core does, or, as Nix says, another flake. */
export interface ClanGenerator {
  /** The name; unknown parts appear as holes in Nix syntax (`cert-${endpoint}`). */
  readonly name: string;
  readonly isPattern: boolean;
  /** Null if the machines are unknown. */
  readonly machines: readonly string[] | null;
  /** False if it is uncertain whether the machines have it. */
  readonly certain: boolean;
  readonly share: boolean | null;
  readonly files: readonly ClanGeneratorFile[];
  readonly prompts: readonly string[];
  readonly dependencies: readonly string[];
  /** Null for core modules and other flakes. */
  readonly service: string | null;
  /** True if it is not of clan-core: Nix alone knows it, from a module of another flake. */
  readonly isOfOtherFlake?: boolean;
  readonly instance: Instance | null;
  /** False if other machines may have it. */
  readonly machinesComplete: boolean;
  /**
   * Returns the body that all of its machines share, in the locked version of clan-core; what differs by machine is a
   * hole. Computed at most once.
   */
  readonly body: () => GeneratorBody;
  /** Returns the body on one of its machines, with the machine's name filled in. */
  readonly bodyOn: (machine: string) => GeneratorBody;
}

export interface ExportGenerator {
  /** The name of the export: `service:instance:role:machine`. */
  readonly key: string;
  readonly name: string;
  readonly at: Place;
}

/**
 * `imports`: settings that import modules; `function`: a function in the settings; `other`: settings that are not a
 * set.
 */
/** A part of a service's settings that is not data. */
export interface NotData {
  readonly kind: 'function' | 'imports' | 'other';
  readonly at: Place;
  /** The path of names to it in the settings. */
  readonly path: readonly string[];
}
