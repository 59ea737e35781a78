/**
 * One definition of a generator: from the evaluated set to plain data. What clan's option schema does (persisted
 * prompts become files, files are secret unless said otherwise) is done here.
 *
 * Source: clan-core d7c35d912, modules/clan/export-modules/generic-generator.nix.
 */
import { attr, attrs, display, isClosed, unknown } from '../nix/construct.ts';
import { apply, force } from '../nix/evaluate.ts';
import type { Evaluation } from '../nix/evaluation.ts';
import type {
  Attr,
  AttrsValue,
  LambdaValue,
  Lazy,
  Origin,
  StringValue,
  UnknownValue,
  Value,
} from '../nix/value.ts';
import type {
  GeneratorBody,
  GeneratorFile,
  GeneratorPrompt,
  GeneratorScript,
  Known,
  NameKind,
  Place,
  WrittenOption,
} from './model.ts';
import { unknownArgument } from './modules.ts';
import { placeOf } from './places.ts';
import { type Definition, definitionsOf, readBool, readName, readText, unwrap } from './read.ts';
import { readWritten } from './written-options.ts';

export const OPAQUE: GeneratorBody = {
  completeness: 'opaque',
  share: null,
  files: [],
  prompts: [],
  dependencies: [],
  runtimeInputs: [],
  packages: [],
  complete: { files: false, prompts: false, dependencies: false, packages: false },
  options: () => [],
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

/** Whether a list is known to hold all there is. */
interface Counted<T> {
  readonly list: readonly T[];
  readonly complete: boolean;
}

/** Reads a list and tells whether anything of it was left unread. */
function counted<T>(reading: Reading, read: () => readonly T[]): Counted<T> {
  const before = reading.complete;
  reading.complete = true;
  const list = read();
  const { complete } = reading;
  reading.complete = before && complete;
  return { list, complete };
}

/**
 * Reads a generator's body.
 * @param fallback the place for facts that were written nowhere
 */
export function readBody(cx: Evaluation, lazy: Lazy, fallback: Place): GeneratorBody {
  const sets: AttrsValue[] = [];
  const written: { readonly set: AttrsValue; readonly conditional: boolean }[] = [];
  const reading: Reading = { cx, fallback, complete: true };
  for (const one of definitionsOf(cx, lazy)) {
    for (const { value, conditional } of one.value.kind === 'lambda' ? configOf(cx, one.value) : [one]) {
      const sure = value.kind === 'attrs' && !conditional && !one.conditional;
      if (!sure) reading.complete = false;
      const own = setsOf(cx, value);
      sets.push(...own);
      written.push(...own.map(set => ({ set, conditional: !sure })));
    }
  }
  if (sets.length === 0) return OPAQUE;
  for (const set of sets) if (!isClosed(set) || hasOptional(set)) reading.complete = false;
  const whole = reading.complete;
  const members = (option: string) =>
    counted(reading, () => sets.flatMap(set => namesIn(reading, set, option)));
  const files = new Map<string, GeneratorFile>();
  const named = members('files');
  for (const one of named.list) files.set(one.name, readFile(reading, one));
  const asked = members('prompts');
  const prompts = asked.list.map(one => readPrompt(reading, one));
  const dependencies = counted(reading, () => sets.flatMap(set => readDependencies(reading, set)));
  const packages = sets.map(set => readPackages(reading, set));
  let options: readonly WrittenOption[] | null = null;
  for (const prompt of prompts) {
    if (prompt.persist === null) reading.complete = false;
    if (prompt.persist === true && !files.has(prompt.name)) files.set(prompt.name, promptFile(prompt));
  }
  return {
    share: readShare(reading, sets),
    files: [...files.values()],
    prompts,
    dependencies: dependencies.list,
    runtimeInputs: packages.flatMap(one => one.list.map(known => known.value)),
    packages: packages.flatMap(one => one.list),
    complete: {
      files: whole && named.complete && prompts.every(prompt => prompt.persist !== null),
      prompts: whole && asked.complete,
      dependencies: whole && dependencies.complete,
      packages: whole && packages.every(one => one.complete),
    },
    options() {
      options ??= readWritten(cx, written, fallback);
      return options;
    },
    script: readScript(reading, sets),
    validation: readValidation(reading, sets),
    completeness: reading.complete ? 'full' : 'partial',
  };
}

/** A generator is a submodule, so it may be written as a module: a function, with options of its own perhaps. */
function configOf(cx: Evaluation, module: LambdaValue): readonly Definition[] {
  const { formals } = module.expr;
  const file = module.scope.file.path;
  const at = module.expr.start;
  const args = attrs(
    new Map((formals ?? []).map(({ name }) => [name.name, attr(argumentOf(name.name, file, at), null)])),
    null,
  );
  const value = apply(
    cx,
    module,
    formals === null ? unknown(`the arguments of a module`, `module ${file}:${at}`, null) : args,
    module.origin,
  );
  const own = value.kind === 'attrs' ? value.entries.get('config') : undefined;
  return own === undefined ? definitionsOf(cx, value) : definitionsOf(cx, own.value);
}

/** The `config` of a submodule is its own, not the machine's. */
function argumentOf(name: string, file: string, at: number): Lazy {
  if (name !== 'config' && name !== 'options') return unknownArgument(name, file, at);
  return unknown(`the generator's own \`${name}\``, `${name} of ${file}:${at}`, null, { kind: 'root', name });
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

function readPackages(reading: Reading, set: AttrsValue): Counted<Known<string>> {
  const entry = set.entries.get('runtimeInputs');
  if (entry === undefined) return { list: [], complete: isClosed(set) };
  const { value, conditional } = unwrap(reading.cx, entry.value);
  if (value.kind !== 'list') return { list: [], complete: false };
  const list: Known<string>[] = [];
  let complete = !conditional && !entry.optional;
  for (const item of value.items) {
    const found = item.kind === 'spread' ? item.of : force(reading.cx, item);
    const name = item.kind === 'spread' ? null : packageName(found);
    if (name === null) complete = false;
    else list.push({ value: name, at: placeAt(reading, found.origin) });
  }
  return { list, complete };
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
    return { text: value.kind === 'string' ? display(value as StringValue) : null, at };
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
