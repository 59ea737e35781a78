/**
 * Finds the generator whose declaration contains a cursor, for refactorings: defined once, in one place, and
 * fully known.
 */

import { type NamedBinding, namedAt } from '../../edits/edit-bindings.ts';
import type { TextEdit } from '../../edits/text-edit.ts';
import type { Generator, GeneratorBody, GeneratorDefinition } from '../../fleet/model/generators.ts';
import type { Move } from '../../store/vars/moves.ts';
import { indexOf } from '../names/fleet-index.ts';
import type { Snapshot } from '../snapshot.ts';

export interface Refactoring {
  /** Imperative, as shown in a menu. */
  readonly title: string;
  readonly kind: 'extract' | 'rewrite';
  readonly edits: readonly TextEdit[];
  /** Moves of stored values that are renamed. */
  readonly moves: readonly Move[];
}

export interface WrittenGenerator {
  readonly generator: Generator;
  readonly definition: GeneratorDefinition;
  readonly body: GeneratorBody;
  /** The binding whose path ends in its name. */
  readonly named: NamedBinding;
}

/**
 * Returns the generator, or null if it has several definitions, a partly known name or list of parts, a
 * condition, or comes from a function.
 */
export function generatorAt(snapshot: Snapshot, file: string, offset: number): WrittenGenerator | null {
  // The cursor may be before the name, in `clan.core.vars`.
  const lineEnd = snapshot.files.text(file)?.indexOf('\n', offset) ?? -1;
  for (const limit of [offset, lineEnd === -1 ? Number.POSITIVE_INFINITY : lineEnd]) {
    const definition = lastBefore(indexOf(snapshot).definitionsIn(file), limit);
    const named = definition === null ? null : namedAt(snapshot.files, definition.at);
    if (definition === null || named === null) continue;
    if (offset < named.binding.start || offset > named.binding.end) continue;
    return known(indexOf(snapshot).generators.get(definition.name) ?? [], definition, named);
  }
  return null;
}

/** Returns the last definition before a place, the only one whose declaration can enclose it. */
function lastBefore(definitions: readonly GeneratorDefinition[], limit: number): GeneratorDefinition | null {
  let last: GeneratorDefinition | null = null;
  for (const definition of definitions)
    if (definition.at.start <= limit && (last === null || definition.at.start > last.at.start))
      last = definition;
  return last;
}

function known(
  same: readonly Generator[],
  definition: GeneratorDefinition,
  named: NamedBinding,
): WrittenGenerator | null {
  const [generator, ...others] = same;
  if (generator === undefined || others.length > 0 || generator.definitions.length !== 1) return null;
  if (definition.nameKind !== 'literal' || definition.conditional || definition.via.length > 0) return null;
  const { binding, index } = named;
  if (definition.kind !== 'full' || index !== binding.path.length - 1 || binding.value.kind !== 'attrs')
    return null;
  const body = generator.body();
  const { files, prompts, dependencies, packages } = body.complete;
  const complete = body.completeness === 'full' && files && prompts && dependencies && packages;
  return complete && body.share !== null ? { generator, definition, body, named } : null;
}
