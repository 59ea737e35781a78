/** Generators of which the name has holes: what they may be, and on which machines. */

import type { Generator, GeneratorBody, GeneratorDefinition, GeneratorFile } from '../model/generators.ts';
import { mayInclude, patternOf } from './name-patterns.ts';

/** A generator of which the name has holes. */
export interface UnnamedGenerator {
  /** As it is written: `svc-${name}`. */
  readonly name: string;
  /** What the name may be. */
  readonly matches: RegExp;
  /** The machines that have, or perhaps have, such a generator; null where nobody can tell. */
  readonly reach: ReadonlySet<string> | null;
  /**
   * What it may add to a generator that is declared elsewhere: nothing if it says itself how its files are made, since
   * two that do cannot be one generator.
   */
  readonly adds: readonly AddedFile[];
  /** False if it may add further files. */
  readonly addsComplete: boolean;
}

type AddedFile = Pick<GeneratorFile, 'name' | 'nameKind'>;

/**
 * Reads a generator of which the name has holes.
 * @param hasMachines false where no machines are known at all: then any file may be a module of one
 */
export function unnamedGenerator(generator: Generator, hasMachines: boolean): UnnamedGenerator {
  const { name, machines, perhaps, definitions } = generator;
  const additions = definitions.filter(isAddition).map(({ body }) => body());
  return {
    name,
    matches: patternOf(name),
    reach: hasMachines ? new Set([...(machines ?? []), ...perhaps]) : null,
    adds: additions.flatMap(({ files }) => files.map(file => ({ name: file.name, nameKind: file.nameKind }))),
    addsComplete: additions.every(({ complete }) => complete.files),
  };
}

/** Returns what tells two of them apart. */
export function identityOf({ name, reach, adds, addsComplete }: UnnamedGenerator): string {
  return JSON.stringify([name, reach === null ? null : [...reach], adds, addsComplete]);
}

/**
 * Returns whether the generator may be on the machine; null for a machine that is not known.
 * @param isOpen whether the machine may have further modules: what no machine is known to have may be among those
 */
export function reaches(
  { reach }: UnnamedGenerator,
  machine: string | null,
  isOpen: (machine: string) => boolean,
): boolean {
  if (reach === null) return true;
  if (machine === null) return reach.size > 0;
  return reach.has(machine) || (reach.size === 0 && isOpen(machine));
}

/** Returns whether it may give a file to a generator that is declared elsewhere. */
export function mayAddFile({ adds, addsComplete }: UnnamedGenerator, file: string): boolean {
  return !addsComplete || mayInclude(adds, file);
}

/** Returns whether the generator is one by itself, and not only an addition to one of the same name. */
export function isWhole({ definitions }: Generator): boolean {
  return definitions.some(({ kind, body }) => kind === 'full' && saysHow(body()));
}

/** Of what is not known at all, nobody can say that it adds anything. */
function isAddition({ body }: GeneratorDefinition): boolean {
  const said = body();
  return said.completeness !== 'opaque' && !saysHow(said);
}

function saysHow({ script, prompts }: GeneratorBody): boolean {
  return script !== null || prompts.length > 0;
}
