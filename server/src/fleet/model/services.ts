/** Services of a clan: instances, roles, service modules, and the generators that services bring. */

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

/** Bounds of a count, each included; null: none. */
export interface Bounds {
  readonly min: number | null;
  readonly max: number | null;
}

export interface ServiceConstraints {
  readonly maxInstances: number | null;
  /** For each instance, by role. */
  readonly machines: ReadonlyMap<string, Bounds>;
}

/** The settings of a role. */
export interface RoleSettings {
  readonly tree: OptionTree;
  /** False where the service may give an option a value that nobody sets. */
  readonly wantsAll: boolean;
  /** True if the role's module asks for its settings. */
  readonly isRead: boolean;
  /** Where the role is declared. */
  readonly at: Place | null;
}

/** A machine or a tag as a role names it. */
export interface RoleEntry {
  readonly name: string;
  readonly at: Place | null;
  /** True if settings are given with it. */
  readonly hasSettings: boolean;
  /** Those, as plain data; read at most once. */
  readonly settings: () => Setting;
  /** What in them is not data; looked for at most once. */
  readonly notData: () => readonly NotData[];
  /** The settings as options of a tree: what is wrong, and where they are written. */
  readonly judged: (tree: OptionTree) => OptionFacts;
}

export interface Role {
  readonly name: string;
  readonly at: Place | null;
  readonly machines: readonly RoleEntry[];
  readonly tags: readonly RoleEntry[];
  /** False if the role may have machines or tags that are not listed. */
  readonly complete: boolean;
  /** True if it has settings of its own. */
  readonly hasSettings: boolean;
  readonly settings: () => Setting;
  /** What in the role's own settings is not data; looked for at most once. */
  readonly notData: () => readonly NotData[];
  /** The role's own settings as options of a tree. */
  readonly judged: (tree: OptionTree) => OptionFacts;
  /** How many `extraModules` it has: modules that members of the role import. */
  readonly extraModules: number;
}

/** The service module that an instance is of. */
export interface InstanceModule {
  /** Null where it is not known. The instance's own name unless said otherwise. */
  readonly name: string | null;
  /** The flake input it comes from; null: clan-core, unless `inputKnown` is false. */
  readonly input: string | null;
  readonly inputKnown: boolean;
  /** Where the name and the input are written; null where they are not. */
  readonly nameAt: Place | null;
  readonly inputAt: Place | null;
}

export interface Instance {
  readonly name: string;
  readonly module: InstanceModule;
  readonly roles: ReadonlyMap<string, Role>;
  /** False if there may be roles that are not listed. */
  readonly complete: boolean;
  /** Under a condition that is not known. */
  readonly conditional: boolean;
  /** Where it is named, first definition first. */
  readonly at: readonly Place[];
}

/** A service module of the workspace: an attribute of `clan.modules`. */
export interface ServiceModule {
  readonly name: string;
  readonly at: Place | null;
  /** The roles that it declares; read at most once. */
  readonly roles: () => ServiceRoles;
  /** The settings of its roles, as far as they are known in whole; read at most once. */
  readonly settings: () => ReadonlyMap<string, RoleSettings>;
}

/** A machine as the list of a tag names it. */
export interface TagListing {
  readonly tag: string;
  readonly machine: string;
  readonly at: Place;
}

/** A set of options of a clan or of its inventory. */
export interface ClanOptions {
  readonly of: 'clan' | 'inventory';
  readonly judged: (tree: OptionTree) => OptionFacts;
}

/** The inventory of a fleet. */
export interface Inventory {
  readonly instances: readonly Instance[];
  /** False if there may be instances that are not listed. */
  readonly complete: boolean;
  readonly machines: readonly Machine[];
  /** Names of all tags that are known: predefined, of machines, and of `inventory.tags`; sorted. */
  readonly tagNames: readonly string[];
  /** Machines as `inventory.tags` lists them. */
  readonly tagLists: readonly TagListing[];
  /** What is set of the options of the clan and of the inventory. */
  readonly options: readonly ClanOptions[];
  /** False if modules of the clan may declare options of their own. */
  readonly optionsComplete: boolean;
  /** `clan.core.settings.domain` of all machines; null where it is not known. */
  readonly domain: string | null;
  /** Machines with a tag; null where that is not known. */
  tagged(tag: string): readonly string[] | null;
  /** Machines that certainly have a tag, whatever else is not known. */
  certainlyTagged(tag: string): ReadonlySet<string>;
  /** The machine of a name, if it is one of the inventory's. */
  machine(name: string): Machine | null;
}

/** A file of a generator that an inventory brings. */
export interface BroughtFile {
  /** With holes as Nix writes them where it is not wholly known. */
  readonly name: string;
  readonly secret: boolean | null;
  readonly deploy: boolean;
  readonly neededFor: string;
  /** False if it depends on what is not known. */
  readonly certain: boolean;
}

/** A generator that a service of clan-core declares for machines of the inventory. */
export interface BroughtGenerator {
  /** With holes as Nix writes them (`cert-${endpoint}`) where it is not wholly known. */
  readonly name: string;
  readonly isPattern: boolean;
  /** Null where they are not known. */
  readonly machines: readonly string[] | null;
  /** False if it depends on what is not known whether the machines have it. */
  readonly certain: boolean;
  readonly share: boolean | null;
  readonly files: readonly BroughtFile[];
  readonly prompts: readonly string[];
  readonly dependencies: readonly string[];
  /** Null for core modules. */
  readonly service: string | null;
  readonly instance: Instance | null;
  /** False: other machines may have it. */
  readonly machinesComplete: boolean;
  /**
   * What it is on all of its machines, as far as the clan-core is known that the flake has locked; what differs by machine is a
   * hole. Computed at most once.
   */
  readonly body: () => GeneratorBody;
  /** What it is on one of its machines; the machine's name is put in. */
  readonly bodyOn: (machine: string) => GeneratorBody;
}

export interface ExportGenerator {
  /** The export: `service:instance:role:machine`. */
  readonly key: string;
  readonly name: string;
  readonly at: Place;
}

/** `imports`: settings that import modules; `function`: one inside of them; `other`: settings that are not a set. */
/** Settings that an inventory gives to services. */
export interface NotData {
  readonly kind: 'function' | 'imports' | 'other';
  readonly at: Place;
  /** The names that lead to it. */
  readonly path: readonly string[];
}
