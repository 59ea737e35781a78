/**
 * Reads the instances of services that an inventory declares: their modules, roles, members and settings. Does not know
 * which machines are in a role (see `members.ts`) or what a service declares.
 */

import { optionSets } from '../../modules/clan-modules.ts';
import { certain, definitionsOf, readText, unwrap } from '../../modules/read.ts';
import { isClosed } from '../../nix/eval/construct.ts';
import type { Evaluation } from '../../nix/eval/evaluation.ts';
import type { Attr, AttrsValue, Value } from '../../nix/eval/value.ts';
import { placeKey, placeOf } from '../../nix/places.ts';
import type { Instance, InstanceModule, Role } from '../model/services.ts';
import { mayBeMisspelling } from './misspelt-names.ts';
import { addRole, readRole } from './roles.ts';

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
