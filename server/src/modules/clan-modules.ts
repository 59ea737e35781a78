/**
 * Reads modules of clan's own module system (`clan.nix`, an inventory in its own file): resolves a set, function,
 * path, `imports` or `mkMerge` to the sets that the module consists of. Does not interpret the sets.
 */
import { isClosed } from '../nix/eval/construct.ts';

import type { Evaluation } from '../nix/eval/evaluation.ts';
import type { AttrsValue, Lazy, UnknownValue, Value } from '../nix/eval/value.ts';
import { dependingOn } from '../nix/places.ts';
import { type ArgumentLookup, moduleArguments } from './modules.ts';
import { definitionsOf } from './read.ts';

/** One of the sets that a module consists of. */
interface ModuleSet {
  readonly set: AttrsValue;
  /** True under `mkIf` with an unknown condition. */
  readonly conditional: boolean;
}

export interface ModuleSets {
  readonly sets: readonly ModuleSet[];
  /** The reason why part of the module is unknown, or `null` if all of it is known. */
  readonly gap: string | null;
}

/** Limit for files that import files: deeper than any real clan, and it ends import cycles. */
const MAX_DEPTH = 12;

/** Returns the sets of a module, including those of its `imports`. */
export function moduleSets(cx: Evaluation, module: Lazy, lookup: ArgumentLookup): ModuleSets {
  const sets: ModuleSet[] = [];
  let gap: string | null = null;

  function read(lazy: Lazy, conditional: boolean, depth: number): void {
    if (depth > MAX_DEPTH) {
      gap ??= 'modules import each other too deeply';
      return;
    }
    for (const definition of definitionsOf(cx, lazy)) {
      const unsure = conditional || definition.conditional;
      const { value } = definition;
      if (value.kind === 'attrs') readSet(value, unsure, depth);
      else if (value.kind === 'lambda')
        read(cx.apply(value, moduleArguments(value, lookup), null), unsure, depth + 1);
      else if (value.kind === 'path' || value.kind === 'string')
        read(cx.importPath(value, value.origin), unsure, depth + 1);
      else if (!isReadElsewhere(value))
        gap ??= value.kind === 'unknown' ? dependingOn(value.reason) : 'what stands here is not a module';
    }
  }

  function readSet(set: AttrsValue, conditional: boolean, depth: number): void {
    sets.push({ set, conditional });
    const imports = set.entries.get('imports');
    if (imports === undefined) return;
    for (const definition of definitionsOf(cx, imports.value)) {
      if (definition.value.kind !== 'list') {
        gap ??= 'its `imports` are not known';
        continue;
      }
      for (const item of definition.value.items) {
        if (item.kind === 'spread') gap ??= dependingOn(item.of.reason);
        else read(item, conditional || definition.conditional || imports.optional, depth + 1);
      }
    }
  }

  read(module, false, 0);
  return { sets, gap };
}

/**
 * Returns whether a value is a module that the workspace names for itself (`config.flake.modules.clan.base`,
 * `self.modules.clan.base`). Such modules are read where they are written.
 */
function isReadElsewhere(value: Value): boolean {
  if (value.kind !== 'unknown') return false;
  for (let at: UnknownValue = value; at.term?.kind === 'select'; at = at.term.of) {
    const { name, of } = at.term;
    if (name.text === 'modules' && /^(flake|self)$/.test(lastName(of))) return true;
  }
  return false;
}

function lastName({ term }: UnknownValue): string {
  if (term?.kind === 'select') return term.name.text ?? '';
  return term?.kind === 'root' ? term.name : '';
}

/** One definition of a set-valued option such as `inventory.machines`. */
export interface SetDefinition {
  readonly set: AttrsValue;
  readonly conditional: boolean;
}

/** Returns all definitions of a set-valued option. `complete` is false if there may be more. */
export function optionSets(
  cx: Evaluation,
  set: AttrsValue,
  name: string,
): { readonly definitions: readonly SetDefinition[]; readonly complete: boolean } {
  const entry = set.entries.get(name);
  if (entry === undefined) return { definitions: [], complete: isClosed(set) };
  const definitions: SetDefinition[] = [];
  let complete = !entry.optional;
  for (const { value: written, conditional } of definitionsOf(cx, entry.value)) {
    const value = cx.resolve(written);
    if (value.kind === 'attrs') definitions.push({ set: value, conditional: conditional || entry.optional });
    if (value.kind !== 'attrs' || conditional || !isClosed(value)) complete = false;
    if (value.kind === 'unknown')
      for (const candidate of value.candidates ?? []) {
        const guess = cx.force(candidate);
        if (guess.kind === 'attrs') definitions.push({ set: guess, conditional: true });
      }
  }
  return { definitions, complete };
}
