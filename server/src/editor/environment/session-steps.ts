/**
 * Reads the steps that sessions run at start in addition to the exported variables, from the
 * `session-vars-spec.nix` next to a registry, for all machines and for single ones. The file is evaluated,
 * because functions create its steps; a file of that name with other contents has none. Rendering for shells is
 * in environment-text.ts.
 */

import { certain, member, readText } from '../../modules/read.ts';
import { BudgetExceeded } from '../../nix/eval/budget.ts';
import { type Evaluation, withBudget } from '../../nix/eval/evaluation.ts';
import { createEvaluation } from '../../nix/eval/evaluator.ts';
import type { AttrsValue, Lazy, NixFiles, Spread, Value } from '../../nix/eval/value.ts';
import type { Place } from '../../nix/places.ts';
import { placeOf } from '../../nix/places.ts';

interface StepBase {
  /** The variable that it sets. */
  readonly name: string;
  /** Registry keys that a machine needs for it. */
  readonly keys: readonly string[];
}

/** Reads a file into a variable; `from` is the variable with the file's path. */
interface Hydration extends StepBase {
  readonly kind: 'hydrate';
  readonly from: string;
}

/** Composes a variable; it is not set if one of its parts is not. */
interface Composition extends StepBase {
  readonly kind: 'compose';
  readonly parts: readonly (string | { readonly variable: string })[];
}

export type Step = Hydration | Composition;

/** A step that cannot be read. */
export interface UnknownStep {
  readonly kind: 'unknown';
  /** Null if the name is not known either. */
  readonly name: string | null;
  /** The keys it is known to concern. */
  readonly keys: readonly string[];
  /** A sentence. */
  readonly text: string;
}

export interface SessionSpec {
  readonly file: string;
  readonly shared: readonly (Step | UnknownStep)[];
  /** The steps of single machines; machines without steps are absent. */
  readonly machines: ReadonlyMap<string, readonly (Step | UnknownStep)[]>;
  /** The places of machines' names. */
  readonly places: ReadonlyMap<string, Place>;
  /** False if there may be further machines with steps. */
  readonly complete: boolean;
}

/** The limit of evaluation steps for one file, which includes evaluating a registry. */
const STEPS = 200_000;

/**
 * Reads a session specification; null if the file does not exist, contains something else, or exceeds the
 * limit.
 */
export function readSessionSpec(files: NixFiles, path: string): SessionSpec | null {
  if (files.kind(path) !== 'file') return null;
  const cx = createEvaluation(files);
  const read = withBudget(cx, STEPS, () => specOf(cx, path, cx.importFile(path, null)));
  return read instanceof BudgetExceeded ? null : read;
}

function specOf(cx: Evaluation, file: string, value: Value): SessionSpec | null {
  if (value.kind !== 'attrs') return null;
  const shared = member(cx, value, 'shared');
  const machines = member(cx, value, 'machines');
  if (shared?.kind !== 'list' || machines?.kind !== 'attrs') return null;
  const rows = new Map<string, (Step | UnknownStep)[]>();
  const places = new Map<string, Place>();
  let complete = machines.open === null && machines.patterns.length === 0;
  for (const [machine, { at, optional, value: ownValue }] of machines.entries) {
    if (at !== null) places.set(machine, placeOf(at));
    if (optional) complete = false;
    else rows.set(machine, stepsOf(cx, cx.resolve(ownValue)));
  }
  return { file, shared: stepsOf(cx, shared), machines: rows, places, complete };
}

function stepsOf(cx: Evaluation, list: Value): (Step | UnknownStep)[] {
  if (list.kind !== 'list') return [unknownStep(null, 'The list of its steps is not known without Nix.')];
  return list.items.map(item =>
    item.kind === 'spread'
      ? unknownStep(null, 'There may be more steps than can be read without Nix.')
      : stepOf(cx, cx.resolve(item)),
  );
}

function unknownStep(name: string | null, text: string, keys: readonly string[] = []): UnknownStep {
  return { kind: 'unknown', name, keys, text };
}

function stepOf(cx: Evaluation, value: Value): Step | UnknownStep {
  if (value.kind !== 'attrs') return unknownStep(null, 'A step of the session is not known without Nix.');
  const text = (attribute: string) => textOf(cx, value, attribute);
  const name = text('name');
  const kind = text('kind');
  const keys = keysOf(cx, value);
  if (name === null || kind === null || keys === null)
    return unknownStep(
      name,
      name === null
        ? 'A step of the session is not known without Nix.'
        : 'The step that sets it is not known without Nix.',
      keys ?? [],
    );
  if (kind === 'hydrate') {
    const from = text('from');
    return from === null
      ? unknownStep(name, 'The file it is read from is not known without Nix.')
      : { kind, name, from, keys };
  }
  if (kind !== 'compose') return unknownStep(name, `There is no kind of step "${kind}".`);
  const list = member(cx, value, 'parts');
  const parts = list?.kind === 'list' ? partsOf(cx, list.items) : null;
  return parts === null
    ? unknownStep(name, 'Its contents are not known without Nix.')
    : { kind, name, parts, keys };
}

function textOf(cx: Evaluation, set: AttrsValue, attribute: string): string | null {
  const entry = certain(set, attribute);
  return entry === null ? null : readText(cx, entry.value);
}

/** Returns the keys of a step; empty if it names none, null if they are not known. */
function keysOf(cx: Evaluation, step: AttrsValue): string[] | null {
  const keys = member(cx, step, 'keys');
  if (keys === null) return step.entries.has('keys') ? null : [];
  if (keys.kind !== 'list') return null;
  const names = keys.items.map(item => (item.kind === 'spread' ? null : readText(cx, item)));
  return names.every(name => name !== null) ? names : null;
}

function partsOf(cx: Evaluation, items: readonly (Lazy | Spread)[]): Composition['parts'] | null {
  const parts: Composition['parts'][number][] = [];
  for (const item of items) {
    if (item.kind === 'spread') return null;
    const part = cx.resolve(item);
    const variable = part.kind === 'attrs' ? textOf(cx, part, 'variable') : null;
    if (part.kind === 'string' && part.text !== null) parts.push(part.text);
    else if (variable !== null) parts.push({ variable });
    else return null;
  }
  return parts;
}
