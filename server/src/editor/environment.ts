/**
 * What a machine's sessions get from the registry: `<NAME>_FILE` with the place of the deployed file for a secret,
 * `<NAME>` with the value for a public file, and the steps that its session specification adds. Only what is certain is
 * a variable; of the rest is said why not. How shells write it is the business of environment-text.ts.
 */

import { VARIABLE_NAME } from '../checks/registry/invalid-env-var.ts';
import type { Fleet, GeneratorBody, GeneratorFile, Registry, RegistryKey } from '../fleet/model.ts';
import { sessionSpecOf } from '../fleet/session-spec.ts';
import { compareBytes } from '../nix/compare.ts';
import { shownBackend } from '../store/backend.ts';
import { deployedPath, publicValuePath, type StoredFile } from '../store/deployed.ts';
import { readSessionSpec, type Step, type UnknownStep } from './session-steps.ts';
import type { Snapshot } from './snapshot.ts';

export interface Variable {
  readonly name: string;
  readonly value: string;
  readonly secret: boolean;
  readonly key: string;
  readonly generator: string;
  readonly file: string;
}

/** Why something is no variable, or may not be all. */
export interface Note {
  /** The variable's name; null where the note is about none alone. */
  readonly name: string | null;
  readonly keys: readonly string[];
  /** A sentence. */
  readonly text: string;
}

export interface Environment {
  readonly machine: string;
  /** Sorted by name. */
  readonly variables: readonly Variable[];
  /** What sessions do with them when they start, in this order. */
  readonly steps: readonly Step[];
  /** Sorted by name, those about none first. */
  readonly notes: readonly Note[];
}

/** What is needed of a snapshot. */
export interface Surroundings extends Pick<Snapshot, 'fleet' | 'files'> {
  /** A command of somebody's own keeps the secrets. */
  readonly elsewhere: boolean;
}

/** Machines that can be asked about: those of the fleet, and those that only a matrix names. */
export function environmentMachines(fleet: Fleet): readonly string[] {
  const rows = fleet.matrices.flatMap(({ rows }) => rows.filter(({ shared }) => !shared));
  const names = [...fleet.machines.map(({ name }) => name), ...rows.map(({ machine }) => machine)];
  return [...new Set(names)];
}

/** The session variables of a machine, as the registries promise them. */
export function environmentOf(around: Surroundings, machine: string): Environment {
  const notes: Note[] = [];
  const exported: Exported[] = [];
  const steps: Step[] = [];
  for (const registry of around.fleet.registries) {
    const selected = selectedKeys(around.fleet, registry, machine);
    notes.push(...selected.notes);
    for (const key of selected.keys) {
      const one = exportOf(around, key, machine);
      if (one !== null) exported.push(one);
    }
    const added = addedSteps(around, registry, machine, selected);
    notes.push(...added.notes);
    steps.push(...added.steps);
  }
  if (around.fleet.registries.length === 0) {
    notes.push({
      name: null,
      keys: [],
      text: 'There is no registry: nothing says which variables there are.',
    });
  }
  const { variables, clashes } = withoutClashes(exported.filter(isVariable));
  return {
    machine,
    variables: variables.sort((a, b) => compareBytes(a.name, b.name)),
    steps,
    notes: [...notes, ...exported.filter(isNote), ...clashes].sort((a, b) =>
      compareBytes(a.name ?? '', b.name ?? ''),
    ),
  };
}

interface Selected {
  readonly keys: readonly RegistryKey[];
  /** False if the machine may have more. */
  readonly complete: boolean;
  readonly notes: readonly Note[];
}

/** The keys of a machine's rows; without a row, those whose generators it certainly has. */
function selectedKeys(fleet: Fleet, registry: Registry, machine: string): Selected {
  const byKey = new Map(registry.keys.map(key => [key.key, key]));
  const matrices = fleet.matrices.filter(matrix => matrix.registry === registry.file);
  const rows = matrices.flatMap(matrix =>
    matrix.rows.filter(row => !row.shared && row.machine === machine).map(row => ({ matrix, row })),
  );
  if (rows.length === 0) return assignedKeys(fleet, registry, machine);
  const keys = new Map<string, RegistryKey>();
  const notes: Note[] = [];
  for (const { matrix, row } of rows) {
    for (const { key } of row.keys) {
      const entry = byKey.get(key);
      if (entry) keys.set(key, entry);
      else notes.push({ name: null, keys: [key], text: `${registry.file} has no key "${key}".` });
    }
    if (!row.complete) {
      const text = `There may be more: not all of the row "${machine}" in ${matrix.file} can be read without Nix.`;
      notes.push({ name: null, keys: [], text });
    }
  }
  return { keys: [...keys.values()], complete: rows.every(({ row }) => row.complete), notes };
}

function assignedKeys(fleet: Fleet, registry: Registry, machine: string): Selected {
  const certain = new Set<string>();
  const possible = new Set<string>();
  for (const { name, machines, machinesComplete, conditional } of fleet.generators) {
    if (machines?.includes(machine) === true && !conditional) certain.add(name);
    else if (machines === null || !machinesComplete || conditional) possible.add(name);
  }
  const named = (names: ReadonlySet<string>) =>
    registry.keys.filter(({ generator }) => generator !== null && names.has(generator.value));
  const open = named(possible).filter(key => key.envVar !== null && !named(certain).includes(key));
  const notes = open.map(({ key, envVar }) => ({
    name: envVar?.value ?? null,
    keys: [key],
    text: `It is not known whether ${machine} has the key "${key}".`,
  }));
  return { keys: named(certain), complete: open.length === 0, notes };
}

/**
 * The shared steps of which the machine has all keys, then its own. As Nix has it: what is shared may be about keys that
 * a machine lacks, what is its own may not.
 */
function addedSteps(
  { fleet, files }: Surroundings,
  registry: Registry,
  machine: string,
  { keys, complete }: Selected,
): { readonly steps: readonly Step[]; readonly notes: readonly Note[] } {
  const spec = readSessionSpec(files, sessionSpecOf(registry.file));
  if (spec === null) return { steps: [], notes: [] };
  const steps: Step[] = [];
  const notes: Note[] = [];
  const known = new Set(keys.map(({ key }) => key));
  const defined = new Set(registry.keys.map(({ key }) => key));
  const add = (step: Step | UnknownStep, isOwn: boolean) => {
    const note = (text: string, about: readonly string[] = []) =>
      notes.push({ name: step.name, keys: about, text });
    const absent = step.keys.find(key => !defined.has(key));
    if (absent !== undefined) return note(`${registry.file} has no key "${absent}".`, [absent]);
    if (step.kind === 'unknown') return note(step.name === null ? `${spec.file}: ${step.text}` : step.text);
    const lacking = step.keys.filter(key => !known.has(key));
    const [first] = lacking;
    if (first !== undefined && !complete)
      note(`It is not known whether ${machine} has the key "${first}".`, lacking);
    else if (first !== undefined && isOwn)
      note(`${spec.file} sets it from the key "${first}", which ${machine} does not have.`, lacking);
    else if (first === undefined) {
      const wrong = namesIn(step).find(name => !VARIABLE_NAME.test(name));
      if (wrong === undefined) steps.push(step);
      else note(`"${wrong}" is no name of a variable.`, step.keys);
    }
    return;
  };
  const machines = environmentMachines(fleet);
  for (const other of fleet.machinesComplete ? spec.machines.keys() : [])
    if (!machines.includes(other))
      notes.push({
        name: null,
        keys: [],
        text: `${spec.file} has steps for "${other}", and there is no such machine.`,
      });
  for (const step of spec.shared) add(step, false);
  for (const step of spec.machines.get(machine) ?? []) add(step, true);
  if (!spec.complete && !spec.machines.has(machine))
    notes.push({
      name: null,
      keys: [],
      text: `${spec.file}: it is not known whether ${machine} has steps of its own.`,
    });
  return { steps, notes };
}

function namesIn(step: Step): string[] {
  if (step.kind === 'hydrate') return [step.name, step.from];
  return [step.name, ...step.parts.flatMap(part => (typeof part === 'string' ? [] : [part.variable]))];
}

type Exported = Variable | Note;

function isVariable(one: Exported): one is Variable {
  return 'value' in one;
}

function isNote(one: Exported): one is Note {
  return !isVariable(one);
}

/** Null for a key that exports nothing. */
function exportOf(around: Surroundings, entry: RegistryKey, machine: string): Exported | null {
  const { key, generator, envVar } = entry;
  if (envVar === null) return null;
  const note = (name: string, text: string): Note => ({ name, keys: [key], text });
  const variable = envVar.value;
  if (!VARIABLE_NAME.test(variable)) return note(variable, `"${variable}" is no name of a variable.`);
  if (generator === null) return note(variable, 'The name of its generator is not known without Nix.');
  const body = bodyOn(around.fleet, generator.value, entry, machine);
  const file = exportedFile(entry, body);
  if (file === null)
    return note(variable, `It is not known which file of "${generator.value}" it stands for.`);
  const shown = `"${generator.value}/${file.name}"`;
  const secret = entry.secret ?? file.secret;
  if (secret === null) return note(variable, `It is not known whether ${shown} is secret.`);
  const name = secret ? `${variable}_FILE` : variable;
  if (file.secret === null) return note(name, `It is not known whether ${shown} is secret.`);
  if (secret && !file.secret) return note(name, `${shown} is public, so its place is in the Nix store.`);
  if (!secret && file.secret) return note(name, `${shown} is secret, so its value cannot be exported.`);
  if (body.share === null)
    return note(name, `It is not known whether all machines share "${generator.value}".`);
  if (secret && file.deploy === false) return note(name, `${shown} is not deployed.`);
  if (secret && (file.deploy === null || file.neededFor === null)) {
    return note(name, `Where ${shown} is deployed is not known without Nix.`);
  }
  const stored: StoredFile = {
    generator: generator.value,
    file: file.name,
    share: body.share,
    machine,
    neededFor: file.neededFor,
  };
  const backend = secret ? shownBackend(around.fleet, around.files, machine, around.elsewhere) : null;
  if (secret && backend === null)
    return note(name, `Where the store of "${machine}" puts ${shown} is known to that store alone.`);
  const value =
    backend !== null
      ? deployedPath(stored, backend)
      : around.files.text(publicValuePath(around.fleet.directory ?? '', stored));
  if (value === null) return note(name, `${shown} is not generated yet.`);
  if (/[\0\ufffd]/.test(value)) return note(name, `${shown} is no text.`);
  return { name, value, secret, key, generator: generator.value, file: file.name };
}

/** What the machine makes of the generator, where that is settled; otherwise what the registry says. */
function bodyOn(fleet: Fleet, name: string, entry: RegistryKey, machine: string): GeneratorBody {
  const same = fleet.generators.find(each => each.name === name && each.machines?.includes(machine) === true);
  return same?.settledOn(machine) ?? entry.body;
}

function exportedFile({ fileAttr }: RegistryKey, { files }: GeneratorBody): GeneratorFile | null {
  if (fileAttr !== null) return files.find(({ name }) => name === fileAttr.value) ?? null;
  return files.length === 1 ? (files[0] ?? null) : null;
}

/** One name stands for one value: what is exported twice under it is no variable, as registry/duplicate-env-var has it. */
function withoutClashes(exported: readonly Variable[]): { variables: Variable[]; clashes: Note[] } {
  const byName = new Map<string, Variable[]>();
  for (const one of exported) byName.set(one.name, [...(byName.get(one.name) ?? []), one]);
  const variables: Variable[] = [];
  const clashes: Note[] = [];
  for (const [name, same] of byName) {
    const [first] = same;
    if (same.length === 1 && first) variables.push(first);
    else {
      const keys = same.map(({ key }) => key);
      const list = keys.map(key => `"${key}"`).join(' and ');
      const text = `The keys ${list} are exported under one name; only one of them can be.`;
      clashes.push({ name, keys, text });
    }
  }
  return { variables, clashes };
}
