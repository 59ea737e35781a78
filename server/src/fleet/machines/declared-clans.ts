/**
 * Reads the declarations of clans and inventories: machines, instances, tags, service modules, and the clan's folder.
 */
import { type ModuleSets, moduleSets, optionSets } from '../../modules/clan-modules.ts';
import { judging } from '../../modules/options/judged.ts';
import { certain, unwrap } from '../../modules/read.ts';
import type { Evaluation } from '../../nix/eval/evaluation.ts';
import { folderOf, stringAsPath } from '../../nix/eval/paths.ts';
import { thunk } from '../../nix/eval/thunks.ts';
import type { AttrsValue, Lazy, Value } from '../../nix/eval/value.ts';
import type { Place } from '../../nix/places.ts';
import { placeOf } from '../../nix/places.ts';
import { exportGenerators } from '../inventory/exports.ts';
import { readInstances } from '../inventory/inventory.ts';
import { tagDefinitions } from '../inventory/members.ts';
import { SERVICE_MODULES } from '../inventory/model-values.ts';
import { serviceOptions } from '../inventory/service-options.ts';
import { serviceRoles } from '../inventory/service-roles.ts';
import type { ServiceModule } from '../model/services.ts';
import { clanSettingsIn } from '../options/clan-settings.ts';
import { domainsOf } from './clan-domain.ts';
import { type ClanDirectory, type Declarations, giveUp, missingMachines } from './declared.ts';
import { readMachine } from './machine-facts.ts';
import { machinesBelow } from './machine-folders.ts';

/** The place and the circumstances of an inventory. */
interface InventoryPlace {
  readonly conditional: boolean;
  readonly at: Place;
  /** True for the `inventory` of a `clan`, which needs no further sign of being an inventory. */
  readonly isOfClan?: boolean;
}

/** Reads the value of an attribute `inventory`, if it is an inventory of clan. */
export function readInventory(declared: Declarations, value: Lazy, place: InventoryPlace): void {
  const { conditional, at, isOfClan = false } = place;
  const read = moduleSets(declared.cx, value, declared.specialArgs);
  if (!isOfClan && !read.sets.some(({ set }) => isInventory(set))) {
    if (read.gap !== null && read.sets.length === 0) giveUp(declared, read.gap, at);
    return;
  }
  if (read.gap !== null) giveUp(declared, read.gap, at);
  noteDeclaredOptions(declared, read);
  for (const set of read.sets) readInventorySet(declared, set.set, conditional || set.conditional, at);
}

function readInventorySet(declared: Declarations, set: AttrsValue, conditional: boolean, at: Place): void {
  const { cx } = declared;
  declared.isClan = true;
  readMachinesOption(declared, set, 'inventory', conditional, at);
  const read = readInstances(cx, set, conditional);
  declared.instances.push(...read.list);
  if (!read.complete) {
    declared.instancesComplete = false;
    declared.gaps.push({ at, what: 'instances', reason: 'there may be more than are written out here' });
  }
  const tags = tagDefinitions(set);
  if (tags !== null) declared.tags.push(tags);
  declared.domains.push(...domainsOf(cx, set, conditional));
  if (!conditional) declared.options.push({ of: 'inventory', checkedAgainst: judging(cx, [set]) });
}

function readMachinesOption(
  declared: Declarations,
  set: AttrsValue,
  source: 'modules' | 'inventory',
  conditional: boolean,
  at: Place,
): void {
  const read = optionSets(declared.cx, set, 'machines');
  if (!read.complete || (conditional && read.definitions.length > 0))
    missingMachines(declared, 'there may be more than are written out here', at);
  for (const { set: machines } of read.definitions)
    for (const [name, entry] of machines.entries)
      declared.machines.push(readMachine(declared.cx, name, entry, source));
}

/** Notes that modules of the clan may declare further options. */
function noteDeclaredOptions(declared: Declarations, { sets }: ModuleSets): void {
  if (sets.some(({ set }) => set.entries.has('options') || set.entries.has('freeformType')))
    declared.optionsComplete = false;
}

/** Reads the value of an attribute `clan`, or the argument of clan's own function. */
export function readClan(declared: Declarations, value: Value, at: Place): void {
  if (!isModule(value)) return;
  const read = moduleSets(declared.cx, value, declared.specialArgs);
  if (read.gap !== null) giveUp(declared, read.gap, at);
  noteDeclaredOptions(declared, read);
  for (const { set, conditional } of read.sets) readClanSet(declared, set, conditional, at);
}

function readClanSet(declared: Declarations, set: AttrsValue, conditional: boolean, at: Place): void {
  const { cx, specialArgs } = declared;
  const entry = set.entries.get('inventory');
  // An inventory in the same file is found by the walk over that file.
  if (entry !== undefined && entry.at?.file.path !== at.file)
    readInventory(declared, entry.value, { conditional: conditional || entry.optional, at });
  if (CLAN_OPTIONS.some(name => set.entries.has(name))) {
    declared.isClan = true;
    if (!conditional) declared.options.push({ of: 'clan', checkedAgainst: judging(cx, [set]) });
    const directory = directoryOf(cx, set, at.file);
    declared.directories.push(directory);
    if (directory.path) declared.machines.push(...machinesBelow(cx.files, `${directory.path}/machines`));
  }
  // A set with `core` is `clan` in a machine's module, where these options do not exist.
  if (!set.entries.has('core')) declared.settings.push(...clanSettingsIn(cx, set, conditional));
  declared.exports.push(...exportGenerators(cx, set, specialArgs));
  declared.domains.push(...domainsOf(cx, set, conditional));
  if (set.entries.has('machines')) readMachinesOption(declared, set, 'modules', conditional, at);
  readServiceModules(declared, set, conditional);
}

/** Reads the service modules of `clan.modules`. */
function readServiceModules(declared: Declarations, clan: AttrsValue, conditional: boolean): void {
  const { cx, specialArgs } = declared;
  const named = optionSets(cx, clan, 'modules');
  if (!named.complete || (conditional && named.definitions.length > 0)) declared.modulesComplete = false;
  for (const { set } of named.definitions)
    for (const [name, entry] of set.entries) {
      // The value may name another module of the workspace.
      const module = thunk(() => cx.resolve(cx.force(entry.value)));
      const service: ServiceModule = {
        name,
        at: entry.at === null ? null : placeOf(entry.at),
        roles: serviceRoles(cx, module, specialArgs),
        settings: serviceOptions(cx, module, specialArgs),
      };
      declared.modules.push(SERVICE_MODULES.keep(service, module));
    }
}

/** Attributes that mark a clan, since modules of machines also have options below `clan`. */
const CLAN_OPTIONS = ['machines', 'inventory', 'meta', 'directory', 'modules', 'self'];

/** Returns whether the set has an attribute of an inventory, since other things are called `inventory`, too. */
function isInventory(set: AttrsValue): boolean {
  return ['machines', 'instances', 'tags', 'imports'].some(name => set.entries.has(name));
}

/** Returns the folder that a clan sets, or else the folder of the flake that declares it. */
function directoryOf(cx: Evaluation, clan: AttrsValue, file: string): ClanDirectory {
  const flake = { path: flakeFolder(cx, file), isSet: false };
  if (!clan.entries.has('directory')) return flake;
  const entry = certain(clan, 'directory');
  const value = entry === null ? null : unwrap(cx, entry.value).value;
  const path = value?.kind === 'string' ? stringAsPath(value) : value;
  if (path?.kind === 'path') return { path: path.text.startsWith('/') ? null : path.text, isSet: true };
  // `self` is the flake itself.
  return value?.kind === 'attrs' && value.entries.has('outPath') ? flake : { path: null, isSet: true };
}

/** Returns the folder of the nearest flake at or above a file, or the root. */
function flakeFolder(cx: Evaluation, file: string): string {
  let folder = folderOf(file);
  while (folder !== '' && cx.files.kind(`${folder}/flake.nix`) === null) folder = folderOf(folder);
  return folder;
}

/**
 * Returns whether a value can be a module of a clan. `clan = clan.config` cannot: it is the result of a clan that is
 * declared elsewhere.
 */
function isModule(value: Value): boolean {
  if (value.kind !== 'unknown')
    return value.kind === 'attrs' || value.kind === 'lambda' || value.kind === 'path';
  const { term } = value;
  if (term?.kind === 'select') return false;
  const fn = term?.kind === 'apply' ? term.fn.term : null;
  return fn?.kind !== 'select' || !/^(clan|buildClan)$/.test(fn.name.text ?? '');
}
