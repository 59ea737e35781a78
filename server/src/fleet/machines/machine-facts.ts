/**
 * Reads the declaration of a machine from one source, and joins all declarations of a machine. Knows values and
 * folders, not where a file declares machines.
 */

import { certain, definitionsOf, member, readText, unwrap } from '../../modules/read.ts';
import { attr, attrs, isClosed, list } from '../../nix/eval/construct.ts';
import type { Evaluation } from '../../nix/eval/evaluation.ts';
import type { Attr, AttrsValue, Lazy, UnknownValue, Value } from '../../nix/eval/value.ts';
import type { Known } from '../../nix/places.ts';
import { placeOf } from '../../nix/places.ts';
import { byText } from '../../std.ts';
import { MACHINES } from '../inventory/model-values.ts';
import type { Machine, MachineClass } from '../model/base.ts';
import type { MachineFact } from '../model/machines.ts';
import { filesOfModule } from './machine-files.ts';

/** The kind of declaration: a flake output, `clan.machines` (modules) or `inventory.machines` (data). */
export type MachineSource = Configurations | 'modules' | 'inventory';
export type Configurations = (typeof CONFIGURATIONS)[number];

export const CONFIGURATIONS = ['nixosConfigurations', 'darwinConfigurations', 'homeConfigurations'] as const;

export function isConfigurations(name: string | null): name is Configurations {
  return CONFIGURATIONS.some(configurations => configurations === name);
}

/** Reads one attribute of a set of machines. */
export function readMachine(cx: Evaluation, name: string, entry: Attr, source: MachineSource): MachineFact {
  const at = entry.at === null ? null : placeOf(entry.at);
  if (source === 'inventory') return { ...inventoryFacts(cx, entry), name, at, source: 'inventory' };
  const value = cx.resolve(unwrap(cx, entry.value).value);
  const system = systemOf(cx, value);
  const module = source === 'modules' ? entry.value : moduleIn(cx, value);
  const isCertain = !entry.optional && module !== null;
  const fact: MachineFact = {
    name,
    class: source === 'nixosConfigurations' ? 'nixos' : source === 'darwinConfigurations' ? 'darwin' : null,
    system,
    tags: [],
    at,
    source: source === 'modules' ? 'inventory' : 'configuration',
    isModule: source === 'modules',
    module: isCertain ? 'known' : 'unknown',
    ...(isCertain ? { files: filesOfModule(cx, module) } : {}),
  };
  const args = value.kind === 'unknown' ? argumentsIn(cx, value) : null;
  return isCertain ? MACHINES.keep(fact, { module, args }) : fact;
}

/** Returns a module that imports all of `nixosSystem { modules = [ … ]; }`, or null. */
function moduleIn(cx: Evaluation, value: Value, depth = 0): Lazy | null {
  if (value.kind !== 'unknown' || value.term?.kind !== 'apply') return null;
  const set = cx.force(value.term.arg);
  const modules = set.kind === 'attrs' ? certain(set, 'modules') : null;
  if (modules === null) return null;
  const module = attrs(new Map([['imports', modules]]), value.origin);
  const extended = extendedBy(value.term.fn);
  if (extended === null) return module;
  // `machine.extendModules { modules = [ … ]; }` has all modules of that machine, and further ones.
  const others = depth > MAX_EXTENDED ? null : moduleIn(cx, cx.resolve(extended), depth + 1);
  return others === null
    ? null
    : attrs(new Map([['imports', attr(list([others, module], value.origin), value.origin)]]), value.origin);
}

function argumentsIn(cx: Evaluation, { term }: UnknownValue): AttrsValue | null {
  const set = term?.kind === 'apply' ? cx.force(term.arg) : null;
  if (set?.kind !== 'attrs') return null;
  const specialArgs = member(cx, set, 'specialArgs') ?? member(cx, set, 'extraSpecialArgs');
  return specialArgs?.kind === 'attrs' ? specialArgs : null;
}

const MAX_EXTENDED = 8;

/** Returns the machine whose `extendModules` the function is, or null. */
function extendedBy({ term }: UnknownValue): UnknownValue | null {
  return term?.kind === 'select' && term.name.text === 'extendModules' ? term.of : null;
}

type InventoryFacts = Pick<
  MachineFact,
  'class' | 'system' | 'tags' | 'classHidden' | 'classStated' | 'tagsHidden' | 'tagPlaces'
>;

function inventoryFacts(cx: Evaluation, entry: Attr): InventoryFacts {
  let machineClass: MachineClass | null = null;
  let classHidden = entry.optional;
  let tagsHidden = entry.optional;
  let classStated = false;
  const tags: string[] = [];
  const tagPlaces: Known<string>[] = [];
  for (const { value, conditional, priority } of definitionsOf(cx, entry.value)) {
    if (value.kind !== 'attrs') {
      classHidden = true;
      tagsHidden = true;
      continue;
    }
    const stated = statedClass(cx, value);
    if (stated === null || conditional) classHidden = true;
    else if (stated !== 'none') {
      machineClass = stated;
      const written = value.entries.get('machineClass');
      const weight = written === undefined ? 0 : unwrap(cx, written.value).priority;
      classStated = priority === 100 && weight === 100;
    }
    const read = statedTags(cx, value);
    tags.push(...(conditional ? [] : read.tags));
    tagPlaces.push(...read.places);
    if (!read.complete || (conditional && read.tags.length > 0)) tagsHidden = true;
  }
  return {
    class: machineClass,
    system: null,
    tags: [...new Set(tags)],
    tagPlaces,
    classHidden,
    classStated,
    tagsHidden,
  };
}

/** Returns the class that a set states, `none` if it states none, or `null` if unknown. */
function statedClass(cx: Evaluation, set: AttrsValue): MachineClass | 'none' | null {
  const entry = set.entries.get('machineClass');
  if (entry === undefined) return isClosed(set) ? 'none' : null;
  const text = entry.optional ? null : readText(cx, unwrap(cx, entry.value).value);
  return text === 'nixos' || text === 'darwin' ? text : null;
}

interface StatedTags {
  readonly tags: readonly string[];
  readonly places: readonly Known<string>[];
  readonly complete: boolean;
}

function statedTags(cx: Evaluation, set: AttrsValue): StatedTags {
  const entry = set.entries.get('tags');
  if (entry === undefined) return { tags: [], places: [], complete: isClosed(set) };
  const tags: string[] = [];
  const places: Known<string>[] = [];
  let complete = !entry.optional;
  for (const { value, conditional } of definitionsOf(cx, entry.value)) {
    if (value.kind !== 'list' || conditional) {
      complete = false;
      continue;
    }
    for (const item of value.items) {
      const tag = item.kind === 'spread' ? null : cx.force(item);
      if (tag?.kind !== 'string' || tag.text === null) {
        complete = false;
        continue;
      }
      tags.push(tag.text);
      if (tag.origin !== null) places.push({ value: tag.text, at: placeOf(tag.origin) });
    }
  }
  return { tags, places, complete };
}

/** Reads the argument `system` of `nixosSystem { … }`, or `nixpkgs.hostPlatform` in an inline module. */
function systemOf(cx: Evaluation, value: Value): string | null {
  const set = value.kind === 'unknown' && value.term?.kind === 'apply' ? cx.force(value.term.arg) : value;
  if (set.kind !== 'attrs') return null;
  const system = certain(set, 'system');
  if (system !== null) return readText(cx, system.value);
  const nixpkgs = member(cx, set, 'nixpkgs');
  const platform = nixpkgs?.kind === 'attrs' ? certain(nixpkgs, 'hostPlatform') : null;
  return platform === null ? null : readText(cx, unwrap(cx, platform.value).value);
}

/** Returns the platform that a module sets literally: `nixpkgs.hostPlatform = "…"`. */
export function platformIn(text: string): string | null {
  return /\bhostPlatform\s*=\s*(?:[\w.]*mkDefault\s+)?"([\w-]+)"/.exec(text)?.[1] ?? null;
}

/**
 * Joins the declarations of all sources to one machine per name.
 * @param isClan whether a machine without a class is a NixOS machine, as in a clan
 */
export function joinMachines(all: readonly MachineFact[], isClan = false): Machine[] {
  const joined = new Map<string, MachineFact>();
  // The inventory's declaration comes first, also before `clan.machines`, which only defines the machine's module.
  const isInventory = (fact: MachineFact) => fact.source === 'inventory' && fact.isModule !== true;
  for (const fact of [...all.filter(isInventory), ...all.filter(fact => !isInventory(fact))]) {
    const machineFact = joined.get(fact.name);
    joined.set(fact.name, machineFact === undefined ? fact : joinTwo(machineFact, fact));
  }
  return [...joined.values()]
    .map(({ name, class: explicitClass, system, tags, at, source, classHidden }): Machine => {
      const isDefault = source === 'inventory' || (isClan && source === 'folder');
      const machineClass = explicitClass ?? (isDefault && classHidden !== true ? 'nixos' : null);
      return { name, class: machineClass, system, tags, at, source };
    })
    .sort(byText(({ name }) => name));
}

function joinTwo(machineFact: MachineFact, fact: MachineFact): MachineFact {
  const hasPlace = machineFact.at !== null && machineFact.at.end > 0;
  return {
    name: machineFact.name,
    class: machineFact.class ?? fact.class,
    system: machineFact.system ?? fact.system,
    tags: [...new Set([...machineFact.tags, ...fact.tags])],
    at: hasPlace
      ? machineFact.at
      : fact.at !== null && (fact.at.end > 0 || machineFact.at === null)
        ? fact.at
        : machineFact.at,
    source: machineFact.source,
    classHidden: machineFact.classHidden === true || fact.classHidden === true,
    tagsHidden: machineFact.tagsHidden === true || fact.tagsHidden === true,
  };
}
