/**
 * What in the settings of a role is not data. Clan hands settings on as JSON, so they are one set without functions
 * and without `imports`. Says only what is certain; what the settings mean is not known here.
 */

import { certain, definitionsOf } from '../../modules/read.ts';
import { BudgetExceeded } from '../../nix/eval/budget.ts';
import { type Evaluation, withBudget } from '../../nix/eval/evaluation.ts';
import type { Lazy, Origin, Value } from '../../nix/eval/value.ts';
import { placeOf } from '../../nix/places.ts';
import type { NotData } from '../model/services.ts';

const MAX_DEPTH = 12;

/** Steps allowed for the settings of one role, machine or tag. */
const STEPS = 50_000;

/** Looks through settings when asked for the first time. */
export function notDataIn(cx: Evaluation, values: readonly Lazy[]): () => readonly NotData[] {
  let cached: readonly NotData[] | null = null;
  return () => {
    if (cached === null) {
      const collected: NotData[] = [];
      const looked = withBudget(cx, STEPS, () => {
        for (const value of values)
          for (const definition of definitionsOf(cx, value)) lookAt(cx, definition.value, collected);
      });
      cached = looked instanceof BudgetExceeded ? [] : collected;
    }
    return cached;
  };
}

function lookAt(cx: Evaluation, settings: Value, cached: NotData[]): void {
  switch (settings.kind) {
    case 'unknown':
    case 'failure':
      return;
    case 'attrs': {
      const imports = certain(settings, 'imports');
      if (imports !== null) note(cached, 'imports', imports.at ?? settings.origin, ['imports']);
      lookInside(cx, settings, [], null, cached);
      return;
    }
    case 'lambda':
    case 'builtin':
      note(cached, 'function', settings.origin, []);
      return;
    default:
      note(cached, 'other', settings.origin, []);
  }
}

/** @param at the nearest place that is written, for values that have none */
function lookInside(
  cx: Evaluation,
  value: Value,
  path: readonly string[],
  at: Origin | null,
  cached: NotData[],
): void {
  if (path.length > MAX_DEPTH) return;
  if (value.kind === 'lambda' || value.kind === 'builtin') note(cached, 'function', value.origin ?? at, path);
  else if (value.kind === 'list') {
    for (const item of value.items)
      if (item.kind !== 'spread') lookInside(cx, cx.force(item), [...path, '*'], value.origin ?? at, cached);
  } else if (value.kind === 'attrs') {
    // To JSON, such a set is the text that it stands for.
    if (value.entries.has('outPath') || value.entries.has('__toString')) return;
    for (const [name, entry] of value.entries)
      if (!entry.optional && !(path.length === 0 && name === 'imports'))
        lookInside(cx, cx.force(entry.value), [...path, name], entry.at ?? at, cached);
  }
}

function note(cached: NotData[], kind: NotData['kind'], at: Origin | null, path: readonly string[]): void {
  if (at !== null) cached.push({ kind, at: placeOf(at), path });
}
