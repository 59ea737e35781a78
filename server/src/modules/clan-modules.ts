/**
 * Modules of clan's own module system (`clan.nix`, an inventory in a file of its own): from whatever stands for
 * one (a set, a function, a path, `imports`, `mkMerge`) to the sets it is made of. Knows nothing of what the sets
 * mean.
 */
import { isClosed } from '../nix/eval/construct.ts';

import type { Evaluation } from '../nix/eval/evaluation.ts';
import type { AttrsValue, Lazy, UnknownValue, Value } from '../nix/eval/value.ts';
import { dependingOn } from '../nix/places.ts';
import { type Given, moduleArguments } from './modules.ts';
import { definitionsOf } from './read.ts';

/** One set that a module is made of. */
interface ModuleSet {
  readonly set: AttrsValue;
  /** Under `mkIf` with a condition that is not known. */
  readonly conditional: boolean;
}

export interface ModuleSets {
  readonly sets: readonly ModuleSet[];
  /** Why some part of the module is not known; null if all is. */
  readonly gap: string | null;
}

/** Files importing files: deeper than any clan, shallower than a loop. */
const MAX_DEPTH = 12;

/** Returns the sets of a module, those of its `imports` included. */
export function moduleSets(cx: Evaluation, module: Lazy, lookup: Given): ModuleSets {
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
 * `config.flake.modules.clan.base` and `self.modules.clan.base`: modules that a workspace names for itself are
 * walked where they are written.
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

/** One definition of an attribute set found in a module, such as `inventory.machines`. */
export interface SetDefinition {
  readonly set: AttrsValue;
  readonly conditional: boolean;
}

/** Returns all definitions of an option that holds a set; `complete` is false if there may be more than these. */
export function optionSets(
  cx: Evaluation,
  set: AttrsValue,
  name: string,
): { readonly found: readonly SetDefinition[]; readonly complete: boolean } {
  const entry = set.entries.get(name);
  if (entry === undefined) return { found: [], complete: isClosed(set) };
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
  return { found: definitions, complete };
}
