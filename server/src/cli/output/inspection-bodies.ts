/**
 * Describes generators in the format of `inspect --format json`: in general, and for each machine where they differ.
 * Values that only hold on some machines are not presented as known.
 */

import type { MachineClass } from '../../fleet/model/base.ts';
import type { Fleet } from '../../fleet/model/fleet.ts';
import {
  type Generator,
  type GeneratorBody,
  type GeneratorFile,
  type GeneratorScript,
  ROOTS_GROUPS,
} from '../../fleet/model/generators.ts';
import type { Place } from '../../nix/places.ts';

export type At = (place: Place) => { file: string; line: number; column: number };

/** The class of the machines in question, or `null` if it is unknown or differs. */
type Class = MachineClass | null;

type ShownBody = ReturnType<typeof shownBody>;

/** A displayed body, and its text for comparison. */
interface Shown {
  readonly body: ShownBody;
  readonly text: string;
}

/** Returns a function that describes the bodies of a generator. */
export function bodiesShown(fleet: Fleet, at: At) {
  const classes = new Map<string, Class>(fleet.machines.map(machine => [machine.name, machine.class]));
  const anyClass = fleet.machinesComplete ? commonClass(classes.values()) : null;
  return (generator: Pick<Generator, 'machines' | 'machinesComplete' | 'body' | 'bodyOn'>) => {
    const machines = generator.machines ?? [];
    const whole = generator.body();
    const shownBodies = new Map<GeneratorBody, Map<Class, Shown>>();
    const shown = (body: GeneratorBody, machineClass: Class): Shown => {
      const byClass = shownBodies.get(body) ?? new Map<Class, Shown>();
      shownBodies.set(body, byClass);
      let cached = byClass.get(machineClass);
      if (cached === undefined) {
        const described = shownBody(body, machineClass, at);
        cached = { body: described, text: JSON.stringify(described) };
        byClass.set(machineClass, cached);
      }
      return cached;
    };
    const mayBeOn = generator.machinesComplete
      ? commonClass(machines.map(machine => classes.get(machine) ?? null))
      : anyClass;
    const perMachineBodies = machines.map(machine => ({ machine, body: generator.bodyOn(machine) }));
    const there = perMachineBodies.map(({ machine, body }) => ({
      machine,
      shown: shown(body, classes.get(machine) ?? null),
    }));
    const entry = onAll(shown(whole, mayBeOn).body, [...new Set(there.map(({ shown: { body } }) => body))]);
    const text = JSON.stringify(entry);
    const perMachine = there.flatMap(({ machine, shown: { body, text: ownText } }) =>
      ownText === text ? [] : [{ machine, ...body }],
    );
    return { ...entry, perMachine };
  };
}

/** Returns the class if all are equal, otherwise `null`. */
function commonClass(classes: Iterable<Class>): Class {
  const [only = null, ...others] = new Set(classes);
  return others.length === 0 ? only : null;
}

/** Returns a body for all machines: marks files and prompts that some bodies lack, and removes values that differ. */
function onAll(entry: ShownBody, bodies: readonly ShownBody[]): ShownBody {
  return {
    ...entry,
    share: bodies.every(({ share }) => share === entry.share) ? entry.share : null,
    files: entry.files.map(file =>
      itemOnAll(
        file,
        bodies.map(body => body.files.find(({ name }) => name === file.name)),
        FILE_VALUES,
      ),
    ),
    prompts: entry.prompts.map(prompt =>
      itemOnAll(
        prompt,
        bodies.map(body => body.prompts.find(({ name }) => name === prompt.name)),
        PROMPT_VALUES,
      ),
    ),
  };
}

const FILE_VALUES = ['secret', 'deploy', 'owner', 'group', 'mode', 'neededFor'] as const;
const PROMPT_VALUES = ['type', 'description', 'persist'] as const;

function itemOnAll<T extends { readonly conditional: boolean }, K extends keyof T>(
  item: T,
  others: readonly (T | undefined)[],
  values: readonly K[],
): T {
  const differing = values.filter(name =>
    others.some(other => other !== undefined && other[name] !== item[name]),
  );
  const isLacking = others.includes(undefined);
  if (differing.length === 0 && !isLacking) return item;
  return {
    ...item,
    ...Object.fromEntries(differing.map(name => [name, null])),
    conditional: isLacking || item.conditional,
  };
}

function shownBody(body: GeneratorBody, machineClass: Class, at: At) {
  return {
    completeness:
      body.completeness === 'full' && !body.complete.packages ? ('partial' as const) : body.completeness,
    share: body.share,
    files: body.files.map(file => shownFile(file, machineClass, at)),
    prompts: body.prompts.map(({ name, type, description, persist, at: place }) => ({
      name,
      type,
      description,
      persist,
      conditional: false,
      ...at(place),
    })),
    dependencies: body.dependencies.map(({ value, at: place }) => ({ name: value, ...at(place) })),
    runtimeInputs: body.runtimeInputs,
    script: body.script && shownScript(body.script, at),
    validation: isKnown(body.validation) ? (body.validation ?? null) : null,
  };
}

function shownFile({ hasDefaultGroup, at: place, ...file }: GeneratorFile, machineClass: Class, at: At) {
  const group = hasDefaultGroup && machineClass !== null ? ROOTS_GROUPS[machineClass] : file.group;
  return { ...file, group, ...at(place) };
}

function shownScript({ text, source, at: place }: GeneratorScript, at: At) {
  const hasText = text !== null && source !== null;
  return {
    known: hasText,
    ...at(place),
    text: hasText ? source.text : null,
    holes: hasText
      ? source.holes.map(({ start, end }) => ({
          start,
          end,
          // The text between `${` and `}`.
          expression: source.text.slice(start + 2, end - 1),
        }))
      : [],
  };
}

/**
 * Returns whether a value is fully known. A `null` inside it stands for an unknown part, and then none of it is
 * shown.
 */
function isKnown(value: unknown): boolean {
  if (value === null) return false;
  return typeof value !== 'object' || Object.values(value).every(isKnown);
}
