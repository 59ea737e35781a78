/**
 * Reads the instances of services that an inventory declares: their modules, roles, members and settings. Does not know
 * which machines are in a role (see `members.ts`) or what a service declares.
 */

import { optionSets } from '../../modules/clan-modules.ts';
import { joinFacts, judging } from '../../modules/options/judged.ts';
import { certain, definitionsOf, readText, unwrap } from '../../modules/read.ts';
import type { Setting } from '../../modules/settings.ts';
import { mergeSettings, NO_SETTINGS, readSetting } from '../../modules/settings.ts';
import { isClosed } from '../../nix/eval/construct.ts';
import type { Evaluation } from '../../nix/eval/evaluation.ts';
import type { Attr, AttrsValue, Lazy, Value } from '../../nix/eval/value.ts';
import type { Place } from '../../nix/places.ts';
import { placeKey, placeOf } from '../../nix/places.ts';
import type { Instance, InstanceModule, Role, RoleEntry } from '../model/services.ts';
import { mayBeMisspelling, misspelt } from './misspelt-names.ts';
import { EXTRA_MODULES, SETTINGS } from './model-values.ts';
import { notDataIn } from './settings-data.ts';

const NOT_KNOWN: InstanceModule = {
  name: null,
  input: null,
  inputKnown: false,
  nameAt: null,
  inputAt: null,
};

export interface Instances {
  readonly list: readonly Instance[];
  readonly complete: boolean;
}

/** Returns whether the instance uses one of clan-core's own services; `null` if unknown. */
export function isOfClanCore(instance: Instance): boolean | null {
  const { input, inputKnown } = instance.module;
  if (!inputKnown) return null;
  return input === null || input === 'clan-core';
}

/**
 * Reads `inventory.instances`: one entry for each place that defines an instance or a part of it.
 * @param inventory a set that may have the attribute `instances`
 */
export function readInstances(cx: Evaluation, inventory: AttrsValue, conditional: boolean): Instances {
  const { definitions, complete } = optionSets(cx, inventory, 'instances');
  const list = definitions.flatMap(definition =>
    [...definition.set.entries].map(([name, entry]) =>
      readInstance(cx, name, entry, conditional || definition.conditional || entry.optional),
    ),
  );
  return { list, complete: complete && !conditional };
}

function readInstance(cx: Evaluation, name: string, entry: Attr, conditional: boolean): Instance {
  const at = entry.at === null ? [] : [placeOf(entry.at)];
  const roles = new Map<string, Role>();
  let module: InstanceModule | null = null;
  let complete = true;
  for (const definition of definitionsOf(cx, entry.value)) {
    if (definition.value.kind !== 'attrs') {
      complete = false;
      continue;
    }
    const set = definition.value;
    if (definition.conditional || mayBeMisspelling(set, 'instance', 'roles')) complete = false;
    module = mergeModules(module, readModule(cx, set));
    const read = optionSets(cx, set, 'roles');
    if (!read.complete) complete = false;
    for (const { set: all } of read.definitions)
      for (const [role, inner] of all.entries) addRole(roles, readRole(cx, role, inner));
  }
  return {
    name,
    module: module ?? NOT_KNOWN,
    roles,
    complete,
    conditional,
    at,
  };
}

/** Reads the module from one definition of an instance. Its name is '' if the definition does not set one. */
function readModule(cx: Evaluation, set: AttrsValue): InstanceModule {
  const entry = set.entries.get('module');
  const isMeant = mayBeMisspelling(set, 'instance', 'module');
  const none = isClosed(set) && !isMeant ? '' : null;
  if (entry === undefined) return { ...NOT_KNOWN, name: none, inputKnown: none !== null };
  const { value, conditional } = unwrap(cx, entry.value);
  if (value.kind !== 'attrs' || conditional || entry.optional) return NOT_KNOWN;
  if (isMeant || mayBeMisspelling(value, 'module', 'name') || mayBeMisspelling(value, 'module', 'input'))
    return NOT_KNOWN;
  const name = certain(value, 'name');
  const input = certain(value, 'input');
  const inputValue = input === null ? null : unwrap(cx, input.value).value;
  const inputText = inputValue?.kind === 'string' ? inputValue.text : null;
  const nameValue = name === null ? null : unwrap(cx, name.value).value;
  const placeIn = (read: Value | null) => (read?.origin == null ? null : placeOf(read.origin));
  return {
    name:
      nameValue === null
        ? isClosed(value) && !value.entries.has('name')
          ? ''
          : null
        : readText(cx, nameValue),
    nameAt: placeIn(nameValue),
    inputAt: placeIn(inputValue),
    input: inputText,
    inputKnown:
      input === null
        ? isClosed(value) && !value.entries.has('input')
        : inputText !== null || inputValue?.kind === 'null',
  };
}

function mergeModules(left: InstanceModule | null, right: InstanceModule): InstanceModule {
  if (left === null) return right;
  return {
    name: left.name === '' ? right.name : right.name === '' ? left.name : (left.name ?? right.name),
    input: left.input ?? right.input,
    inputKnown: left.input !== null || right.input !== null || (left.inputKnown && right.inputKnown),
    nameAt: left.nameAt ?? right.nameAt,
    inputAt: left.inputAt ?? right.inputAt,
  };
}

function readRole(cx: Evaluation, name: string, entry: Attr): Role {
  const machines: RoleEntry[] = [];
  const tags: RoleEntry[] = [];
  const values: Lazy[] = [];
  const extraModules: Lazy[] = [];
  let complete = !entry.optional;
  for (const { value, conditional } of definitionsOf(cx, entry.value)) {
    if (value.kind !== 'attrs') {
      complete = false;
      continue;
    }
    if (conditional || !isClosed(value)) complete = false;
    if (mayBeMisspelling(value, 'role', 'machines') || mayBeMisspelling(value, 'role', 'tags'))
      complete = false;
    if (!readEntries(cx, value, 'machines', machines)) complete = false;
    if (!readEntries(cx, value, 'tags', tags)) complete = false;
    const settings = value.entries.get('settings');
    if (settings !== undefined) values.push(settings.value);
    if (mayBeMisspelling(value, 'role', 'settings')) values.push(misspelt('settings', value.origin));
    extraModules.push(...listItems(cx, value, 'extraModules'));
    if (mayBeMisspelling(value, 'role', 'extraModules'))
      extraModules.push(misspelt('extraModules', value.origin));
  }
  const role: Role = {
    name,
    at: entry.at === null ? null : placeOf(entry.at),
    machines,
    tags,
    complete,
    hasSettings: values.length > 0,
    settings: settingsOf(cx, values),
    notData: notDataIn(cx, values),
    checkedAgainst: judging(cx, values),
    extraModules: extraModules.length,
  };
  return EXTRA_MODULES.keep(SETTINGS.keep(role, values), extraModules);
}

/**
 * Reads machines or tags, which are a set from names to settings, or a list of names. Returns false if there may be
 * more.
 */
function readEntries(cx: Evaluation, role: AttrsValue, option: string, into: RoleEntry[]): boolean {
  const entry = role.entries.get(option);
  if (entry === undefined) return true;
  let complete = !entry.optional;
  for (const { value, conditional } of definitionsOf(cx, entry.value)) {
    if (conditional) complete = false;
    if (value.kind === 'attrs') {
      if (!isClosed(value)) complete = false;
      for (const [name, inner] of value.entries) {
        if (inner.optional) complete = false;
        else if (!conditional) into.push(roleEntry(cx, name, inner));
      }
    } else if (value.kind === 'list') {
      for (const item of value.items) {
        const name = item.kind === 'spread' ? null : cx.force(item);
        if (name?.kind !== 'string' || name.text === null) complete = false;
        else if (!conditional) into.push(entryOf(cx, name.text, name.origin && placeOf(name.origin), []));
      }
    } else complete = false;
  }
  return complete;
}

function roleEntry(cx: Evaluation, name: string, entry: Attr): RoleEntry {
  const values: Lazy[] = [];
  for (const { value } of definitionsOf(cx, entry.value)) {
    const settings = value.kind === 'attrs' ? value.entries.get('settings') : undefined;
    if (settings !== undefined) values.push(settings.value);
    else if (value.kind === 'unknown') values.push(value);
  }
  return entryOf(cx, name, entry.at === null ? null : placeOf(entry.at), values);
}

function entryOf(cx: Evaluation, name: string, at: Place | null, values: readonly Lazy[]): RoleEntry {
  const entry: RoleEntry = {
    name,
    at,
    hasSettings: values.length > 0,
    settings: settingsOf(cx, values),
    notData: notDataIn(cx, values),
    checkedAgainst: judging(cx, values),
  };
  return SETTINGS.keep(entry, values);
}

function settingsOf(cx: Evaluation, values: readonly Lazy[]): () => Setting {
  let setting: Setting | null = null;
  return () => {
    setting ??= values.map(value => readSetting(cx, value)).reduce(mergeSettings, NO_SETTINGS);
    return setting;
  };
}

function listItems(cx: Evaluation, set: AttrsValue, option: string): Lazy[] {
  const entry = set.entries.get(option);
  if (entry === undefined) return [];
  return definitionsOf(cx, entry.value).flatMap(({ value }) =>
    value.kind === 'list' ? value.items.flatMap(item => (item.kind === 'spread' ? [] : [item])) : [],
  );
}

function addRole(roles: Map<string, Role>, role: Role): void {
  const before = roles.get(role.name);
  roles.set(role.name, before === undefined ? role : mergeRoles(before, role));
}

function mergeRoles(left: Role, right: Role): Role {
  const role: Role = {
    name: left.name,
    at: left.at ?? right.at,
    machines: mergeEntries([...left.machines, ...right.machines]),
    tags: mergeEntries([...left.tags, ...right.tags]),
    complete: left.complete && right.complete,
    hasSettings: left.hasSettings || right.hasSettings,
    settings: both(left.settings, right.settings),
    notData: () => [...left.notData(), ...right.notData()],
    checkedAgainst: tree => joinFacts(left.checkedAgainst(tree), right.checkedAgainst(tree)),
    extraModules: left.extraModules + right.extraModules,
  };
  SETTINGS.keep(role, [...SETTINGS.of(left), ...SETTINGS.of(right)]);
  return EXTRA_MODULES.keep(role, [...EXTRA_MODULES.of(left), ...EXTRA_MODULES.of(right)]);
}

function mergeEntries(all: readonly RoleEntry[]): RoleEntry[] {
  const merged = new Map<string, RoleEntry>();
  for (const entry of all) {
    const before = merged.get(entry.name);
    merged.set(entry.name, before === undefined ? entry : mergeTwoEntries(before, entry));
  }
  return [...merged.values()];
}

function mergeTwoEntries(left: RoleEntry, right: RoleEntry): RoleEntry {
  const entry: RoleEntry = {
    name: left.name,
    at: left.at ?? right.at,
    hasSettings: left.hasSettings || right.hasSettings,
    settings: both(left.settings, right.settings),
    notData: () => [...left.notData(), ...right.notData()],
    checkedAgainst: tree => joinFacts(left.checkedAgainst(tree), right.checkedAgainst(tree)),
  };
  return SETTINGS.keep(entry, [...SETTINGS.of(left), ...SETTINGS.of(right)]);
}

function both(left: () => Setting, right: () => Setting): () => Setting {
  return () => mergeSettings(left(), right());
}

/** Merges instances of the same name. A place that was read twice counts once. */
export function mergeInstances(all: readonly Instance[]): Instance[] {
  const merged = new Map<string, Instance>();
  const seen = new Set<string>();
  for (const instance of all) {
    const id = `${instance.name}\0${instance.at.map(placeKey).join('\0')}`;
    if (instance.at.length > 0 && seen.has(id)) continue;
    seen.add(id);
    const before = merged.get(instance.name);
    merged.set(instance.name, before === undefined ? instance : mergeTwo(before, instance));
  }
  return [...merged.values()];
}

function mergeTwo(left: Instance, right: Instance): Instance {
  const roles = new Map(left.roles);
  for (const role of right.roles.values()) addRole(roles, role);
  return {
    name: left.name,
    module: mergeModules(left.module, right.module),
    roles,
    complete: left.complete && right.complete,
    conditional: left.conditional && right.conditional,
    at: [...left.at, ...right.at],
  };
}

/** Fills in default names: a module without a name is named after its instance. */
export function withModuleNames(instances: readonly Instance[]): Instance[] {
  return instances.map(instance =>
    instance.module.name === ''
      ? { ...instance, module: { ...instance.module, name: instance.name } }
      : instance,
  );
}
