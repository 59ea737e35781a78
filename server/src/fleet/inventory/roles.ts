/**
 * Reads the roles of instances: their machines, tags and settings, and merges several definitions of a role. Does not know
 * which machines have a tag (see `members.ts`).
 */

import { joinFacts, judging } from '../../modules/options/judged.ts';
import { definitionsOf } from '../../modules/read.ts';
import type { Setting } from '../../modules/settings.ts';
import { mergeSettings, NO_SETTINGS, readSetting } from '../../modules/settings.ts';
import { isClosed } from '../../nix/eval/construct.ts';
import type { Evaluation } from '../../nix/eval/evaluation.ts';
import type { Attr, AttrsValue, Lazy } from '../../nix/eval/value.ts';
import type { Place } from '../../nix/places.ts';
import { placeOf } from '../../nix/places.ts';
import type { FurtherNames, Role, RoleEntry } from '../model/services.ts';
import {
  ANY_NAMES,
  furtherOfSet,
  furtherOfSpread,
  isNone,
  joinNames,
  NO_NAMES,
  nameOf,
  namesOf,
} from './further-names.ts';
import { mayBeMisspelling, misspelt } from './misspelt-names.ts';
import { EXTRA_MODULES, SETTINGS } from './model-values.ts';
import { notDataIn } from './settings-data.ts';

/** Reads one definition of a role. */
export function readRole(cx: Evaluation, name: string, entry: Attr): Role {
  const machines: RoleEntry[] = [];
  const tags: RoleEntry[] = [];
  const values: Lazy[] = [];
  const extraModules: Lazy[] = [];
  let [furtherMachines, furtherTags] = [NO_NAMES, NO_NAMES];
  let settingsComplete = !entry.optional;
  for (const { value, conditional } of definitionsOf(cx, entry.value)) {
    if (value.kind !== 'attrs') {
      settingsComplete = false;
      [furtherMachines, furtherTags] = [ANY_NAMES, ANY_NAMES];
      continue;
    }
    const isOpen = !isClosed(value);
    const isCertain = !conditional && !entry.optional;
    if (!isCertain || isOpen) settingsComplete = false;
    const read = (option: 'machines' | 'tags', into: RoleEntry[]) =>
      isOpen || mayBeMisspelling(value, 'role', option)
        ? joinNames(readEntries(cx, value, option, isCertain, into), ANY_NAMES)
        : readEntries(cx, value, option, isCertain, into);
    furtherMachines = joinNames(furtherMachines, read('machines', machines));
    furtherTags = joinNames(furtherTags, read('tags', tags));
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
    complete: settingsComplete && isNone(furtherMachines) && isNone(furtherTags),
    furtherMachines,
    furtherTags,
    settingsComplete,
    hasSettings: values.length > 0,
    settings: settingsOf(cx, values),
    notData: notDataIn(cx, values),
    checkedAgainst: judging(cx, values),
    extraModules: extraModules.length,
  };
  return EXTRA_MODULES.keep(SETTINGS.keep(role, values), extraModules);
}

/**
 * Reads machines or tags, which are a set from names to settings, or a list of names. Adds those that the role certainly
 * has, and returns the names that it may have besides.
 * @param certain false if the role may lack the option
 */
function readEntries(
  cx: Evaluation,
  role: AttrsValue,
  option: string,
  certain: boolean,
  into: RoleEntry[],
): FurtherNames {
  const entry = role.entries.get(option);
  if (entry === undefined) return NO_NAMES;
  let further = NO_NAMES;
  const note = (names: FurtherNames) => {
    further = joinNames(further, names);
  };
  for (const { value, conditional } of definitionsOf(cx, entry.value)) {
    if (!certain || conditional || entry.optional) note(namesOf(cx, value));
    else if (value.kind === 'attrs') {
      note(furtherOfSet(cx, value));
      for (const [name, inner] of value.entries) {
        if (inner.optional) note({ ...NO_NAMES, names: [name] });
        else into.push(roleEntry(cx, name, inner));
      }
    } else if (value.kind === 'list') {
      for (const item of value.items) {
        const name = item.kind === 'spread' ? null : cx.force(item);
        if (item.kind === 'spread') note(furtherOfSpread(cx, item));
        else if (name?.kind !== 'string' || name.text === null) note(nameOf(cx.force(item)));
        else into.push(entryOf(cx, name.text, name.origin && placeOf(name.origin), []));
      }
    } else note(namesOf(cx, value));
  }
  return further;
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
  return definitionsOf(cx, entry.value).flatMap(({ value }) => {
    // What is not known may be any item.
    if (value.kind === 'unknown') return [value];
    if (value.kind !== 'list') return [];
    return value.items.map(item => (item.kind === 'spread' ? item.of : item));
  });
}

/** Adds a role to those of an instance, merged with the role of the same name. */
export function addRole(roles: Map<string, Role>, role: Role): void {
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
    furtherMachines: joinNames(left.furtherMachines, right.furtherMachines),
    furtherTags: joinNames(left.furtherTags, right.furtherTags),
    settingsComplete: left.settingsComplete && right.settingsComplete,
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
