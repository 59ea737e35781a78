/**
 * Collects what the files of a workspace declare of its fleet. Is handed values (of an `inventory`, of a clan, of
 * configurations) by whoever found them, and says how much of them is known.
 */

import { frameworkValue } from '../../flake/frameworks/calls.ts';
import { nodesOf } from '../../flake/frameworks/colmena.ts';
import { type ModuleSets, moduleSets, optionSets } from '../../modules/clan-modules.ts';
import type { Given } from '../../modules/modules.ts';
import { judging } from '../../modules/options/judged.ts';
import { certain, definitionsOf, unwrap } from '../../modules/read.ts';
import { isClosed } from '../../nix/eval/construct.ts';
import type { Evaluation } from '../../nix/eval/evaluation.ts';
import { folderOf, stringAsPath } from '../../nix/eval/paths.ts';
import { thunk } from '../../nix/eval/thunks.ts';
import type { AttrsValue, Lazy, UnknownValue, Value } from '../../nix/eval/value.ts';
import type { Place } from '../../nix/places.ts';
import { dependingOn, placeOf } from '../../nix/places.ts';
import { exportGenerators } from '../inventory/exports.ts';
import { readInstances } from '../inventory/inventory.ts';
import { type TagDefinitions, tagDefinitions } from '../inventory/members.ts';
import { MACHINES, SERVICE_MODULES } from '../inventory/model-values.ts';
import { serviceOptions } from '../inventory/service-options.ts';
import { serviceRoles } from '../inventory/service-roles.ts';
import type { NotAnalysable } from '../model/base.ts';
import type { MachineFact } from '../model/machines.ts';
import type { ClanSetting } from '../model/options.ts';
import type { ClanOptions, ExportGenerator, Instance, ServiceModule } from '../model/services.ts';
import { clanSettingsIn } from '../options/clan-settings.ts';
import { type Configurations, isConfigurations, readMachine } from './machine-facts.ts';
import { machinesBelow } from './machine-folders.ts';

/** Machines that one file declares. */
export interface DeclaredMachines {
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

export interface Declarations {
  /**
   * The value of something called `inventory`.
   * @param isOfClan it stands below `clan`, so that it is one whatever its names are
   */
  inventory(value: Lazy, conditional: boolean, at: Place, isOfClan?: boolean): void;
  /** The value of something called `clan`, or what clan's own function is applied to. */
  clan(value: Value, at: Place): void;
  configurations(kind: Configurations, value: Lazy, at: Place): void;
  /** The value of an output `colmena`. */
  hive(value: Lazy, at: Place): void;
  /** Nodes of a hive, as systems. */
  nodes(value: Lazy, at: Place): void;
  /** Evaluation takes too long. */
  giveUp(reason: string, at: Place): void;
  result(): DeclaredFleet;
}

export function collectDeclarations(cx: Evaluation, given: Given): Declarations {
  const machines: MachineFact[] = [];
  const homes: MachineFact[] = [];
  const instances: Instance[] = [];
  const tags: TagDefinitions[] = [];
  const options: ClanOptions[] = [];
  const modules: ServiceModule[] = [];
  const gaps: NotAnalysable[] = [];
  let complete = true;
  let homesComplete = true;
  let instancesComplete = true;
  let modulesComplete = true;
  let optionsComplete = true;
  let isClan = false;
  const directories: ClanDirectory[] = [];
  const settings: ClanSetting[] = [];
  const exports: ExportGenerator[] = [];

  function inventorySet(set: AttrsValue, conditional: boolean, at: Place): void {
    isClan = true;
    machinesOption(set, 'inventory', conditional, at);
    const read = readInstances(cx, set, conditional);
    instances.push(...read.list);
    if (!read.complete) {
      instancesComplete = false;
      gaps.push({ at, what: 'instances', reason: 'there may be more than are written out here' });
    }
    const own = tagDefinitions(set);
    if (own !== null) tags.push(own);
    if (!conditional) options.push({ of: 'inventory', judged: judging(cx, [set]) });
  }

  function machinesOption(
    set: AttrsValue,
    source: 'modules' | 'inventory',
    conditional: boolean,
    at: Place,
  ): void {
    const read = optionSets(cx, set, 'machines');
    if (!read.complete || (conditional && read.found.length > 0))
      missing('there may be more than are written out here', at);
    for (const one of read.found)
      for (const [name, entry] of one.set.entries) machines.push(readMachine(cx, name, entry, source));
  }

  function missing(reason: string, at: Place): void {
    complete = false;
    gaps.push({ at, what: 'machines', reason });
  }

  function giveUp(reason: string, at: Place): void {
    instancesComplete = false;
    modulesComplete = false;
    optionsComplete = false;
    missing(reason, at);
  }

  function inventory(value: Lazy, conditional: boolean, at: Place, isOfClan = false): void {
    const read = moduleSets(cx, value, given);
    if (!isOfClan && !read.sets.some(one => isInventory(one.set))) {
      if (read.gap !== null && read.sets.length === 0) giveUp(read.gap, at);
      return;
    }
    if (read.gap !== null) giveUp(read.gap, at);
    noteDeclarations(read);
    for (const one of read.sets) inventorySet(one.set, conditional || one.conditional, at);
  }

  function noteDeclarations({ sets }: ModuleSets): void {
    if (sets.some(({ set }) => set.entries.has('options') || set.entries.has('freeformType')))
      optionsComplete = false;
  }

  function configurationSet(set: AttrsValue, kind: Configurations): void {
    const into = kind === 'homeConfigurations' ? homes : machines;
    for (const [name, entry] of set.entries) {
      const machine = readMachine(cx, name, entry, kind);
      if (!into.some(one => isSame(one, machine))) into.push(machine);
    }
  }

  function nodes(lazy: Lazy, at: Place): void {
    const set = cx.force(lazy);
    if (set.kind !== 'attrs') return;
    for (const [name, entry] of set.entries) {
      const machine = readMachine(cx, name, entry, 'nixosConfigurations');
      machines.push(MACHINES.keep({ ...machine, isNode: true }, MACHINES.of(machine)));
    }
    if (!hasAll(set)) missing('there may be more than are written out here', at);
  }

  return {
    inventory,
    clan(value, at) {
      if (!isModule(value)) return;
      const read = moduleSets(cx, value, given);
      if (read.gap !== null) giveUp(read.gap, at);
      noteDeclarations(read);
      for (const { set, conditional } of read.sets) {
        const own = set.entries.get('inventory');
        // What is written in the same file is handed to us by itself.
        if (own !== undefined && own.at?.file.path !== at.file)
          inventory(own.value, conditional || own.optional, at);
        if (CLAN_OPTIONS.some(name => set.entries.has(name))) {
          isClan = true;
          if (!conditional) options.push({ of: 'clan', judged: judging(cx, [set]) });
          const directory = directoryOf(cx, set, at.file);
          directories.push(directory);
          if (directory.path) machines.push(...machinesBelow(cx.files, `${directory.path}/machines`));
        }
        // Modules of machines have options below `clan`, too.
        if (!set.entries.has('core')) settings.push(...clanSettingsIn(cx, set, conditional));
        exports.push(...exportGenerators(cx, set, given));
        if (set.entries.has('machines')) machinesOption(set, 'modules', conditional, at);
        const named = optionSets(cx, set, 'modules');
        if (!named.complete || (conditional && named.found.length > 0)) modulesComplete = false;
        for (const one of named.found)
          for (const [name, entry] of one.set.entries) {
            // A module that the workspace names for itself, too.
            const module = thunk(() => cx.resolve(cx.force(entry.value)));
            const declared: ServiceModule = {
              name,
              at: entry.at === null ? null : placeOf(entry.at),
              roles: serviceRoles(cx, module, given),
              settings: serviceOptions(cx, module, given),
            };
            modules.push(SERVICE_MODULES.keep(declared, module));
          }
      }
    },
    configurations(kind, lazy, at) {
      for (const { value: given, conditional } of definitionsOf(cx, lazy)) {
        const made = given.kind === 'unknown' ? (frameworkValue(cx, given) ?? given) : given;
        if (made.kind === 'unknown' && isPassedOn(made)) continue;
        const value = cx.resolve(made);
        if (value.kind === 'attrs') configurationSet(value, kind);
        if (value.kind === 'attrs' && !conditional && hasAll(value)) continue;
        if (kind === 'homeConfigurations') homesComplete = false;
        else
          missing(
            value.kind === 'unknown'
              ? dependingOn(value.reason)
              : 'there may be more configurations than are written out here',
            at,
          );
      }
    },
    hive(value, at) {
      const found = nodesOf(cx, value);
      if (found !== null) nodes(found, at);
    },
    nodes,
    giveUp,
    result: () => ({
      machines,
      complete,
      instances,
      instancesComplete,
      tags,
      options,
      optionsComplete,
      modules,
      modulesComplete,
      homes: { machines: homes, complete: homesComplete },
      gaps,
      isClan,
      settings,
      exports,
      directories,
    }),
  };
}

/** A clan is recognised by what it has: modules of machines have options below `clan` too. */
const CLAN_OPTIONS = ['machines', 'inventory', 'meta', 'directory', 'modules', 'self'];

/** True for a file that says nothing of the fleet after all, and hides nothing. */
export function declaresNothing(one: DeclaredFleet): boolean {
  const lists = [
    one.machines,
    one.homes.machines,
    one.instances,
    one.tags,
    one.modules,
    one.gaps,
    one.settings,
    one.exports,
  ];
  const complete = one.complete && one.homes.complete && one.instancesComplete;
  return complete && !one.isClan && lists.every(list => list.length === 0);
}

/** An inventory is recognised by what it has: other things are called so too. */
function isInventory(set: AttrsValue): boolean {
  return ['machines', 'instances', 'tags', 'imports'].some(name => set.entries.has(name));
}

/** The folder that a clan says it has, or else that of the flake it is declared in. */
function directoryOf(cx: Evaluation, clan: AttrsValue, file: string): ClanDirectory {
  const own = { path: flakeFolder(cx, file), isSet: false };
  if (!clan.entries.has('directory')) return own;
  const entry = certain(clan, 'directory');
  const value = entry === null ? null : unwrap(cx, entry.value).value;
  const path = value?.kind === 'string' ? stringAsPath(value) : value;
  if (path?.kind === 'path') return { path: path.text.startsWith('/') ? null : path.text, isSet: true };
  // `self`: the flake itself.
  return value?.kind === 'attrs' && value.entries.has('outPath') ? own : { path: null, isSet: true };
}

/** The folder of the nearest flake at or above a file; the root where there is none. */
function flakeFolder(cx: Evaluation, file: string): string {
  let folder = folderOf(file);
  while (folder !== '' && cx.files.kind(`${folder}/flake.nix`) === null) folder = folderOf(folder);
  return folder;
}

/** Can it be a module of clan's? `clan = clan.config` is what clan made of one that is declared elsewhere. */
function isModule(value: Value): boolean {
  if (value.kind !== 'unknown')
    return value.kind === 'attrs' || value.kind === 'lambda' || value.kind === 'path';
  const { term } = value;
  if (term?.kind === 'select') return false;
  const fn = term?.kind === 'apply' ? term.fn.term : null;
  return fn?.kind !== 'select' || !/^(clan|buildClan)$/.test(fn.name.text ?? '');
}

/** `inherit (clan.config) nixosConfigurations`: what clan makes of machines that are declared elsewhere. */
function isPassedOn({ term }: UnknownValue): boolean {
  return term?.kind === 'select' && isConfigurations(term.name.text);
}

/** A machine that a framework makes of a file, met where the framework is called and where its output is named. */
function isSame(one: MachineFact, other: MachineFact): boolean {
  const [left, right] = [one.at, other.at];
  return one.name === other.name && left?.end === 0 && right?.end === 0 && left.file === right.file;
}

function hasAll(set: AttrsValue): boolean {
  for (const entry of set.entries.values()) if (entry.optional) return false;
  return isClosed(set) || (set.patterns.length === 0 && set.open !== null && isPassedOn(set.open));
}
