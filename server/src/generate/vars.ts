/** The declared files of machines, by the names that people type: `generator/file`. */
import { RunFailure } from './failure.ts';
import type { DeclaredFile, Generator, Generators } from './generators.ts';

export interface Var {
  /** `generator/file`. */
  readonly id: string;
  readonly generator: Generator;
  readonly file: DeclaredFile;
}

/** The files that a machine declares, sorted by id. */
export function varsOf(generators: Generators, machine: string): Var[] {
  const found: Var[] = [];
  for (const generator of generators.all.values()) {
    if (!generator.machines.includes(machine)) continue;
    for (const file of generator.files) found.push({ id: `${generator.name}/${file.name}`, generator, file });
  }
  return found.sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
}

/**
 * The file that an id means.
 *
 * @throws RunFailure naming those that begin like it
 */
export function varNamed(generators: Generators, machine: string, id: string): Var {
  const all = varsOf(generators, machine);
  const exact = all.find(one => one.id === id);
  if (exact !== undefined) return exact;
  const near = all.filter(one => one.id.startsWith(id)).map(one => one.id);
  const [only, ...others] = near;
  if (only !== undefined && others.length === 0)
    throw new RunFailure(`There is no var "${id}" for machine ${machine}. Did you mean "${only}"?`);
  throw new RunFailure(
    near.length > 0
      ? `Several vars of machine ${machine} begin with "${id}": ${near.join(', ')}.`
      : `There is no var "${id}" for machine ${machine}, as far as can be told without Nix.`,
  );
}

/** @throws RunFailure naming the machines that there are */
export function mustBeMachine(machines: readonly string[], machine: string): void {
  if (!machines.includes(machine))
    throw new RunFailure(`There is no machine "${machine}". Machines: ${machines.join(', ') || 'none'}.`);
}

/** What only Nix can tell of a file that is to be written: then it is not. */
export function mustBeKnown({ id, generator }: Var): void {
  const part = generator.unknown.find(one => one.part === 'share' || one.part === 'files');
  if (part !== undefined)
    throw new RunFailure(`Only Nix can tell where ${id} belongs: its ${part.part} is ${part.expression}.`);
}
