/**
 * Reuses values while their file is edited: an attribute of a file's set that an edit did not touch keeps its value,
 * so that everything that was made from it is recognised as unchanged. Its origins belong to an earlier text of the
 * file; `placeOf` brings them up to date.
 */
import type { SourceFile } from '../source.ts';
import type { Range } from '../syntax.ts';
import { type UnchangedItems, unchangedItems } from '../unchanged-items.ts';
import { attrs, isClosed } from './construct.ts';
import type { Evaluation } from './evaluation.ts';
import { evaluated } from './thunks.ts';
import type { Attr, AttrsValue, Value } from './value.ts';

/** The key of a file's own value, beside the keys of the arguments that it is applied to. */
const ITSELF = '';

/**
 * The number of texts whose values may be mixed in one set. Each is kept with its tree as long as one of its values
 * is, so a set of more texts is evaluated anew.
 */
const MAX_TEXTS = 8;

/** Keeps the sets that a file evaluates to, to be renewed once its new text is evaluated. */
export function keepForRenewal({ imports, applications, earlier }: Evaluation, path: string): void {
  const sets = new Map<string, AttrsValue>(earlier.get(path));
  const keep = (key: string, value: Value | null) => {
    if (value?.kind !== 'attrs' || value.origin?.file.path !== path) return;
    // A broken text may lack most attributes until it is whole again.
    if (value.origin.file.errors.length === 0 || !sets.has(key)) sets.set(key, value);
  };
  const imported = imports.get(path);
  if (imported !== undefined) keep(ITSELF, evaluated(imported));
  for (const [key, value] of applications.get(path) ?? []) keep(key, value);
  if (sets.size > 0) earlier.set(path, sets);
}

/**
 * Returns a file's new value with the unchanged attributes of the previous one.
 * @param key the key of the arguments that the file was applied to, or undefined for its own value
 */
export function renewed({ earlier, renewals }: Evaluation, path: string, value: Value, key = ITSELF): Value {
  const before = earlier.get(path)?.get(key);
  if (before?.origin == null || value.kind !== 'attrs' || value.origin === null) return value;
  if (!isClosed(before) || !isClosed(value)) return value;
  const items = itemsBetween(before.origin.file, value.origin.file);
  if (items === null || !isAt(before.origin, items.before) || !isAt(value.origin, items.after)) return value;
  const texts = new Set<SourceFile>([value.origin.file]);
  const entries = new Map<string, Attr>();
  for (const [name, entry] of value.entries) {
    const reused = items.names.has(name) ? before.entries.get(name) : undefined;
    if (reused?.at != null) texts.add(reused.at.file);
    entries.set(name, reused ?? entry);
  }
  if (texts.size > MAX_TEXTS) return value;
  const result = attrs(entries, value.origin);
  renewals.set(result, before);
  return result;
}

function isAt(origin: Range, range: Range): boolean {
  return origin.start === range.start && origin.end === range.end;
}

/** The last comparison of each text with an earlier one, which all arguments of a file share. */
const compared = new WeakMap<
  SourceFile,
  { readonly before: SourceFile; readonly items: UnchangedItems | null }
>();

function itemsBetween(before: SourceFile, after: SourceFile): UnchangedItems | null {
  const known = compared.get(after);
  if (known?.before === before) return known.items;
  const items = unchangedItems(before, after);
  compared.set(after, { before, items });
  return items;
}
