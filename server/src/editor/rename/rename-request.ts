/** Renames what a typed name stands for, without a position in a document. */

import { indexOf } from '../names/fleet-index.ts';
import type { Subject, Target } from '../names/subjects.ts';
import type { Snapshot } from '../snapshot.ts';
import { renameTarget } from './rename.ts';
import { moveStoredMachine, renameMachine } from './rename-machine.ts';
import type { Refusal, Renaming } from './renaming.ts';

/** The kinds of things that have a name of their own. Files and prompts are named as `GENERATOR/NAME`. */
export type NamedKind = 'generator' | 'file' | 'prompt' | 'key' | 'machine';

export interface RenameRequest {
  readonly kind: NamedKind;
  readonly from: string;
  /** The new name; of a file or prompt without its generator. */
  readonly to: string;
}

/** Returns the edits and moves, the reason for a refusal, or null if nothing has the name. */
export function requestedRenaming(snapshot: Snapshot, request: RenameRequest): Renaming | Refusal | null {
  const { kind, from, to } = request;
  const index = indexOf(snapshot);
  const target = bestOf(subjectsOf(snapshot, request).flatMap(subject => index.occurrencesOf(subject)));
  if (target === null) {
    if (kind !== 'machine') return null;
    // A machine may exist only as a folder, without being written anywhere.
    return index.machines.has(from)
      ? renameMachine(snapshot, from, to)
      : moveStoredMachine(snapshot, from, to);
  }
  return renameTarget(snapshot, target, to) ?? { refused: `"${from}" is not something that can be renamed.` };
}

/** Returns the existing names of a kind. */
export function namesOfKind({ fleet }: Snapshot, kind: NamedKind): string[] {
  switch (kind) {
    case 'machine':
      return fleet.machines.map(({ name }) => name);
    case 'key':
      return fleet.registries.flatMap(({ keys }) => keys.map(({ key }) => key));
    case 'generator':
      return fleet.generators.map(({ name }) => name);
    default:
      return fleet.generators.flatMap(generator =>
        (kind === 'file' ? generator.body().files : generator.body().prompts).map(
          ({ name }) => `${generator.name}/${name}`,
        ),
      );
  }
}

/** Splits `GENERATOR/NAME`; returns null if the generator is missing. */
export function splitName(name: string): { readonly generator: string; readonly name: string } | null {
  const slash = name.indexOf('/');
  return slash <= 0 ? null : { generator: name.slice(0, slash), name: name.slice(slash + 1) };
}

/** Returns the subjects that a name may refer to. */
function subjectsOf({ fleet }: Snapshot, { kind, from }: RenameRequest): Subject[] {
  if (kind === 'generator') return [{ kind, name: from }];
  if (kind === 'machine') return [{ kind, machine: from }];
  if (kind === 'key') return fleet.registries.map(({ file }) => ({ kind, registry: file, key: from }));
  const split = splitName(from);
  if (split === null) return [];
  const { generator, name } = split;
  return kind === 'file' ? [{ kind, generator, file: name }] : [{ kind, generator, prompt: name }];
}

/** Returns the declaration of a name, or else another of its places. */
function bestOf(targets: readonly Target[]): Target | null {
  const written = targets.filter(({ role, at }) => role !== 'field' && at.start < at.end);
  return written.find(({ role }) => role === 'declaration') ?? written[0] ?? null;
}
