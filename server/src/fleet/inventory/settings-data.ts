/**
 * Finds the parts of a role's settings that are not data. Clan passes settings on as JSON, so they must be a set
 * without functions and without `imports`. Reports only what is certain; does not know what the settings mean.
 */

import { certain, definitionsOf } from '../../modules/read.ts';
import { BudgetExceeded } from '../../nix/eval/budget.ts';
import { type Evaluation, withBudget } from '../../nix/eval/evaluation.ts';
import type { Lazy, Origin, Value } from '../../nix/eval/value.ts';
import { placeOf } from '../../nix/places.ts';
import type { NotData } from '../model/services.ts';

const MAX_DEPTH = 12;

/** The evaluation steps allowed for the settings of one role, machine or tag. */
const STEPS = 50_000;

/** Returns a function that searches the settings on first call. */
export function notDataIn(cx: Evaluation, values: readonly Lazy[]): () => readonly NotData[] {
  let faults: readonly NotData[] | null = null;
  return () => {
    if (faults === null) {
      const collected: NotData[] = [];
      const looked = withBudget(cx, STEPS, () => {
        for (const value of values)
          for (const definition of definitionsOf(cx, value)) lookAt(cx, definition.value, collected);
      });
      faults = looked instanceof BudgetExceeded ? [] : collected;
    }
    return faults;
  };
}

function lookAt(cx: Evaluation, settings: Value, faults: NotData[]): void {
  switch (settings.kind) {
    case 'unknown':
    case 'failure':
      return;
    case 'attrs': {
      const imports = certain(settings, 'imports');
      if (imports !== null) note(faults, 'imports', imports.at ?? settings.origin, ['imports']);
      lookInside(cx, settings, [], null, faults);
      return;
    }
    case 'lambda':
    case 'builtin':
      note(faults, 'function', settings.origin, []);
      return;
    default:
      note(faults, 'other', settings.origin, []);
  }
}

/**
 * Searches a value below the settings.
 * @param at the nearest place in a file, for values without one
 */
function lookInside(
  cx: Evaluation,
  value: Value,
  path: readonly string[],
  at: Origin | null,
  faults: NotData[],
): void {
  if (path.length > MAX_DEPTH) return;
  if (value.kind === 'lambda' || value.kind === 'builtin') note(faults, 'function', value.origin ?? at, path);
  else if (value.kind === 'list') {
    for (const item of value.items)
      if (item.kind !== 'spread') lookInside(cx, cx.force(item), [...path, '*'], value.origin ?? at, faults);
  } else if (value.kind === 'attrs') {
    // Nix converts such a set to JSON as a string.
    if (value.entries.has('outPath') || value.entries.has('__toString')) return;
    for (const [name, entry] of value.entries)
      if (!entry.optional && !(path.length === 0 && name === 'imports'))
        lookInside(cx, cx.force(entry.value), [...path, name], entry.at ?? at, faults);
  }
}

function note(faults: NotData[], kind: NotData['kind'], at: Origin | null, path: readonly string[]): void {
  if (at !== null) faults.push({ kind, at: placeOf(at), path });
}
