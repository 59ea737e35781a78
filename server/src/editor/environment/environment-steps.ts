/**
 * Adds the session specification next to a registry to a machine's variables: the understood steps, and the
 * text that the fleet's own functions render for steps of any form.
 */

import { joined } from '../../checks/facts/wording.ts';
import { VARIABLE_NAME } from '../../checks/rules/registry/invalid-env-var.ts';
import type { Registry } from '../../fleet/model/registries.ts';
import { sessionSpecOf } from '../../fleet/registry/session-spec.ts';
import type { Environment, Note, Surroundings } from './environment-data.ts';
import { environmentMachines, type Selected } from './environment-keys.ts';
import { readSessionSpec, type SessionSpec, type Step, type UnknownStep } from './session-steps.ts';
import { assigns, type SessionText, type Shell, sessionText, type Variable } from './session-text.ts';

/** Describes how a session's steps set a variable, with the keys concerned. */
export function stepsSetting(
  { steps, session }: Environment,
  name: string,
): { readonly text: string; readonly keys: readonly string[] }[] {
  const sameName = steps.filter(step => step.name === name);
  if (sameName.length > 0) return sameName.map(step => ({ text: stepText(step), keys: step.keys }));
  const shells = SHELLS.filter(shell => assigns(session?.shells[shell]?.text ?? '', shell, name));
  if (session === null || shells.length === 0) return [];
  return [{ text: `${session.file} sets it when a session of ${shells.join(' or ')} starts.`, keys: [] }];
}

const SHELLS: readonly Shell[] = ['bash', 'nushell'];

function stepText(step: Step): string {
  if (step.kind === 'hydrate') return `A step of the session reads it from the file that ${step.from} names.`;
  const made = step.parts.flatMap(part => (typeof part === 'string' ? [] : [part.variable]));
  const of = made.length === 0 ? '' : ` of ${joined(made)}`;
  return `A step of the session puts it together${of}.`;
}

/** Returns notes about unknown parts of a session's text. */
function notesOn({ file, shells }: SessionText): Note[] {
  const note = (text: string): Note => ({ name: null, keys: [], text });
  const holes = new Set(Object.values(shells).flatMap(shell => shell?.holes ?? []));
  const failures = new Set(Object.values(shells).flatMap(shell => shell?.failure ?? []));
  const notes = [...failures].map(failure => note(`${file} fails: ${failure}`));
  if (holes.size === 0) return notes;
  const written = [...holes].filter(hole => hole !== '…').map(hole => `\`${hole}\``);
  const what = written.length === 0 ? 'the rest' : joined(written, 8);
  return [
    ...notes,
    note(`What ${file} adds is only partly known: without Nix, ${what} cannot be determined.`),
  ];
}

/** Additions to the variables of a machine. */
export interface Added {
  /** The steps that are understood. */
  readonly steps: readonly Step[];
  /** The text that the fleet's own functions render for steps of unknown form; `null` if there is none. */
  readonly session: SessionText | null;
  readonly notes: readonly Note[];
}

/**
 * Returns the machine's steps after the shared ones for which it has all keys. As in Nix, a shared step may
 * concern keys that a machine lacks, the machine's own may not.
 */
export function addedSteps(
  { fleet, files }: Surroundings,
  registry: Registry,
  machine: string,
  { keys, complete }: Selected,
  variables: readonly Variable[],
): Added {
  const path = sessionSpecOf(registry.file);
  if (files.kind(path) !== 'file') return { steps: [], session: null, notes: [] };
  const spec = readSessionSpec(files, path);
  const about = { spec: path, machine, keys: keys.map(({ key }) => key), variables };
  // Steps that are understood are rendered here, because the fleet's own text may contain more than the steps.
  const session = isUnderstood(spec, machine) ? null : sessionText(files, fleet.namedBy, about);
  const notes: Note[] = session === null ? [] : notesOn(session);
  if (spec === null) return { steps: [], session, notes };
  const steps: Step[] = [];
  const keyNames = new Set(keys.map(({ key }) => key));
  const defined = new Set(registry.keys.map(({ key }) => key));
  const add = (step: Step | UnknownStep, isOwn: boolean) => {
    const note = (text: string, about: readonly string[] = []) =>
      notes.push({ name: step.name, keys: about, text });
    const absent = step.keys.find(key => !defined.has(key));
    if (absent !== undefined) return note(`${registry.file} has no key "${absent}".`, [absent]);
    // The fleet's own functions can render it.
    if (step.kind === 'unknown' && session !== null) return;
    if (step.kind === 'unknown') return note(step.name === null ? `${spec.file}: ${step.text}` : step.text);
    const lacking = step.keys.filter(key => !keyNames.has(key));
    const [first] = lacking;
    if (first !== undefined && !complete)
      note(`It is not known whether ${machine} has the key "${first}".`, lacking);
    else if (first !== undefined && isOwn)
      note(`${spec.file} sets it from the key "${first}", which ${machine} does not have.`, lacking);
    else if (first === undefined) {
      const wrong = namesIn(step).find(name => !VARIABLE_NAME.test(name));
      if (wrong === undefined) steps.push(step);
      else note(`"${wrong}" is not a valid name for a variable.`, step.keys);
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
  return { steps, session, notes };
}

function isUnderstood(spec: SessionSpec | null, machine: string): boolean {
  if (spec === null) return false;
  return [...spec.shared, ...(spec.machines.get(machine) ?? [])].every(({ kind }) => kind !== 'unknown');
}

function namesIn(step: Step): string[] {
  if (step.kind === 'hydrate') return [step.name, step.from];
  return [step.name, ...step.parts.flatMap(part => (typeof part === 'string' ? [] : [part.variable]))];
}
