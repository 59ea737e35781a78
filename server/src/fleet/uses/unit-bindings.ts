/** Reads the bindings of a file: assigned generators, imports, and parts of session variables. */

import { namesOf, rangeIn } from '../../modules/recognise.ts';
import { lookupLexical } from '../../nix/eval/scopes.ts';
import type { Lazy, Origin } from '../../nix/eval/value.ts';
import type { NamePath, WalkedBinding } from '../../nix/eval/walk.ts';
import { dependingOn, placeOf } from '../../nix/places.ts';
import { readCollection } from '../generators/collections.ts';
import { declaringOption, discoveredSets, listedSets } from '../generators/helper-secrets.ts';
import { isSessionOption } from './session-bindings.ts';
import { ask } from './unit-questions.ts';
import type { Reading, Shown } from './unit-state.ts';

/** Reads an attribute or `let` binding. */
export function readBinding(reading: Reading, walked: WalkedBinding): void {
  if (!reading.interesting(walked.range)) return;
  const { file } = reading;
  const names = namesOf(walked.state.path);
  const at = (walked.state.path as NamePath).at;
  const lazy = lazyOf(walked);
  // A function with `osConfig` is a module of a user's environment, which is evaluated on its machine.
  if (walked.isLet && names.length === 1 && lookupLexical(walked.state.scope, 'osConfig') === null)
    reading.lets.push({ name: names[0] ?? '', at: placeOf(at), range: rangeIn(file, walked), value: lazy });
  if (walked.expr?.kind === 'apply') {
    reading.bound.set(walked.expr, lazy);
    reading.boundTo.set(lazy, walked.expr);
  }
  const declaring = declaringOption(names);
  if (isGenerators(names)) readGenerators(reading, walked, lazy, at);
  else if (declaring !== null) readDeclaredByHelper(reading, declaring, walked, lazy, at);
  else if (names.at(-1) === 'imports' && walked.expr !== null)
    reading.imports.push({ expr: walked.expr, scope: walked.state.scope });
  else if (isSessionOption(names)) reading.sessionValues.push({ range: rangeIn(file, walked), value: lazy });
}

/**
 * Returns the value of a binding. For a name, that is the value the name is bound to, which is thus evaluated only
 * once.
 */
function lazyOf({ state, value, expr, isLet }: WalkedBinding): Lazy {
  const name = isLet ? state.path?.name?.text : expr?.kind === 'variable' ? expr.name : null;
  return (name == null ? null : lookupLexical(state.scope, name)) ?? value();
}

function readGenerators(reading: Reading, walked: WalkedBinding, lazy: Lazy, at: Origin): void {
  const { cx, context } = reading;
  const answer = ask(reading, at, () => readCollection(cx, lazy, at, walked.state.conditional));
  const collection = answer.value;
  if (collection === null) return;
  reading.definitions.push(...collection.definitions);
  for (const gap of collection.gaps)
    reading.notAnalysable.push({
      at: placeOf(gap.origin ?? at),
      what: 'generators',
      reason: dependingOn(gap.reason),
    });
  // A value is read only on its first evaluation. If that was earlier, the places of the names show their registry.
  const before = reading.shown.get(lazy) ?? NOTHING_SHOWN;
  const fromRegistry = answer.lookups.length > 0 || before.lookups.length > 0;
  if (!fromRegistry && !collection.definitions.some(({ at: { file } }) => context.registries.has(file)))
    return;
  const [read = [...reading.rowReads.values()]] = [answer.rows, before.rows].filter(
    ({ length }) => length > 0,
  );
  const machines = [...new Set(read.filter(row => row.found).map(row => row.machine))].sort();
  reading.assignments.push({ at: placeOf(at), machines, names: collection.names });
}

const NOTHING_SHOWN: Shown = { rows: [], lookups: [] };

/** Reads generators from an option of a helper, which collects them elsewhere. */
function readDeclaredByHelper(
  reading: Reading,
  how: 'list' | 'folder',
  walked: WalkedBinding,
  lazy: Lazy,
  at: Origin,
): void {
  const { cx } = reading;
  const { conditional } = walked.state;
  const { value } = ask(reading, at, () => {
    const sets = how === 'list' ? listedSets(cx, lazy) : discoveredSets(cx, lazy, at);
    return sets.flatMap(set => readCollection(cx, set.value, at, conditional || set.conditional).definitions);
  });
  reading.definitions.push(...(value ?? []));
}

/**
 * Returns whether the path is an option with generators, rather than its declaration or the expected result of a test
 * (`{ expr; expected; }`).
 */
function isGenerators(names: readonly string[]): boolean {
  if (names.at(-1) !== 'generators' || names.at(-2) !== 'vars') return false;
  return !names.includes('options') && !names.includes('expected');
}
