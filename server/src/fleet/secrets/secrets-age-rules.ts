/** Reads `secrets.nix` of agenix, which lists the keys that each file is encrypted to. */
import { isClosed } from '../../nix/eval/construct.ts';

import type { Evaluation } from '../../nix/eval/evaluation.ts';
import { folderOf, joinPath } from '../../nix/eval/paths.ts';
import type { Lazy } from '../../nix/eval/value.ts';
import type { Known, Place } from '../../nix/places.ts';
import { placeOf } from '../../nix/places.ts';
import { extentOf, type SourceFile } from '../../nix/source.ts';
import type { AgeRule, AgeRules } from '../model/secrets.ts';

/**
 * Reads a `secrets.nix`: `{ "a.age".publicKeys = [ … ]; }`, with paths relative to its folder. Returns null if the
 * value is something else.
 */
export function readAgeRules(cx: Evaluation, file: SourceFile, lazy: Lazy): AgeRules | null {
  const root = cx.force(lazy);
  if (root.kind !== 'attrs') return null;
  // A set without such a name has keys of people and machines.
  if (![...root.entries.keys()].some(name => name.endsWith('.age'))) return null;
  const rules: AgeRule[] = [];
  let complete = isClosed(root);
  for (const [name, entry] of root.entries) {
    const path = joinPath(folderOf(file.path), name);
    if (path === null || entry.at === null) {
      complete = false;
      continue;
    }
    const at = placeOf(entry.at);
    const value = cx.force(entry.value);
    const keys = value.kind === 'attrs' ? value.entries.get('publicKeys') : undefined;
    if (keys !== undefined) rules.push({ path, at, ...readRecipients(cx, keys.value, at) });
    else if (value.kind === 'unknown') rules.push({ path, at, recipients: [], complete: false });
  }
  return { at: { file: file.path, ...extentOf(file) }, rules, complete };
}

function readRecipients(
  cx: Evaluation,
  lazy: Lazy,
  fallback: Place,
): Pick<AgeRule, 'recipients' | 'complete'> {
  const list = cx.force(lazy);
  if (list.kind !== 'list') return { recipients: [], complete: false };
  const recipients: Known<string>[] = [];
  for (const item of list.items) {
    const value = item.kind === 'spread' ? null : cx.force(item);
    if (value?.kind !== 'string' || value.text === null) continue;
    recipients.push({ value: value.text, at: value.origin === null ? fallback : placeOf(value.origin) });
  }
  return { recipients, complete: recipients.length === list.items.length };
}
