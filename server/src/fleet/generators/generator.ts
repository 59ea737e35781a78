/**
 * Reads generators from evaluated sets into plain data, as clan's option schema does: persisted prompts become files,
 * and files are secret by default. `layers.ts` merges several definitions.
 *
 * Source: clan-core d7c35d912, modules/clan/export-modules/generic-generator.nix.
 */

import type { NameKind } from '../../modules/read.ts';
import { definitionsOf, readBool, readName, readText } from '../../modules/read.ts';
import { definedBy } from '../../modules/submodule.ts';
import { settleOne, type Weighed, weighed } from '../../modules/weights.ts';
import { BudgetExceeded } from '../../nix/eval/budget.ts';
import { display } from '../../nix/eval/construct.ts';
import { type Evaluation, withBudget } from '../../nix/eval/evaluation.ts';
import type { Attr, Lazy, UnknownValue, Value } from '../../nix/eval/value.ts';
import { exact } from '../../nix/exact.ts';
import type { Known, Place } from '../../nix/places.ts';
import { placeOf } from '../../nix/places.ts';
import type {
  GeneratorBody,
  GeneratorFile,
  GeneratorPrompt,
  GeneratorScript,
  WrittenOption,
} from '../model/generators.ts';
import { isForeignOption } from '../options/generator-options.ts';
import {
  agreed,
  dependsOnMachine,
  givenThatItIs,
  isOpen,
  isPerhapsMeant,
  itemsOf,
  type Layer,
  layersOf,
  noteAsked,
  optionIn,
  optionOr,
  type Reading,
} from './layers.ts';
import { meantInGenerator, NOTHING_MEANT, readingOf } from './misspelt-options.ts';
import { scriptSource } from './script.ts';
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
  asksMachine: false,
};

/** The evaluation steps allowed for all options of a generator, which are read long after its body. */
const OPTION_STEPS = 50_000;

/** The layers of one file or prompt. */
interface Named {
  readonly name: string;
  readonly kind: NameKind;
  readonly at: Place;
  readonly layers: readonly Layer[];
  /** True if every layer is under an unknown condition. */
  readonly conditional: boolean;
}

/** A value that defines a generator or a part of it. */
export interface BodySource {
  readonly value: Lazy;
  /** The place for facts that are not written in a file. */
  readonly fallback: Place;
  /** True if it is unknown whether the value applies to an existing generator. */
  readonly conditional: boolean;
}

/**
 * Returns the sets in a value. A generator that certainly does not exist is shown as it is written, since its uses have
 * the same condition.
 */
function heldBy(cx: Evaluation, value: Lazy, isOnly: boolean): readonly Weighed[] {
  const held = weighed(cx, value);
  return held.length === 0 && isOnly ? definitionsOf(cx, value) : held;
}

/** A list, and whether it is complete. */
interface Counted<T> {
  readonly list: readonly T[];
  readonly complete: boolean;
}

/** Reads a list, and returns whether all of it could be read. */
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
 * @param fallback the place for facts that are not written in a file
 */
export function readBody(cx: Evaluation, value: Lazy, fallback: Place): GeneratorBody {
  return readBodies(cx, [{ value, fallback, conditional: false }]);
}

const ALONE = { how: 'together', isOpen: false } as const;

/**
 * Reads the body that several definitions result in, merged as in the module system.
 * @param joining see `joinedBody`; `isOpen`: there may be definitions that are not among the sources
 */
export function readBodies(
  cx: Evaluation,
  sources: readonly BodySource[],
  joining: { readonly how: 'together' | 'perhaps'; readonly isOpen: boolean } = ALONE,
): GeneratorBody {
  const { how, isOpen: mayBeMore } = joining;
  const reading: Reading = {
    cx,
    complete: !mayBeMore,
    hasDefaults: !mayBeMore,
    asked: { machine: false },
    meant: NOTHING_MEANT,
  };
  const [only] = sources;
  const layers = layersOf(
    reading,
    sources.length === 1 && only !== undefined
      ? layersIn(cx, only, 0, true)
      : sources.flatMap((bodySource, source) =>
          layersIn(cx, bodySource, how === 'together' ? 0 : source, false),
        ),
  );
  if (!layers.some(layer => layer.value.kind === 'attrs')) return OPAQUE;
  reading.meant = meantInGenerator(layers);
  for (const { value } of layers) {
    if (value.kind === 'attrs' && isOpen(value)) reading.complete = false;
    if (value.kind !== 'attrs') reading.hasDefaults = false;
  }
  const whole = reading.complete;
  const asked = counted(reading, () => namedIn(reading, layers, 'prompts'));
  const prompts = asked.list.map(named => readPrompt(reading, named));
  const named = counted(reading, () => namedIn(reading, layers, 'files'));
  const files = new Map(named.list.map(candidate => [candidate.name, readFile(reading, candidate)]));
  const dependencies = counted(reading, () => readDependencies(reading, layers));
  const packages = readPackages(reading, layers);
  let options: readonly WrittenOption[] | null = null;
  for (const [index, prompt] of prompts.entries()) {
    if (prompt.persist === null) reading.complete = false;
    if (prompt.persist === true && !files.has(prompt.name))
      files.set(prompt.name, promptFile(reading, prompt, asked.list[index]?.conditional === true));
  }
  return {
    share: optionOr(reading, layers, 'share', false, readBool),
    files: [...files.values()],
    prompts,
    dependencies: dependencies.list,
    runtimeInputs: [...new Set(packages.list.map(known => known.value))],
    packages: packages.list,
    complete: {
      files: whole && named.complete && asked.complete && prompts.every(prompt => prompt.persist !== null),
      prompts: whole && asked.complete,
      dependencies: whole && dependencies.complete,
      packages: whole && packages.complete,
    },
    options() {
      if (options === null) {
        const read = withBudget(cx, OPTION_STEPS, () =>
          layers.flatMap(({ value, conditional, fallback }) =>
            value.kind === 'attrs' ? readWritten(cx, [{ set: value, conditional }], fallback) : [],
          ),
        );
        options = read instanceof BudgetExceeded ? [] : read;
      }
      return options;
    },
    script: readScript(reading, layers),
    validation: readValidation(reading, layers),
    asksMachine: reading.asked.machine,
    completeness: reading.complete ? 'full' : 'partial',
  };
}

/** Returns the layers of one value. */
function layersIn(
  cx: Evaluation,
  { value, fallback, conditional }: BodySource,
  source: number,
  isOnly: boolean,
): readonly Layer[] {
  const held = heldBy(cx, value, isOnly);
  const all = held.some(candidate => candidate.value.kind === 'lambda')
    ? held.flatMap(candidate =>
        candidate.value.kind === 'lambda'
          ? definedBy(cx, candidate.value, candidate.conditional, isOnly && held.length === 1)
          : [candidate],
      )
    : held;
  return givenThatItIs(
    all.map(candidate => layerOf(candidate, fallback, source)),
    conditional,
  );
}

function layerOf({ value, priority, conditional }: Weighed, fallback: Place, source: number): Layer {
  return { value, priority, conditional, fallback, source };
}

/** Returns the members of `files` or `prompts`. */
function namedIn(reading: Reading, layers: readonly Layer[], option: string): Named[] {
  const members = new Map<string, Omit<Named, 'conditional'>>();
  const note = (name: string, kind: NameKind, attr: Attr, { conditional, fallback, source }: Layer) => {
    const at = attr.at === null ? fallback : placeOf(attr.at);
    const more = weighed(reading.cx, attr.value, conditional || attr.optional);
    const layers = more.map(candidate => layerOf(candidate, at, source));
    const before = members.get(name);
    if (before !== undefined) members.set(name, { ...before, kind, layers: [...before.layers, ...layers] });
    else if (layers.length > 0) members.set(name, { name, kind, at, layers });
  };
  if (isPerhapsMeant(reading, option)) reading.complete = false;
  for (const layer of layersOf(reading, optionIn(reading, layers, option))) {
    const { value, conditional } = layer;
    if (value.kind !== 'attrs') continue;
    if (conditional || isOpen(value)) reading.complete = false;
    for (const [name, attr] of value.entries) note(name, 'literal', attr, layer);
    for (const attr of value.patterns) note(display(attr.name), 'pattern', attr, layer);
  }
  return Array.from(members.values(), ({ name, kind, at, layers: all }) => {
    const conditional = all.every(layer => layer.conditional);
    if (conditional) reading.complete = false;
    return { name, kind, at, conditional, layers: layersOf(reading, givenThatItIs(all, false)) };
  });
}

function readFile(around: Reading, { name, kind, at, layers, conditional }: Named): GeneratorFile {
  const reading = readingOf(around, 'file', layers);
  const option = <T>(key: string, fallback: T, read: (cx: Evaluation, lazy: Lazy) => T | null) =>
    optionOr(reading, layers, key, fallback, read);
  return {
    name,
    nameKind: kind,
    secret: option('secret', true, readBool),
    deploy: option('deploy', true, readBool),
    owner: option('owner', 'root', readText),
    ...readGroup(reading, layers),
    mode: option('mode', '0400', readText),
    neededFor: option('neededFor', 'services', readText),
    from: 'files',
    conditional,
    at,
  };
}

/** Stands for the default group, which depends on the machine. */
const ROOTS_GROUP = '\0';

function readGroup(
  reading: Reading,
  layers: readonly Layer[],
): Pick<GeneratorFile, 'group' | 'hasDefaultGroup'> {
  const group = optionOr(reading, layers, 'group', ROOTS_GROUP, readText);
  return { group: group === ROOTS_GROUP ? null : group, hasDefaultGroup: group === ROOTS_GROUP };
}

function readPrompt(around: Reading, { name, at, layers }: Named): GeneratorPrompt {
  const reading = readingOf(around, 'prompt', layers);
  return {
    name,
    type: optionOr(reading, layers, 'type', 'line', readText),
    description: optionOr<string | null>(reading, layers, 'description', null, readText),
    persist: optionOr(reading, layers, 'persist', false, readBool),
    at,
  };
}

/** Returns the file that a persisted prompt declares. */
function promptFile({ hasDefaults }: Reading, prompt: GeneratorPrompt, conditional: boolean): GeneratorFile {
  const unless = <T>(fallback: T): T | null => (hasDefaults ? fallback : null);
  return {
    name: prompt.name,
    nameKind: 'literal',
    secret: unless(true),
    deploy: unless(true),
    owner: unless('root'),
    group: null,
    hasDefaultGroup: hasDefaults,
    mode: unless('0400'),
    neededFor: unless('services'),
    from: 'prompt',
    conditional,
    at: prompt.at,
  };
}

function readDependencies(reading: Reading, layers: readonly Layer[]): Known<string>[] {
  const { items, complete } = itemsOf(reading, layers, 'dependencies');
  if (!complete) reading.complete = false;
  const names = items.flatMap(({ item, fallback }) => {
    const name = item.kind === 'spread' ? item.of : reading.cx.force(item);
    if (name.kind === 'string')
      return [
        { value: readName(name, false).name, at: name.origin === null ? fallback : placeOf(name.origin) },
      ];
    reading.complete = false;
    return [];
  });
  return exact(names);
}

function readPackages(reading: Reading, layers: readonly Layer[]): Counted<Known<string>> {
  const { items, complete } = itemsOf(reading, layers, 'runtimeInputs');
  const list = items.flatMap(({ item, fallback }): Known<string>[] => {
    if (item.kind === 'spread') return [];
    const packageValue = reading.cx.force(item);
    const name = packageName(packageValue);
    const at = packageValue.origin === null ? fallback : placeOf(packageValue.origin);
    return name === null ? [] : [{ value: name, at }];
  });
  return { list: exact(list), complete: complete && list.length === items.length };
}

/** Returns the name of a package, such as `openssl` for `pkgs.openssl`; null for other values. */
function packageName(value: Value): string | null {
  if (value.kind !== 'unknown' || value.term?.kind !== 'select') return null;
  let path: string | null = null;
  for (let at: UnknownValue = value; at.term?.kind === 'select'; at = at.term.of) {
    const { name } = at.term;
    const written = name.text ?? display(name);
    path = path === null ? written : `${written}.${path}`;
  }
  return path;
}

function readScript(reading: Reading, layers: readonly Layer[]): GeneratorScript | null {
  const all = optionIn(reading, layers, 'script');
  const [shown] = all;
  if (shown === undefined) {
    const meant = reading.meant.layerOf('generator', 'script');
    return meant === null ? null : { text: null, source: null, file: null, at: placeOfLayer(meant) };
  }
  noteAsked(reading, all);
  const chosen = settleOne(all) ?? shown;
  const text = agreed(all, ({ value }) => (value.kind === 'string' ? display(value) : null));
  const source = text !== null && chosen.value.kind === 'string' ? scriptSource(chosen.value) : null;
  const file = agreed(all, ({ value }) =>
    value.kind === 'path' && value.text !== '' && !value.text.startsWith('/') ? value.text : null,
  );
  return { text, source, file, at: placeOfLayer(chosen) };
}

function placeOfLayer({ value, fallback }: Layer): Place {
  return value.origin === null ? fallback : placeOf(value.origin);
}

function readValidation(reading: Reading, layers: readonly Layer[]): unknown {
  const all = optionIn(reading, layers, 'validation');
  if (all.length === 0) return isPerhapsMeant(reading, 'validation') || isExtended(layers) ? null : undefined;
  noteAsked(reading, all);
  return agreed(all, layer => plain(reading, layer.value, 0));
}

/** Returns whether an option is set that clan-core does not have. The module that declares it may set other options. */
function isExtended(layers: readonly Layer[]): boolean {
  return layers.some(
    ({ value }) =>
      value.kind === 'attrs' && [...value.entries.keys()].some(name => isForeignOption('generator', name)),
  );
}

/** Converts a value to plain JSON; null for parts that are unknown or not data. */
function plain(reading: Reading, lazy: Lazy, depth: number): unknown {
  const value = reading.cx.force(lazy);
  if (dependsOnMachine(value)) reading.asked.machine = true;
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
        [...value.entries].map(([name, entry]) => [name, plain(reading, entry.value, depth + 1)]),
      );
    default:
      return null;
  }
}
