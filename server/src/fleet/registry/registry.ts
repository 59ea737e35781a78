/**
 * Reads registries: sets, or functions of `pkgs`, that map logical keys to the parts of generators. They are recognised
 * by the shape of the entries' values, however helper functions build them.
 */

import { packages, unknownArgument } from '../../modules/modules.ts';
import { weighed } from '../../modules/priorities.ts';
import { member, readBool, readText } from '../../modules/read.ts';
import { attr, attrs, isClosed, nullValue } from '../../nix/eval/construct.ts';
import type { Evaluation } from '../../nix/eval/evaluation.ts';
import type { Attr, AttrsValue, Lazy, Origin, Value } from '../../nix/eval/value.ts';
import type { Known, Place } from '../../nix/places.ts';
import { isSamePlace, placeBeside, placeOf } from '../../nix/places.ts';
import {
  isStale,
  isValid,
  newReads,
  partOf,
  type Reads,
  type Remembered,
  readAnswer,
  recordingReads,
  remembered,
} from '../../query/reads.ts';
import { readBody } from '../generators/generator.ts';
import type { Registry, RegistryField, RegistryKey } from '../model/registries.ts';

/** Fields that consumers read without a package set. */
const METADATA = ['generator', 'envVar', 'fileAttr', 'secret', 'domain', 'kind'] as const;

/** Fields of which a registry entry has at least one, besides `generator`. */
const BESIDE = ['files', 'script', 'prompts', 'envVar', 'fileAttr'];

/** Returns whether a text may contain a registry, so that evaluation is worthwhile. */
export function mayHoldRegistry(text: string): boolean {
  return /\bgenerator\b\s*[=?;]|\bgenerator$/m.test(text) && /\b(envVar|fileAttr)\b/.test(text);
}

/**
 * Reads a file as a registry; returns null if it is not one.
 * @param trusted read it even if only a minority of its attributes has the shape of entries
 */
export function readRegistry(cx: Evaluation, file: string, trusted: boolean): Registry | null {
  const set = instance(cx, file, packages);
  if (set?.kind !== 'attrs' || set.origin === null || set.entries.size === 0) return null;
  const entries = [...set.entries].filter(([, entry]) => isEntry(cx, entry));
  if (entries.length === 0) return null;
  if (!trusted && entries.length * 2 <= set.entries.size) return null;
  // Values that are derived from an entry are equal on all machines.
  cx.common.set(set, 'watched');
  for (const [, entry] of entries) cx.common.set(cx.force(entry.value) as AttrsValue, 'made-of');
  const bare = instance(cx, file, nullValue(null));
  return {
    file,
    at: placeOf(set.origin),
    closed: isClosed(set) && entries.length === set.entries.size,
    keys: entries.map(([key, entry]) => {
      const written = { key, at: placeOf(entry.at ?? (set.origin as Origin)) };
      const without = bare?.kind === 'attrs' ? bare.entries.get(key) : undefined;
      return keyOf(cx, cx.force(entry.value) as AttrsValue, { ...written, bare: without });
    }),
  };
}

/** Returns whether the registry that a file is has a key. */
export function isKeyOf(cx: Evaluation, file: string, key: string): boolean {
  const set = instance(cx, file, packages);
  return set?.kind === 'attrs' && set.entries.has(key);
}

/** An entry as it is written in the registry. */
interface WrittenKey {
  readonly key: string;
  readonly at: Place;
  /** The same entry without a package set, if that can be evaluated. */
  readonly bare: Attr | undefined;
}

interface KeptKey extends WrittenKey {
  readonly read: Remembered<RegistryKey>;
  /** What is read later, when somebody asks for the body. */
  readonly later: Reads | null;
}

/** Keys by the values of their entries, since an edit changes one of hundreds. */
const keys = new WeakMap<AttrsValue, KeptKey>();

/** Returns the key of an entry, the same object while nothing has changed that it was read from. */
function keyOf(cx: Evaluation, set: AttrsValue, { key, at, bare }: WrittenKey): RegistryKey {
  const { recorder } = cx;
  const before = keys.get(set);
  const isHere = before?.key === key && isSamePlace(before.at, at) && before.bare?.value === bare?.value;
  if (isHere && !isStale(recorder, before.later) && isValid(recorder, before.read)) {
    readAnswer(recorder, before.later);
    return before.read.value;
  }
  const later = recorder.isOn ? { ...newReads(), grows: true } : null;
  const read = remembered(recorder, () => readKey(cx, set, { key, at, bare }, later));
  readAnswer(recorder, later);
  keys.set(set, { key, at, bare, read, later });
  return read.value;
}

/** Returns the registry's set for a package set; other arguments take their defaults. */
function instance(cx: Evaluation, file: string, pkgs: Lazy): Value | null {
  const value = cx.importFile(file, null);
  if (value.kind !== 'lambda') return value;
  const { formals } = value.expr;
  const args = new Map<string, Attr>();
  for (const formal of formals ?? []) {
    if (formal.name.name === 'pkgs') args.set('pkgs', attr(pkgs, null));
    else if (formal.fallback === null)
      args.set(formal.name.name, attr(unknownArgument(formal.name.name, file, formal.start), null));
  }
  return formals === null ? null : cx.apply(value, attrs(args, null), null);
}

function isEntry(cx: Evaluation, entry: Attr): boolean {
  const value = cx.force(entry.value);
  return (
    value.kind === 'attrs' && value.entries.has('generator') && BESIDE.some(name => value.entries.has(name))
  );
}

/**
 * Reads the key of an entry.
 * @param later receives what is read when somebody asks for more
 */
function readKey(
  cx: Evaluation,
  set: AttrsValue,
  { key, at, bare }: WrittenKey,
  later: Reads | null,
): RegistryKey {
  const { recorder } = cx;
  const owners = later === null ? [] : [later];
  const field = (name: string) => textField(cx, set, name, at);
  const secret = set.entries.get('secret');
  const body = partOf(recorder, owners, () => readBody(cx, set, at));
  const written = partOf(recorder, owners, () => filesWritten(cx, set));
  return {
    key,
    at,
    generator: field('generator'),
    envVar: field('envVar'),
    fileAttr: field('fileAttr'),
    secret: secret === undefined ? null : readBool(cx, secret.value),
    description: readDescription(cx, set),
    domain: field('domain')?.value ?? null,
    category: field('kind')?.value ?? null,
    get body() {
      return body();
    },
    declaresFile: name => recordingReads(recorder, later, () => declaresFile(cx, set, name)),
    get written() {
      return written();
    },
    needsPkgs: needsPackages(cx, set, bare, at),
    entry: entryPlace(set, at),
  };
}

/** Returns the range from the key to the end of its value, if that is in the same file. */
function entryPlace(set: AttrsValue, at: Place): Place {
  for (let origin = set.origin; origin !== null; origin = origin.call?.at ?? null) {
    if (origin.file.path !== at.file) continue;
    const written = placeOf(origin);
    if (written.start >= at.start) return placeBeside(at, { start: at.start, end: outermostEnd(origin, at) });
  }
  return at;
}

function outermostEnd(origin: Origin, at: Place): number {
  let { end } = placeOf(origin);
  for (let call = origin.call; call !== null; call = call.at.call) {
    if (call.at.file.path !== at.file) continue;
    const around = placeOf(call.at);
    if (around.start >= at.start) end = Math.max(end, around.end);
  }
  return end;
}

function textField(cx: Evaluation, set: AttrsValue, name: string, at: Place): RegistryField<string> | null {
  const value = member(cx, set, name);
  if (value?.kind !== 'string' || value.text === null) return null;
  return { value: value.text, at: value.origin === null ? at : placeOf(value.origin) };
}

function readDescription(cx: Evaluation, set: AttrsValue): string | null {
  const entry = set.entries.get('description');
  if (entry !== undefined) return readText(cx, entry.value);
  const prompts = member(cx, set, 'prompts');
  if (prompts?.kind !== 'attrs') return null;
  for (const prompt of prompts.entries.values()) {
    const options = cx.force(prompt.value);
    const description = options.kind === 'attrs' ? member(cx, options, 'description') : null;
    if (description?.kind === 'string') return description.text;
  }
  return null;
}

/** Returns metadata fields that can be read with a package set and fail without one. */
function needsPackages(cx: Evaluation, set: AttrsValue, bare: Attr | undefined, at: Place): Known<string>[] {
  if (bare === undefined) return [];
  const without = cx.force(bare.value);
  if (without.kind === 'failure') return [{ value: 'the whole entry', at }];
  if (without.kind !== 'attrs') return [];
  const needed: Known<string>[] = [];
  for (const name of METADATA) {
    const [before, after] = [member(cx, set, name), member(cx, without, name)];
    if (before === null || before.kind === 'failure' || after?.kind !== 'failure') continue;
    // The place of the value; a helper function may have written the field's name.
    const origin = before.origin ?? set.entries.get(name)?.at ?? null;
    needed.push({ value: name, at: origin === null ? at : placeOf(origin) });
  }
  return needed;
}

/**
 * Returns whether the file is declared with no condition on the set, on `files` or on the file. Evaluates only that
 * name.
 */
function declaresFile(cx: Evaluation, set: AttrsValue, name: string): boolean {
  const files = unconditional(cx, set)?.entries.get('files');
  const file = files === undefined ? undefined : unconditional(cx, files.value)?.entries.get(name);
  return files?.optional === false && file !== undefined && weighed(cx, file.value).length > 0;
}

function unconditional(cx: Evaluation, lazy: Lazy): AttrsValue | null {
  const [only, ...others] = weighed(cx, lazy);
  return only?.value.kind === 'attrs' && !only.conditional && others.length === 0 ? only.value : null;
}

/**
 * Returns the files that a script can write, provided that each mention of `$out` names one: `> "$out/key"`. Returns
 * `null` if any mention does not, since the script may then write any file.
 */
function filesWritten(cx: Evaluation, set: AttrsValue): Known<string>[] | null {
  const script = member(cx, set, 'script');
  if (script?.kind !== 'string' || script.text === null) return null;
  const { text } = script;
  const mentions = [...text.matchAll(/\$\{?out\b\}?/g)];
  if (mentions.length === 0) return null;
  const files: Known<string>[] = [];
  for (const mention of mentions) {
    const rest = text.slice(mention.index + mention[0].length);
    const name = /^"?\/([A-Za-z0-9._-]+)(?=["'\s;)|&]|$)/.exec(rest)?.[1];
    if (name === undefined || script.origin === null) return null;
    files.push({ value: name, at: placeOf(script.origin) });
  }
  return files;
}
