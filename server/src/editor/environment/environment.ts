/**
 * Computes what a machine's sessions get from the registry: `<NAME>_FILE` with the path of a deployed secret,
 * `<NAME>` with the value of a public file, and the steps of its session specification. Only what is certain
 * becomes a variable; notes explain the rest. Rendering for shells is in environment-text.ts.
 */

import { VARIABLE_NAME } from '../../checks/rules/registry/invalid-env-var.ts';
import type { Fleet } from '../../fleet/model/fleet.ts';
import type { GeneratorBody, GeneratorFile } from '../../fleet/model/generators.ts';
import type { RegistryKey } from '../../fleet/model/registries.ts';
import { compareBytes } from '../../nix/bytes.ts';
import { shownBackend } from '../../store/backend-setting.ts';
import { deployedPath, publicValuePath, type StoredFile } from '../../store/vars/deployed.ts';
import type { Environment, Note, Surroundings } from './environment-data.ts';
import { selectedKeys } from './environment-keys.ts';
import { addedSteps } from './environment-steps.ts';
import type { Step } from './session-steps.ts';
import type { SessionText, Variable } from './session-text.ts';

/** Returns the session variables of a machine according to the registries. */
export function environmentOf(around: Surroundings, machine: string): Environment {
  const notes: Note[] = [];
  const exported: Exported[] = [];
  const steps: Step[] = [];
  let session: SessionText | null = null;
  for (const registry of around.fleet.registries) {
    const selected = selectedKeys(around.fleet, registry, machine);
    notes.push(...selected.notes);
    for (const key of selected.keys) {
      const exportedKey = exportOf(around, key, machine);
      if (exportedKey !== null) exported.push(exportedKey);
    }
    const added = addedSteps(around, registry, machine, selected, exported.filter(isVariable));
    session ??= added.session;
    notes.push(...added.notes);
    steps.push(...added.steps);
  }
  if (around.fleet.registries.length === 0) {
    notes.push({
      name: null,
      keys: [],
      text: 'There is no registry to define variables.',
    });
  }
  const { variables, clashes } = withoutClashes(exported.filter(isVariable));
  return {
    machine,
    variables: variables.sort((a, b) => compareBytes(a.name, b.name)),
    steps,
    session,
    notes: [...notes, ...exported.filter(isNote), ...clashes].sort((a, b) =>
      compareBytes(a.name ?? '', b.name ?? ''),
    ),
  };
}

type Exported = Variable | Note;

function isVariable(exported: Exported): exported is Variable {
  return 'value' in exported;
}

function isNote(exported: Exported): exported is Note {
  return !isVariable(exported);
}

/** Returns the variable of a key, or null if the key exports nothing. */
function exportOf(around: Surroundings, entry: RegistryKey, machine: string): Exported | null {
  const { key, generator, envVar } = entry;
  if (envVar === null) return null;
  const note = (name: string, text: string): Note => ({ name, keys: [key], text });
  const variable = envVar.value;
  if (!VARIABLE_NAME.test(variable))
    return note(variable, `"${variable}" is not a valid name for a variable.`);
  if (generator === null) return note(variable, 'The name of its generator is not known without Nix.');
  const body = bodyOn(around.fleet, generator.value, entry, machine);
  const file = exportedFile(entry, body);
  if (file === null)
    return note(variable, `It is not known which file of "${generator.value}" it refers to.`);
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
    return note(name, `Only the store of "${machine}" knows where it puts ${shown}.`);
  const value =
    backend !== null
      ? deployedPath(stored, backend)
      : around.files.text(publicValuePath(around.fleet.directory ?? '', stored));
  if (value === null) return note(name, `${shown} is not generated yet.`);
  if (/[\0\ufffd]/.test(value)) return note(name, `${shown} is no text.`);
  return { name, value, secret, key, generator: generator.value, file: file.name };
}

/** Returns the body of the generator on the machine if it is certain, otherwise the body in the registry. */
function bodyOn(fleet: Fleet, name: string, entry: RegistryKey, machine: string): GeneratorBody {
  const same = fleet.generators.find(
    generator => generator.name === name && generator.machines?.includes(machine) === true,
  );
  return same?.certainBodyOn(machine) ?? entry.body;
}

/** Returns the file of a key's generator that its variable refers to. */
export function exportedFile({ fileAttr }: RegistryKey, { files }: GeneratorBody): GeneratorFile | null {
  if (fileAttr !== null) return files.find(({ name }) => name === fileAttr.value) ?? null;
  return files.length === 1 ? (files[0] ?? null) : null;
}

/**
 * Removes names that are exported twice, as in registry/duplicate-env-var, because a name has a single value.
 */
function withoutClashes(exported: readonly Variable[]): { variables: Variable[]; clashes: Note[] } {
  const byName = new Map<string, Variable[]>();
  for (const variable of exported)
    byName.set(variable.name, [...(byName.get(variable.name) ?? []), variable]);
  const variables: Variable[] = [];
  const clashes: Note[] = [];
  for (const [name, same] of byName) {
    const [first] = same;
    if (same.length === 1 && first) variables.push(first);
    else {
      const keys = same.map(({ key }) => key);
      const list = keys.map(key => `"${key}"`).join(' and ');
      const text = `The keys ${list} are exported under the same name; only one of them takes effect.`;
      clashes.push({ name, keys, text });
    }
  }
  return { variables, clashes };
}
