/**
 * Changes the values of a file in place while it is edited: an attribute of its set that an edit did not touch keeps its
 * value, and everything that was evaluated from it. Origins of what is kept belong to an earlier text of the file;
 * `placeOf` brings them up to date.
 */

import { newReads, type Remembered, recordingReads, remembered } from '../../query/reads.ts';
import type { SourceFile } from '../source.ts';
import type { Range } from '../syntax.ts';
import { type UnchangedItems, unchangedItems } from '../unchanged-items.ts';
import { BudgetExceeded } from './budget.ts';
import { isClosed } from './construct.ts';
import { evaluated } from './evaluated.ts';
import { type Application, type Evaluation, withBudget } from './evaluation.ts';
import { LiveEntries, type LiveEvaluation } from './live-entries.ts';
import { type LiveFile, LiveFunction, type LiveSet, newLiveFile } from './live-files.ts';
import { fileScope } from './scopes.ts';
import { evaluatedThunk, thunk } from './thunks.ts';
import type { Attr, AttrsValue, Lazy, Origin, Value } from './value.ts';

/** The key of a file's own value, beside the keys of the arguments that it is applied to. */
const ITSELF = '';

/**
 * The number of texts whose values may be mixed in one set. Each is kept with its tree as long as one of its values
 * is, so a set of more texts is evaluated anew.
 */
const MAX_TEXTS = 8;

/** The number of arguments for which a function is applied again after an edit. */
const MAX_APPLICATIONS = 16;

/** The evaluation steps allowed for all values of a file. */
const STEPS = 2_000_000;

/** The evaluation steps allowed for one attribute, to compare it with what it was. */
const ATTRIBUTE_STEPS = 50_000;

/**
 * Forgets the values of a file.
 * @param isEdited true if only the file's own text has changed, so that values of unchanged attributes may be reused
 */
export function forgetValues(
  { live, imports, applications }: Evaluation,
  path: string,
  isEdited: boolean,
): void {
  imports.delete(path);
  applications.delete(path);
  const file = live.get(path);
  if (file === undefined) return;
  // Arguments that are new objects each time leave sets behind that nobody asks for again.
  const isKept = isEdited && file.sets.size <= MAX_APPLICATIONS;
  live.set(path, newLiveFile(path, isKept ? file : undefined));
}

/** Marks a file as edited. Its values change in place from the next time on that it is evaluated. */
export function noteEdited({ recorder, live }: Evaluation, path: string): void {
  recorder.isOn = true;
  if (!live.has(path)) live.set(path, newLiveFile(path));
}

/** Returns the value of a file, not yet evaluated. */
export function valueOfFile(cx: Evaluation, file: SourceFile): Lazy {
  return thunk(() => {
    const value = cx.evaluate(file.root, fileScope(cx, file));
    const live = cx.live.get(file.path);
    if (live === undefined) return value;
    if (value.kind !== 'lambda') return liveSet(cx, live, file.path, value);
    cx.applications.delete(file.path);
    return new LiveFunction(value, live, cx.recorder);
  });
}

/**
 * Returns a value of an edited file, such that later edits can change it.
 * @param key the key of the argument that the file was applied to, if it is a function
 */
function liveSet(cx: Evaluation, live: LiveFile, path: string, value: Value, key = ITSELF): Value {
  if (value.kind !== 'attrs' || value.origin?.file.path !== path || !isClosed(value)) return value;
  const { origin } = value;
  const earlier = live.sets.get(key);
  const entries = (earlier && renewedEntries(live, earlier, value, origin)) ?? value.entries;
  const set = { ...value, entries: new LiveEntries(liveEvaluation(cx), path, entries) };
  const isWhole = earlier === undefined || origin.file.errors.length === 0;
  live.sets.set(key, { set, whole: isWhole ? { entries, origin } : earlier.whole });
  return set;
}

/** Returns what sets that change in place need of the evaluation. */
export function liveEvaluation(cx: Evaluation): LiveEvaluation {
  return {
    recorder: cx.recorder,
    force: cx.force,
    tryForce(lazy) {
      const value = withBudget(cx, ATTRIBUTE_STEPS, () => cx.force(lazy));
      return value instanceof BudgetExceeded ? null : value;
    },
    isCommon: set => cx.common.has(set),
  };
}

/**
 * Keeps the result of applying a function that is a whole file, for all who apply it to the same argument.
 * @param key identifies the argument
 * @param apply applies the function to it
 */
export function keepApplication(
  cx: Evaluation,
  path: string,
  key: string,
  { answer, apply }: { readonly answer: Remembered<Value>; readonly apply: () => Value },
): Value {
  const live = cx.live.get(path);
  const kept = (value: Value) => (live === undefined ? value : liveSet(cx, live, path, value, key));
  const value = kept(answer.value);
  const result = evaluatedThunk(cx.recorder, { ...answer, value }, () => kept(apply()));
  const results = cx.applications.get(path) ?? new Map<string, Application>();
  cx.applications.set(path, results);
  results.set(key, { result, apply: live === undefined ? null : apply });
  return value;
}

/**
 * Changes the values of an edited file to those of its present text.
 * @returns false if one of them cannot be changed, so that all have to be forgotten
 */
export function renewFile(cx: Evaluation, path: string): boolean {
  const live = cx.live.get(path);
  const imported = cx.imports.get(path);
  const file = cx.files.parse(path);
  if (live === undefined || imported === undefined || file === null) return false;
  const { recorder } = cx;
  recorder.revision++;
  const renewed = recordingReads(recorder, newReads(), () =>
    withBudget(cx, STEPS, () => renewValue(cx, live, evaluated(imported), file)),
  );
  // What has changed did so after what the new values were compared with.
  recorder.revision++;
  if (renewed instanceof BudgetExceeded || !renewed) return false;
  live.text.changedAt = recorder.revision;
  // Made from expressions of the text before.
  cx.shared.delete(path);
  cx.pairs.delete(path);
  return true;
}

function renewValue(cx: Evaluation, live: LiveFile, before: Value | null, file: SourceFile): boolean {
  const value = remembered(cx.recorder, () => cx.evaluate(file.root, fileScope(cx, file)));
  const renewed =
    before instanceof LiveFunction
      ? renewFunction(cx, live, before, value.value)
      : renewSet(live, ITSELF, before, value.value);
  if (!renewed || before === null) return false;
  const again = valueOfFile(cx, file);
  const compute = () => cx.force(again);
  cx.imports.set(file.path, evaluatedThunk(cx.recorder, { value: before, reads: value.reads }, compute));
  return true;
}

function renewFunction(cx: Evaluation, live: LiveFile, fn: LiveFunction, value: Value): boolean {
  const { path } = fn.written.scope.file;
  const applications = cx.applications.get(path);
  if (value.kind !== 'lambda' || applications === undefined) return false;
  if (applications.size === 0 || applications.size > MAX_APPLICATIONS) return false;
  fn.written = value;
  for (const [key, { apply, result }] of applications) {
    const before = evaluated(result);
    if (before === null || apply === null) return false;
    const answer = remembered(cx.recorder, apply);
    if (!renewSet(live, key, before, answer.value)) return false;
    const again = () => liveSet(cx, live, path, apply(), key);
    applications.set(key, {
      apply,
      result: evaluatedThunk(cx.recorder, { value: before, reads: answer.reads }, again),
    });
  }
  return true;
}

function renewSet(file: LiveFile, key: string, before: Value | null, value: Value): boolean {
  const live = file.sets.get(key);
  if (live === undefined || live.set !== before) return false;
  if (value.kind !== 'attrs' || value.origin === null || !isClosed(value)) return false;
  const { origin } = value;
  const entries = renewedEntries(file, live, value, origin);
  if (entries === null) return false;
  live.set.entries.replace(entries);
  (live.set as { origin: Origin | null }).origin = origin;
  if (origin.file.errors.length === 0) live.whole = { entries, origin };
  return true;
}

/** Returns the attributes of a new set, with the unchanged ones of the earlier set; null if the sets are different ones. */
function renewedEntries(
  live: LiveFile,
  { whole }: LiveSet,
  value: AttrsValue,
  origin: Origin,
): ReadonlyMap<string, Attr> | null {
  const items = itemsBetween(live, whole.origin.file, origin.file);
  if (items === null || !isAt(whole.origin, items.before) || !isAt(origin, items.after)) return null;
  const texts = new Set<SourceFile>([origin.file]);
  const entries = new Map<string, Attr>();
  for (const [name, entry] of value.entries) {
    const reused = items.names.has(name) ? whole.entries.get(name) : undefined;
    if (reused?.at != null) texts.add(reused.at.file);
    entries.set(name, reused ?? entry);
  }
  return texts.size > MAX_TEXTS ? null : entries;
}

function isAt(origin: Range, range: Range): boolean {
  return origin.start === range.start && origin.end === range.end;
}

/** Compares two texts of a file, once for all arguments that it is applied to. */
function itemsBetween(live: LiveFile, before: SourceFile, after: SourceFile): UnchangedItems | null {
  if (live.compared?.before !== before || live.compared.after !== after)
    live.compared = { before, after, items: unchangedItems(before, after) };
  return live.compared.items;
}
