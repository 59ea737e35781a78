/**
 * Generators whose names have holes: the names that they may have, the machines that have them, and the files that they
 * may add to other generators.
 */

import { mayInclude, patternOf } from '../../modules/name-patterns.ts';
import type { Generator, GeneratorBody, GeneratorDefinition, GeneratorFile } from '../model/generators.ts';

/** A generator whose name has holes. */
export interface UnnamedGenerator {
  /** The name as it is written: `svc-${name}`. */
  readonly name: string;
  /** Matches the names that it may have. */
  readonly matches: RegExp;
  /** The machines that have it, or may have it; null if unknown. */
  readonly reach: ReadonlySet<string> | null;
  /**
   * Files that it may add to a generator that is declared elsewhere. Empty if it has a script or prompts itself, since
   * two definitions that do cannot be one generator.
   */
  readonly adds: readonly AddedFile[];
  /** False if it may add further files than those in `adds`. */
  readonly addsComplete: boolean;
}

type AddedFile = Pick<GeneratorFile, 'name' | 'nameKind'>;

/**
 * Reads a generator whose name has holes.
 * @param hasMachines false if no machines are known at all, so that any file may be a module of one
 */
export function unnamedGenerator(generator: Generator, hasMachines: boolean): UnnamedGenerator {
  const { name, machines, possibleMachines, definitions } = generator;
  const additions = definitions.filter(isAddition).map(({ body }) => body());
  return {
    name,
    matches: patternOf(name),
    reach: hasMachines ? new Set([...(machines ?? []), ...possibleMachines]) : null,
    adds: additions.flatMap(({ files }) => files.map(file => ({ name: file.name, nameKind: file.nameKind }))),
    addsComplete: additions.every(({ complete }) => complete.files),
  };
}

/** Returns a text that is equal for equal generators. */
export function identityOf({ name, reach, adds, addsComplete }: UnnamedGenerator): string {
  return JSON.stringify([name, reach === null ? null : [...reach], adds, addsComplete]);
}

/**
 * Returns whether the generator may be on the machine; null stands for an unknown machine.
 * @param isOpen whether the machine may have further modules, which may include a generator without known machines
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

/** Returns whether it may add a file to a generator that is declared elsewhere. */
export function mayAddFile({ adds, addsComplete }: UnnamedGenerator, file: string): boolean {
  return !addsComplete || mayInclude(adds, file);
}

/** Returns whether the generator is complete by itself, rather than an addition to another of the same name. */
export function isWhole({ definitions }: Generator): boolean {
  return definitions.some(({ kind, body }) => kind === 'full' && hasScriptOrPrompts(body()));
}

/**
 * Returns whether a definition may add files to another one. An opaque body does not count, since nothing shows that it
 * adds any.
 */
function isAddition({ body }: GeneratorDefinition): boolean {
  const contents = body();
  return contents.completeness !== 'opaque' && !hasScriptOrPrompts(contents);
}

function hasScriptOrPrompts({ script, prompts }: GeneratorBody): boolean {
  return script !== null || prompts.length > 0;
}
