/**
 * One definition of a generator: from the evaluated set to plain data. What clan's option schema does (persisted
 * prompts become files, files are secret unless said otherwise) is done here.
 *
 * Source: clan-core d7c35d912, modules/clan/export-modules/generic-generator.nix.
 */
import { display, isClosed } from '../nix/construct.ts';
import { force } from '../nix/evaluate.ts';
import type { Evaluation } from '../nix/evaluation.ts';
import type { Attr, AttrsValue, Lazy, Origin, UnknownValue, Value } from '../nix/value.ts';
import type {
  GeneratorBody,
  GeneratorFile,
  GeneratorPrompt,
  GeneratorScript,
  Known,
  NameKind,
  Place,
} from './model.ts';
import { placeOf } from './places.ts';
import { definitionsOf, readBool, readName, readText, unwrap } from './read.ts';
import { scriptSource } from './script.ts';

export const OPAQUE: GeneratorBody = {
  completeness: 'opaque',
  share: null,
  files: [],
  prompts: [],
  dependencies: [],
  runtimeInputs: [],
  script: null,
  validation: undefined,
};

interface Named {
  readonly name: string;
  readonly kind: NameKind;
  readonly attr: Attr;
}

/** Collects what is read and whether anything was left unread. */
interface Reading {
  readonly cx: Evaluation;
  readonly fallback: Place;
  complete: boolean;
}

/**
 * Reads a generator's body.
 * @param fallback the place for facts that were written nowhere
 */
export function readBody(cx: Evaluation, lazy: Lazy, fallback: Place): GeneratorBody {
  const sets: AttrsValue[] = [];
  const reading: Reading = { cx, fallback, complete: true };
  for (const { value, conditional } of definitionsOf(cx, lazy)) {
    if (value.kind !== 'attrs' || conditional) reading.complete = false;
    sets.push(...setsOf(cx, value));
  }
  if (sets.length === 0) return OPAQUE;
  for (const set of sets) if (!isClosed(set) || hasOptional(set)) reading.complete = false;
  const files = new Map<string, GeneratorFile>();
  const prompts: GeneratorPrompt[] = [];
  for (const set of sets) {
    for (const named of namesIn(reading, set, 'files')) files.set(named.name, readFile(reading, named));
    for (const named of namesIn(reading, set, 'prompts')) prompts.push(readPrompt(reading, named));
  }
  for (const prompt of prompts) {
    if (prompt.persist === null) reading.complete = false;
    if (prompt.persist === true && !files.has(prompt.name)) files.set(prompt.name, promptFile(prompt));
  }
  return {
    share: readShare(reading, sets),
    files: [...files.values()],
    prompts,
    dependencies: sets.flatMap(set => readDependencies(reading, set)),
    runtimeInputs: sets.flatMap(set => readPackages(reading, set)),
    script: readScript(reading, sets),
    validation: readValidation(reading, sets),
    completeness: reading.complete ? 'full' : 'partial',
  };
}

/** The set, or the sets that an unknown perhaps is: what is shown then is a guess, and never complete. */
function setsOf(cx: Evaluation, value: Value): AttrsValue[] {
  if (value.kind === 'attrs') return [value];
  if (value.kind !== 'unknown') return [];
  const sets: AttrsValue[] = [];
  for (const candidate of value.candidates ?? []) {
    const set = force(cx, candidate);
    if (set.kind === 'attrs') sets.push(set);
  }
  return sets;
}

function hasOptional(set: AttrsValue): boolean {
  for (const entry of set.entries.values()) if (entry.optional) return true;
  return false;
}

/** The named members of `set.files` or `set.prompts`, through `mkIf` and the like. */
function namesIn(reading: Reading, set: AttrsValue, option: string): Named[] {
  const entry = set.entries.get(option);
  if (entry === undefined) return [];
  const found: Named[] = [];
  for (const { value, conditional } of definitionsOf(reading.cx, entry.value)) {
    if (value.kind === 'unknown') {
      found.push(...candidatesOf(reading, value));
      reading.complete = false;
      continue;
    }
    if (value.kind !== 'attrs') {
      reading.complete = false;
      continue;
    }
    if (conditional || !isClosed(value) || hasOptional(value)) reading.complete = false;
    found.push(...membersOf(value));
  }
  return found;
}

function candidatesOf(reading: Reading, value: UnknownValue): Named[] {
  return (value.candidates ?? []).flatMap(candidate => {
    const set = force(reading.cx, candidate);
    return set.kind === 'attrs' ? membersOf(set) : [];
  });
}

function membersOf(set: AttrsValue): Named[] {
  const literal: Named[] = [...set.entries].map(([name, attr]) => ({ name, kind: 'literal', attr }));
  const patterns: Named[] = set.patterns.map(attr => ({ name: display(attr.name), kind: 'pattern', attr }));
  return [...literal, ...patterns];
}

function placeAt(reading: Reading, origin: Origin | null): Place {
  return origin === null ? reading.fallback : placeOf(origin);
}

/** The set of one file's or prompt's options; null where it is not known. */
function optionsOf(reading: Reading, lazy: Lazy): AttrsValue | null {
  const { value } = unwrap(reading.cx, lazy);
  return value.kind === 'attrs' ? value : null;
}

/** An option with a default that applies only where the option is certainly not set. */
function optionOr<T>(
  options: AttrsValue | null,
  name: string,
  fallback: T,
  read: (lazy: Lazy) => T | null,
): T | null {
  if (options === null) return null;
  const entry = options.entries.get(name);
  if (entry === undefined) return isClosed(options) ? fallback : null;
  return entry.optional ? null : read(entry.value);
}

function readFile(reading: Reading, named: Named): GeneratorFile {
  const options = optionsOf(reading, named.attr.value);
  const bool = (lazy: Lazy) => readBool(reading.cx, unwrap(reading.cx, lazy).value);
  const text = (lazy: Lazy) => readText(reading.cx, unwrap(reading.cx, lazy).value);
  return {
    name: named.name,
    nameKind: named.kind,
    secret: optionOr(options, 'secret', true, bool),
    deploy: optionOr(options, 'deploy', true, bool),
    owner: optionOr(options, 'owner', 'root', text),
    group: optionOr<string | null>(options, 'group', null, text),
    mode: optionOr(options, 'mode', '0400', text),
    neededFor: optionOr(options, 'neededFor', 'services', text),
    from: 'files',
    at: placeAt(reading, named.attr.at),
  };
}

function readPrompt(reading: Reading, named: Named): GeneratorPrompt {
  const options = optionsOf(reading, named.attr.value);
  const text = (lazy: Lazy) => readText(reading.cx, unwrap(reading.cx, lazy).value);
  const bool = (lazy: Lazy) => readBool(reading.cx, unwrap(reading.cx, lazy).value);
  return {
    name: named.name,
    type: optionOr(options, 'type', 'line', text),
    description: optionOr<string | null>(options, 'description', null, text),
    persist: optionOr(options, 'persist', false, bool),
    at: placeAt(reading, named.attr.at),
  };
}

/** The file that a persisted prompt declares. */
function promptFile(prompt: GeneratorPrompt): GeneratorFile {
  return {
    name: prompt.name,
    nameKind: 'literal',
    secret: true,
    deploy: true,
    owner: 'root',
    group: null,
    mode: '0400',
    neededFor: 'services',
    from: 'prompt',
    at: prompt.at,
  };
}

function readShare(reading: Reading, sets: readonly AttrsValue[]): boolean | null {
  for (const set of sets) {
    const entry = set.entries.get('share');
    if (entry !== undefined)
      return entry.optional ? null : readBool(reading.cx, unwrap(reading.cx, entry.value).value);
  }
  return sets.every(isClosed) ? false : null;
}

function readDependencies(reading: Reading, set: AttrsValue): Known<string>[] {
  const entry = set.entries.get('dependencies');
  if (entry === undefined) return [];
  const { value } = unwrap(reading.cx, entry.value);
  if (value.kind !== 'list') {
    reading.complete = false;
    return [];
  }
  const found: Known<string>[] = [];
  for (const item of value.items) {
    const name = item.kind === 'spread' ? item.of : force(reading.cx, item);
    if (name.kind === 'string')
      found.push({ value: readName(name, false).name, at: placeAt(reading, name.origin) });
    else reading.complete = false;
  }
  return found;
}

function readPackages(reading: Reading, set: AttrsValue): string[] {
  const entry = set.entries.get('runtimeInputs');
  if (entry === undefined) return [];
  const { value } = unwrap(reading.cx, entry.value);
  if (value.kind !== 'list') return [];
  return value.items.flatMap(item => {
    const name = item.kind === 'spread' ? null : packageName(force(reading.cx, item));
    return name === null ? [] : [name];
  });
}

/** `openssl` for `pkgs.openssl`. */
function packageName(value: Value): string | null {
  if (value.kind !== 'unknown' || value.term?.kind !== 'select') return null;
  const names: string[] = [];
  for (let at: UnknownValue = value; at.term?.kind === 'select'; at = at.term.of) {
    const { name } = at.term;
    names.unshift(name.text ?? display(name));
  }
  return names.join('.');
}

function readScript(reading: Reading, sets: readonly AttrsValue[]): GeneratorScript | null {
  for (const set of sets) {
    const entry = set.entries.get('script');
    if (entry === undefined) continue;
    const { value } = unwrap(reading.cx, entry.value);
    const at = placeAt(reading, value.origin ?? entry.at);
    const source = value.kind === 'string' ? scriptSource(value) : null;
    return { text: source?.text ?? null, source, at };
  }
  return null;
}

function readValidation(reading: Reading, sets: readonly AttrsValue[]): unknown {
  for (const set of sets) {
    const entry = set.entries.get('validation');
    if (entry !== undefined) return plain(reading.cx, entry.value, 0);
  }
  return undefined;
}

/** JSON of a value; null where it is not known or not data. */
function plain(cx: Evaluation, lazy: Lazy, depth: number): unknown {
  const value = force(cx, lazy);
  if (depth > 4) return null;
  switch (value.kind) {
    case 'bool':
      return value.value;
    case 'int':
      return Number(value.value);
    case 'string':
      return value.text;
    case 'attrs':
      return Object.fromEntries(
        [...value.entries].map(([name, entry]) => [name, plain(cx, entry.value, depth + 1)]),
      );
    default:
      return null;
  }
}
