/**
 * Determines which of several definitions of an option apply, as the module system does: definitions with a false
 * condition are dropped, the strongest priority wins, and those with an unknown condition may or may not apply. Knows
 * nothing of generators.
 */

import type { Evaluation } from '../nix/eval/evaluation.ts';
import type { AttrsValue, Lazy, Value } from '../nix/eval/value.ts';
import { certain, member } from './read.ts';

/** A definition of an option, without the wrapping `mkIf`, `mkMerge`, `mkForce` and so on. */
export interface WeightedDefinition {
  readonly value: Value;
  /** Lower is stronger, as in Nix. */
  readonly priority: number;
  /** True if it is unknown whether the definition applies. */
  readonly conditional: boolean;
}

export interface ResolvedDefinitions<T extends WeightedDefinition> {
  /** The definitions that apply, and `conditional` ones that may apply. */
  readonly remaining: readonly T[];
  /** False if a definition that may apply would change the result. */
  readonly certain: boolean;
}

const PLAIN = 100;
/** Priority of an unknown value, which may be anything, including `mkForce`. */
const STRONGEST = 0;
const NESTING = 16;

/** Returns all definitions in a value. A literal `mkIf false` has none. */
export function weighed(cx: Evaluation, lazy: Lazy, conditional = false, depth = 0): WeightedDefinition[] {
  const value = cx.force(lazy);
  if (value.kind === 'unknown') return [{ value, priority: STRONGEST, conditional }];
  const plain: WeightedDefinition = { value, priority: PLAIN, conditional };
  if (value.kind !== 'attrs' || isPlain(value)) return [plain];
  const type = member(cx, value, '_type');
  if (type?.kind !== 'string' || depth === NESTING) return [plain];
  const content = certain(value, type.text === 'merge' ? 'contents' : 'content');
  if (content === null) return [plain];
  switch (type.text) {
    case 'if': {
      const condition = member(cx, value, 'condition');
      if (condition?.kind === 'bool' && !condition.value) return [];
      return weighed(cx, content.value, conditional || condition?.kind !== 'bool', depth + 1);
    }
    case 'merge': {
      const list = cx.force(content.value);
      if (list.kind !== 'list') return [{ value: list, priority: STRONGEST, conditional }];
      return list.items.flatMap(item =>
        item.kind === 'spread'
          ? [{ value: item.of, priority: STRONGEST, conditional: true }]
          : weighed(cx, item, conditional, depth + 1),
      );
    }
    case 'override': {
      const priorityValue = member(cx, value, 'priority');
      const priority = priorityValue?.kind === 'int' ? Number(priorityValue.value) : STRONGEST;
      return weighed(cx, content.value, conditional, depth + 1).map(candidate => ({
        ...candidate,
        priority,
        conditional: candidate.conditional || priorityValue?.kind !== 'int',
      }));
    }
    case 'order':
      return weighed(cx, content.value, conditional, depth + 1);
    default:
      return [plain];
  }
}

/** Returns whether a set is certainly a plain set, without a special meaning for the module system. */
export function isPlain({ entries, open, patterns }: AttrsValue): boolean {
  return open === null && patterns.length === 0 && !entries.has('_type');
}

function isSure({ conditional, value }: WeightedDefinition): boolean {
  return !conditional && value.kind !== 'unknown';
}

/** Returns the definitions of an option that remain once weaker ones are dropped. */
export function resolveByPriority<T extends WeightedDefinition>(all: readonly T[]): ResolvedDefinitions<T> {
  if (all.length === 1 && all[0] !== undefined && isSure(all[0])) return { remaining: all, certain: true };
  const sure = all.filter(isSure);
  const strongest = Math.min(...sure.map(definition => definition.priority));
  const remaining = all.filter(definition => definition.priority <= strongest);
  return { remaining, certain: remaining.every(definition => sure.includes(definition)) };
}

/** Returns the value of a single-valued option, or `null` if it is unknown or has no definition. */
export function resolvedDefinition<T extends WeightedDefinition>(all: readonly T[]): T | null {
  const { remaining } = resolveByPriority(all);
  const [first] = remaining;
  if (first === undefined) return null;
  // Nix requires equal values at equal priority, so a definition that may apply cannot change the result then.
  const sure = remaining.filter(isSure);
  const [winner] = sure;
  if (winner === undefined) return remaining.length === 1 && !first.conditional ? first : null;
  return remaining.every(definition => definition.priority >= winner.priority) ? winner : null;
}
