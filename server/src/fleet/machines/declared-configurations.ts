/** Reads the outputs of the flake that declare machines, homes, and nodes of a hive. */
import { frameworkValue } from '../../flake/frameworks/calls.ts';
import { nodesOf } from '../../flake/frameworks/colmena.ts';
import { definitionsOf } from '../../modules/read.ts';
import { isClosed } from '../../nix/eval/construct.ts';
import type { AttrsValue, Lazy, UnknownValue } from '../../nix/eval/value.ts';
import type { Place } from '../../nix/places.ts';
import { dependingOn } from '../../nix/places.ts';
import { MACHINES } from '../inventory/model-values.ts';
import type { MachineFact } from '../model/machines.ts';
import { type Declarations, missingMachines } from './declared.ts';
import { type Configurations, isConfigurations, readMachine } from './machine-facts.ts';

/** Reads the value of an output such as `nixosConfigurations`. */
export function readConfigurations(
  declared: Declarations,
  kind: Configurations,
  output: Lazy,
  at: Place,
): void {
  const { cx } = declared;
  for (const { value: written, conditional } of definitionsOf(cx, output)) {
    const made = written.kind === 'unknown' ? (frameworkValue(cx, written) ?? written) : written;
    if (made.kind === 'unknown' && isPassedOn(made)) continue;
    const value = cx.resolve(made);
    if (value.kind === 'attrs') readConfigurationSet(declared, value, kind);
    if (value.kind === 'attrs' && !conditional && hasAll(value)) continue;
    const reason =
      value.kind === 'unknown'
        ? dependingOn(value.reason)
        : 'there may be more configurations than are written out here';
    if (kind === 'homeConfigurations') declared.homesComplete = false;
    else missingMachines(declared, reason, at);
  }
}

function readConfigurationSet(declared: Declarations, set: AttrsValue, kind: Configurations): void {
  const into = kind === 'homeConfigurations' ? declared.homes : declared.machines;
  for (const [name, entry] of set.entries) {
    const machine = readMachine(declared.cx, name, entry, kind);
    if (!into.some(other => isSame(other, machine))) into.push(machine);
  }
}

/** Reads the value of an output `colmena`. */
export function readHive(declared: Declarations, output: Lazy, at: Place): void {
  const nodes = nodesOf(declared.cx, output);
  if (nodes !== null) readNodes(declared, nodes, at);
}

/** Reads nodes of a hive as machines. */
export function readNodes(declared: Declarations, nodes: Lazy, at: Place): void {
  const set = declared.cx.force(nodes);
  if (set.kind !== 'attrs') return;
  for (const [name, entry] of set.entries) {
    const machine = readMachine(declared.cx, name, entry, 'nixosConfigurations');
    declared.machines.push(MACHINES.keep({ ...machine, isNode: true }, MACHINES.of(machine)));
  }
  if (!hasAll(set)) missingMachines(declared, 'there may be more than are written out here', at);
}

/**
 * Returns whether the value is a result of clan that is passed on, as in `inherit (clan.config) nixosConfigurations`.
 * Its machines are declared elsewhere.
 */
function isPassedOn({ term }: UnknownValue): boolean {
  return term?.kind === 'select' && isConfigurations(term.name.text);
}

/**
 * Returns whether two facts are one machine that a framework makes of a file, found both at the call of the framework
 * and at its output.
 */
function isSame(fact: MachineFact, other: MachineFact): boolean {
  const [left, right] = [fact.at, other.at];
  return fact.name === other.name && left?.end === 0 && right?.end === 0 && left.file === right.file;
}

function hasAll(set: AttrsValue): boolean {
  for (const entry of set.entries.values()) if (entry.optional) return false;
  return isClosed(set) || (set.patterns.length === 0 && set.open !== null && isPassedOn(set.open));
}
