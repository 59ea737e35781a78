/** Finds the declared files of machines by the id that users type: `generator/file`. */
import { RunFailure } from '../run-failure.ts';
import type { DeclaredFile, Generator, Generators } from './generators.ts';

export interface Var {
  /** `generator/file`. */
  readonly id: string;
  readonly generator: Generator;
  readonly file: DeclaredFile;
}

/** Returns the files that a machine declares, sorted by id. */
export function varsOf(generators: Generators, machine: string): Var[] {
  const declared: Var[] = [];
  for (const generator of generators.all.values()) {
    if (!generator.machines.includes(machine)) continue;
    for (const file of generator.files)
      declared.push({ id: `${generator.name}/${file.name}`, generator, file });
  }
  return declared.sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
}

/** Throws if only Nix can determine a file that is to be written, in which case it is not written. */
export function mustBeKnown({ id, generator }: Var): void {
  const part = generator.unknown.find(gap => gap.part === 'share' || gap.part === 'files');
  if (part !== undefined)
    throw new RunFailure(
      `Where ${id} belongs cannot be determined without Nix: its ${part.part} is ${part.expression}.`,
    );
}
