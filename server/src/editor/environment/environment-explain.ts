/**
 * Explains why a variable is or is not in a machine's sessions: the key is not selected, exports nothing, or is
 * exported under another or an ambiguous name; a session step sets it, on this machine or another; or the
 * variable does not exist.
 */

import { joined, quoted } from '../../checks/facts/wording.ts';
import { suggest } from '../../edits/suggest.ts';
import type { Registry, RegistryKey } from '../../fleet/model/registries.ts';
import type { Place } from '../../nix/places.ts';
import { environmentOf, exportedFile } from './environment.ts';
import type { Environment, Surroundings } from './environment-data.ts';
import { environmentMachines, type Selected, selectedKeys } from './environment-keys.ts';
import { stepsSetting } from './environment-steps.ts';

/** The kind of answer; may be extended. */
type ReasonKind =
  /** A key of the machine is exported under this name. */
  | 'exported'
  /** A step of the machine's session sets it. */
  | 'session-step'
  /** A step sets it, but not on this machine. */
  | 'step-elsewhere'
  /** A key that the machine does not select is exported under this name. */
  | 'not-selected'
  /** The key that is meant is not exported. */
  | 'no-variable'
  /** The key is secret; the variable that is set has the suffix `_FILE`. */
  | 'secret-file'
  /** The key is public; the variable that is set has no suffix `_FILE`. */
  | 'public-value'
  /** It is the name of a key that is exported under another name. */
  | 'other-name'
  /** Several keys are exported under this name. */
  | 'clash'
  /** It cannot be set, or that cannot be determined; the text says why. */
  | 'not-certain'
  /** Nothing has this name. */
  | 'unknown';

interface Reason {
  readonly kind: ReasonKind;
  /** Sentences. */
  readonly text: string;
  readonly keys: readonly string[];
  /** Machines that have what this one lacks. */
  readonly machines: readonly string[];
  /** The place of the key or of the step. */
  readonly at: Place | null;
}

export interface Explanation {
  readonly machine: string;
  /** The requested name. */
  readonly name: string;
  /** The variable in question, which differs from the name if a key was requested. */
  readonly variable: string;
  /** True if it is set in the machine's sessions. */
  readonly isSet: boolean;
  /** Never empty. */
  readonly reasons: readonly Reason[];
}

/**
 * Explains why a variable is or is not set.
 *
 * @param name a variable, or a key of a registry
 */
export function explainVariable(around: Surroundings, machine: string, name: string): Explanation {
  const variable = variableOfKey(around, name) ?? name;
  const asked: Asked = { around, machine, name: variable, environment: environmentOf(around, machine) };
  const setting = exported(asked);
  if (setting.length === 0) setting.push(...setBySteps(asked));
  if (setting.length > 0) return { machine, name, variable, isSet: true, reasons: setting };
  const reasons = [...notedReasons(asked), ...keyReasons(asked)];
  if (reasons.length === 0) reasons.push(...setElsewhere(asked));
  if (reasons.length === 0) reasons.push(unknownName(asked));
  return { machine, name, variable, isSet: false, reasons };
}

/** Returns the variable of a key if the name is that of a key, or null. */
function variableOfKey({ fleet }: Surroundings, name: string): string | null {
  const keys = fleet.registries.flatMap(registry => registry.keys);
  if (keys.some(({ envVar }) => envVar?.value === name)) return null;
  const key = keys.find(registryKey => registryKey.key === name && registryKey.envVar !== null);
  return key === undefined ? null : exportedName(key);
}

/** Returns the variables of the fleet's keys that the machine does not have, each with its reason. */
export function absentVariables(around: Surroundings, machine: string): Explanation[] {
  const environment = environmentOf(around, machine);
  const names = new Set([...environment.variables, ...environment.notes].map(({ name }) => name));
  return around.fleet.registries.flatMap(registry => {
    const selected = selectionOf(around, registry, machine);
    return registry.keys.flatMap((key): Explanation[] => {
      const name = key.envVar === null ? key.key : exportedName(key);
      if (names.has(name)) return [];
      const reason = reasonOf({ around, machine, name, environment }, registry, key, selected);
      return reason === null ? [] : [{ machine, name, variable: name, isSet: false, reasons: [reason] }];
    });
  });
}

/** The keys that a machine selects from a registry, and the other machines that select them. */
interface Selection extends Selected {
  readonly machines: ReadonlyMap<RegistryKey, readonly string[]>;
}

function selectionOf(around: Surroundings, registry: Registry, machine: string): Selection {
  return { ...selectedKeys(around.fleet, registry, machine), machines: machinesByKey(around, registry) };
}

interface Asked {
  readonly around: Surroundings;
  readonly machine: string;
  readonly name: string;
  readonly environment: Environment;
}

function exported({ around, name, environment, machine }: Asked): Reason[] {
  return environment.variables
    .filter(variable => variable.name === name)
    .map(({ key, secret, generator, file, value }) => ({
      kind: 'exported',
      text: secret
        ? `${machine} selects the key "${key}": the secret "${generator}/${file}" is deployed to ${value}.`
        : `${machine} selects the key "${key}": it is the value of the public file "${generator}/${file}".`,
      keys: [key],
      machines: [],
      at:
        around.fleet.registries.flatMap(({ keys }) => keys).find(registryKey => registryKey.key === key)
          ?.at ?? null,
    }));
}

/** Returns the reasons from steps, including keys that are exported under a similar name. */
function setBySteps(asked: Asked): Reason[] {
  const steps = stepsSetting(asked.environment, asked.name);
  if (steps.length === 0) return [];
  const keys = keyReasons(asked);
  const prefix = keys.length > 0 ? '' : 'No key is exported under this name. ';
  const set = steps.map(
    (step): Reason => ({ kind: 'session-step', ...step, text: prefix + step.text, machines: [], at: null }),
  );
  return [...set, ...keys];
}

/** Returns the reasons from notes about the variable. */
function notedReasons({ name, environment }: Asked): Reason[] {
  return environment.notes
    .filter(note => note.name === name)
    .map(({ keys, text }) => ({
      kind: keys.length > 1 ? 'clash' : 'not-certain',
      text,
      keys,
      machines: [],
      at: null,
    }));
}

function keyReasons(asked: Asked): Reason[] {
  const { around, machine, name, environment } = asked;
  const noted = new Set(environment.notes.flatMap(note => (note.name === name ? note.keys : [])));
  return around.fleet.registries.flatMap(registry => {
    const selected = selectionOf(around, registry, machine);
    const keys = registry.keys.filter(({ key }) => !noted.has(key));
    const exact = keys.filter(({ envVar }) => envVar !== null && isNameOf(envVar.value, name));
    // Without such a variable, the name may mean the key itself or a name it might be exported as.
    const meant = exact.length > 0 || noted.size > 0 ? exact : keys.filter(key => isMeant(key, name));
    return meant.flatMap(key => reasonOf(asked, registry, key, selected) ?? []);
  });
}

function isNameOf(variable: string, name: string): boolean {
  return variable === name || `${variable}_FILE` === name;
}

/** Returns whether a name means the key or its generator, as written or in the form of a variable. */
function isMeant({ key, generator }: RegistryKey, name: string): boolean {
  return [key, generator?.value ?? key].some(
    candidate => candidate === name || isNameOf(asVariable(candidate), name),
  );
}

function asVariable(name: string): string {
  return name.toUpperCase().replace(/[^A-Z0-9]+/g, '_');
}

function isPublic(key: RegistryKey): boolean {
  return (key.secret ?? exportedFile(key, key.body)?.secret) === false;
}

/** Returns the variable that a key is exported as. */
function exportedName(key: RegistryKey): string {
  return `${key.envVar?.value ?? ''}${isPublic(key) ? '' : '_FILE'}`;
}

/** Returns the reason why the key's variable is not set, or null if there is none. */
function reasonOf(
  { around, machine, name }: Asked,
  registry: Registry,
  key: RegistryKey,
  selected: Selection,
): Reason | null {
  const others = (selected.machines.get(key) ?? []).filter(other => other !== machine);
  const reason = (kind: ReasonKind, text: string): Reason => ({
    kind,
    text,
    keys: [key.key],
    machines: others,
    at: key.at,
  });
  const isSelected = selected.keys.includes(key);
  if (key.envVar === null)
    return reason('no-variable', `The key "${key.key}" is exported under no name: its \`envVar\` is null.`);
  const exportedAs = exportedName(key);
  const form = exportedAs === name ? '' : ` It would be ${exportedAs}.`;
  if (!isSelected && !selected.complete)
    return reason('not-certain', `It is not known whether ${machine} has the key "${key.key}".${form}`);
  if (!isSelected) {
    const who = others.length === 0 ? 'no machine selects it' : `it is on ${joined(others)}`;
    const what = `The key "${key.key}" is not selected on ${machine}; ${who}.${form}`;
    return reason('not-selected', what + adviceToSelect(around, registry, machine));
  }
  if (exportedAs === name) return null;
  if (!isNameOf(key.envVar.value, name))
    return reason('other-name', `The key "${key.key}" is exported as ${exportedAs}.`);
  return isPublic(key)
    ? reason('public-value', `The key "${key.key}" is public: its value is in ${exportedAs}.`)
    : reason(
        'secret-file',
        `The key "${key.key}" is secret: ${exportedAs} contains the path of its deployed file.`,
      );
}

function adviceToSelect({ fleet }: Surroundings, registry: Registry, machine: string): string {
  const matrix = fleet.matrices.find(
    candidate =>
      candidate.registry === registry.file &&
      candidate.rows.some(row => !row.shared && row.machine === machine),
  );
  return matrix === undefined ? '' : ` Add it to the row "${machine}" of ${matrix.file}.`;
}

/** Returns the machines that select each key of a registry, sorted. */
function machinesByKey(
  { fleet }: Surroundings,
  registry: Registry,
): ReadonlyMap<RegistryKey, readonly string[]> {
  const byKey = new Map<RegistryKey, string[]>();
  for (const machine of [...environmentMachines(fleet)].sort())
    for (const key of selectedKeys(fleet, registry, machine).keys)
      byKey.set(key, [...(byKey.get(key) ?? []), machine]);
  return byKey;
}

function setElsewhere({ around, machine, name }: Asked): Reason[] {
  const others = environmentMachines(around.fleet).flatMap(other =>
    other === machine
      ? []
      : stepsSetting(environmentOf(around, other), name).map(step => ({ ...step, other })),
  );
  const [first] = others;
  if (first === undefined) return [];
  const machines = [...new Set(others.map(({ other }) => other))].sort();
  return [
    {
      kind: 'step-elsewhere',
      text: `Only the sessions of ${joined(machines)} have a step that sets it. ${first.text}`,
      keys: first.keys,
      machines,
      at: null,
    },
  ];
}

function unknownName({ around, environment, name }: Asked): Reason {
  const keys = around.fleet.registries.flatMap(registry => registry.keys);
  const names = [
    ...environment.variables.map(variable => variable.name),
    ...environment.steps.map(step => step.name),
    ...keys.flatMap(({ key, envVar }) =>
      envVar === null ? [key] : [envVar.value, `${envVar.value}_FILE`, key],
    ),
  ];
  const meant = suggest(name, names);
  const where = around.fleet.registries.map(({ file }) => file);
  const nothing =
    where.length === 0
      ? 'There is no registry to define variables.'
      : `No key of ${joined(where)} is exported as ${quoted([name])}, and no step of a session sets it.`;
  return {
    kind: 'unknown',
    text: meant === null ? nothing : `${nothing} Did you mean "${meant}"?`,
    keys: [],
    machines: [],
    at: null,
  };
}
