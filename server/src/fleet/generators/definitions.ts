/** Reads the definitions in a value that is assigned to `….vars.generators`. */

import type { NameKind } from '../../modules/read.ts';
import { definitionsOf } from '../../modules/read.ts';
import { BudgetExceeded } from '../../nix/eval/budget.ts';
import { display, isClosed, mayHaveAnyName } from '../../nix/eval/construct.ts';
import { type Evaluation, withBudget } from '../../nix/eval/evaluation.ts';
import { evaluated } from '../../nix/eval/tracked.ts';
import type { Attr, AttrsValue, Lazy, Origin, UnknownValue, Value } from '../../nix/eval/value.ts';
import type { Place } from '../../nix/places.ts';
import { callsOf, lastingKey, placeOf } from '../../nix/places.ts';
import {
  isValid,
  partOf,
  type Recorder,
  type Remembered,
  remembered,
  together,
  unrecorded,
} from '../../query/reads.ts';
import { sameItems } from '../../std.ts';
import type { GeneratorBody, GeneratorDefinition } from '../model/generators.ts';
import { BODY_STEPS, type ContentSource, contentOf, isChanged, useSource } from './definition-contents.ts';
import { OPAQUE, readBodies } from './generator.ts';

/** The contents of an assignment. */
export interface Collection {
  readonly definitions: readonly GeneratorDefinition[];
  /** All names; null if there may be more or some are unknown. */
  readonly names: readonly string[] | null;
  /** The unknown values because of which there may be more. */
  readonly gaps: readonly UnknownValue[];
  /** True if there are no names but those of the definitions, with what their holes stand for. */
  readonly isShaped: boolean;
}

/** The values that definitions were read from, which the model itself does not hold. */
const sources = new WeakMap<GeneratorDefinition, DefinitionSource>();

interface DefinitionSource extends ContentSource {
  /** Reads the definition again. */
  readonly again: () => GeneratorDefinition;
}

/** Records that the current answer uses a definition that was read for another one. */
export function useDefinition(definition: GeneratorDefinition): void {
  const origin = sources.get(definition);
  if (origin !== undefined) useSource(origin);
}

/** Returns whether something that a definition was read from has changed since. */
export function isOutdated(definition: GeneratorDefinition): boolean {
  const origin = sources.get(definition);
  return origin !== undefined && isChanged(origin);
}

/** Returns a definition's body to compare it, which the current answer does not depend on. */
export function comparableBody(definition: GeneratorDefinition): GeneratorBody {
  const origin = sources.get(definition);
  return origin === undefined ? definition.body() : unrecorded(origin.cx.recorder, definition.body);
}

/** Returns definitions for the current answer, of which those are read again that are outdated. */
export function renewed(definitions: readonly GeneratorDefinition[]): readonly GeneratorDefinition[] {
  const result = definitions.map(definition => {
    const origin = sources.get(definition);
    if (origin === undefined) return definition;
    if (!isChanged(origin)) {
      useSource(origin);
      return definition;
    }
    const again = origin.again();
    if (dead.has(definition)) dead.add(again);
    return again;
  });
  return sameItems(result, definitions) ? definitions : result;
}

/** Definitions under a condition that is certainly false. They are shown in their file, and no machine has them. */
const dead = new WeakSet<GeneratorDefinition>();

/** Returns whether the definition is under a condition that is certainly false. */
export function isDead(definition: GeneratorDefinition): boolean {
  return dead.has(definition);
}

/** Returns whether both were read from the same value. At the same place, such definitions have the same contents. */
export function areOfSameValue(left: GeneratorDefinition, right: GeneratorDefinition): boolean {
  const value = sourceValueOf(left);
  return value !== null && value === sourceValueOf(right);
}

function sourceValueOf(definition: GeneratorDefinition): Value | null {
  const lazy = sources.get(definition)?.source.value;
  return lazy === undefined ? null : evaluated(lazy);
}

/** The last result for a value, with the place of the assignment: a file is read both as a unit and as a module. */
const collections = new WeakMap<
  Lazy,
  { readonly place: string; readonly conditional: boolean; readonly collection: Remembered<Collection> }
>();

/**
 * Reads a collection of generators.
 * @param assignment the place of the assignment to `….vars.generators`
 */
export function readCollection(
  cx: Evaluation,
  lazy: Lazy,
  assignment: Origin,
  conditional: boolean,
): Collection {
  const { recorder } = cx;
  const place = lastingKey(placeOf(assignment));
  const before = collections.get(lazy);
  if (before?.place === place && before.conditional === conditional && isValid(recorder, before.collection)) {
    const collection = renewedCollection(recorder, before.collection);
    collections.set(lazy, { place, conditional, collection });
    return collection.value;
  }
  const collection = remembered(recorder, () => newCollection(cx, lazy, assignment, conditional));
  collections.set(lazy, { place, conditional, collection });
  return collection.value;
}

/** Reads definitions again that are outdated, whatever else a collection was read from. */
function renewedCollection(recorder: Recorder, before: Remembered<Collection>): Remembered<Collection> {
  const { definitions } = before.value;
  const now = remembered(recorder, () => renewed(definitions));
  if (now.value === definitions) return before;
  return { value: { ...before.value, definitions: now.value }, reads: together(before.reads, now.reads) };
}

function newCollection(cx: Evaluation, lazy: Lazy, assignment: Origin, conditional: boolean): Collection {
  const definitions: GeneratorDefinition[] = [];
  const gaps: UnknownValue[] = [];
  const place = placeOf(assignment);
  let complete = true;
  let isShaped = true;
  for (const held of definitionsOf(cx, lazy)) {
    if (held.value.kind === 'unknown') {
      if (held.never) continue;
      const perhaps = perhapsHeld(cx, held.value);
      isShaped &&= perhaps.isShaped;
      complete &&= perhaps.gaps.length === 0 && perhaps.sets.every(isClosed);
      gaps.push(...perhaps.gaps);
      const guesses = perhaps.sets.flatMap(set => definitionsIn(cx, set, place, true));
      definitions.push(...guesses);
      if (guesses.length === 0 && perhaps.gaps.length > 0) definitions.push(opaque(place));
    } else if (held.value.kind === 'attrs') {
      if (!isClosed(held.value) && !held.never) complete = false;
      if (mayHaveAnyName(held.value) && !held.never) isShaped = false;
      if (held.value.open !== null && !held.never) gaps.push(held.value.open);
      const generatorDefinitions = definitionsIn(cx, held.value, place, conditional || held.conditional);
      if (held.never) for (const definition of generatorDefinitions) dead.add(definition);
      definitions.push(...generatorDefinitions);
    } else if (!held.never) {
      complete = false;
      isShaped = false;
    }
  }
  const names = complete ? [...new Set(definitions.map(definition => definition.name))] : null;
  return { definitions, names, gaps, isShaped };
}

/** The sets that an unknown value may be. */
interface PerhapsHeld extends Pick<Collection, 'isShaped'> {
  readonly sets: readonly AttrsValue[];
  /** The unknown values because of which there may be further ones. */
  readonly gaps: readonly UnknownValue[];
}

function perhapsHeld(cx: Evaluation, value: UnknownValue): PerhapsHeld {
  const sets: AttrsValue[] = [];
  const gaps: UnknownValue[] = [];
  const isBounded = value.candidates !== null && value.bounded === true;
  let isShaped = isBounded;
  for (const candidate of value.candidates ?? [])
    for (const { value: held } of definitionsOf(cx, candidate)) {
      if (held.kind !== 'attrs' || mayHaveAnyName(held)) isShaped = false;
      if (held.kind === 'attrs') {
        sets.push(held);
        if (held.open !== null) gaps.push(held.open);
      } else if (held.kind === 'unknown') gaps.push(held);
    }
  return { sets, gaps: isBounded ? gaps : [value], isShaped };
}

function definitionsIn(
  cx: Evaluation,
  set: AttrsValue,
  place: Place,
  conditional: boolean,
): GeneratorDefinition[] {
  const definitions: GeneratorDefinition[] = [];
  const where: Assigned = { place, conditional };
  for (const [name, entry] of set.entries) definitions.push(definition(cx, name, null, entry, where));
  for (const entry of set.patterns)
    definitions.push(definition(cx, display(entry.name), 'pattern', entry, where));
  return definitions;
}

/** The assignment of a collection of generators. */
interface Assigned {
  readonly place: Place;
  readonly conditional: boolean;
}

/**
 * Returns the definition in one attribute.
 * @param kind how certain the name is; `null` if that depends on how the attribute is written
 */
function definition(
  cx: Evaluation,
  name: string,
  kind: NameKind | null,
  entry: Attr,
  { place: assignment, conditional }: Assigned,
): GeneratorDefinition {
  const { at, holds, isPartial, body, source } = contentOf(cx, entry, assignment);
  const made: GeneratorDefinition = {
    name,
    nameKind: kind ?? (isWrittenAs(entry.at, name) ? 'literal' : 'resolved'),
    kind: isPartial ? 'partial' : 'full',
    at,
    via: viaOf(entry.at, assignment),
    conditional: conditional || entry.optional || holds !== 'always',
    body,
  };
  if (holds === 'never') dead.add(made);
  // A conditional addition may be missing, whereas the defining definition is present whenever the generator is.
  const mayBeMissing = made.conditional && isPartial;
  sources.set(made, {
    ...source,
    source: mayBeMissing ? { ...source.source, conditional: true } : source.source,
    again: () => definition(cx, name, kind, entry, { place: assignment, conditional }),
  });
  return made;
}

/** The way in which definitions of one generator are merged. */
export interface Joining {
  /**
   * `together`: one machine has all of them, and the highest priority wins; `perhaps`: it is unknown whether any
   * machine has two of them.
   */
  readonly how: 'together' | 'perhaps';
  /** Further definitions, each of which may be missing. */
  readonly perhaps?: readonly GeneratorDefinition[];
  /** True if there may be other definitions that are unknown. */
  readonly isOpen?: boolean;
}

const NONE: readonly GeneratorDefinition[] = [];

/** Returns the body that several definitions of one generator result in. */
export function joinedBody(definitions: readonly GeneratorDefinition[], joining: Joining): GeneratorBody {
  const [only, ...others] = definitions;
  const { how, perhaps = NONE, isOpen = false } = joining;
  if (only === undefined) return OPAQUE;
  if (others.length === 0 && perhaps.length === 0 && !isOpen) return only.body();
  const before = joined.get(only) ?? [];
  const match = before.find(
    entry =>
      entry.how === how &&
      entry.isOpen === isOpen &&
      sameItems(entry.definitions, definitions) &&
      sameItems(entry.perhaps, perhaps),
  );
  if (match !== undefined) return match.body();
  const body = join(definitions, { how, perhaps, isOpen });
  joined.set(only, [...before.slice(-MAX_JOINED), { definitions, how, perhaps, isOpen, body }]);
  return body();
}

interface Joined extends Required<Joining> {
  readonly definitions: readonly GeneratorDefinition[];
  readonly body: () => GeneratorBody;
}

/** The number of results kept for one definition, which machines may have together with different others. */
const MAX_JOINED = 8;

/** The last results by the first definition. After an edit, most generators have the same definitions. */
const joined = new WeakMap<GeneratorDefinition, readonly Joined[]>();

function join(
  definitions: readonly GeneratorDefinition[],
  { how, perhaps, isOpen }: Required<Joining>,
): () => GeneratorBody {
  const inputs = [
    ...definitions.flatMap(definition => sources.get(definition) ?? []),
    ...perhaps.flatMap(definition => {
      const origin = sources.get(definition);
      return origin === undefined ? [] : [{ ...origin, source: { ...origin.source, conditional: true } }];
    }),
  ];
  const [first] = inputs;
  if (first === undefined) return () => OPAQUE;
  const { cx } = first;
  const isAll = !isOpen && inputs.length === definitions.length + perhaps.length;
  const values = inputs.map(({ source }) => source);
  return partOf(
    cx.recorder,
    inputs.flatMap(({ later }) => later ?? []),
    () => {
      const read = withBudget(cx, BODY_STEPS * inputs.length, () =>
        readBodies(cx, values, { how, isOpen: !isAll }),
      );
      return read instanceof BudgetExceeded ? OPAQUE : read;
    },
  );
}

/** The name of an unknown collection, as in the contract of `inspect`. */
// biome-ignore lint/suspicious/noTemplateCurlyInString: it shows a hole as Nix writes one
const UNKNOWN_NAME = '${…}';

function opaque(assignment: Place): GeneratorDefinition {
  return {
    name: UNKNOWN_NAME,
    nameKind: 'pattern',
    kind: 'full',
    at: assignment,
    via: [],
    conditional: false,
    body: () => OPAQUE,
  };
}

/** Returns whether the name is written literally at its place, as an attribute name or a string. */
function isWrittenAs(at: Origin | null, name: string): boolean {
  if (at === null) return false;
  const text = at.file.text.slice(at.start, at.end);
  return text === name || text === `"${name}"` || text === `''${name}''`;
}

/** Returns the places between the assignment and the name, nearest the assignment first. */
function viaOf(at: Origin | null, assignment: Place): Place[] {
  if (at === null) return [];
  const calls = callsOf(at);
  const direct =
    calls.length === 0 && at.file.path === assignment.file && placeOf(at).start >= assignment.start;
  return direct ? [] : [assignment, ...calls];
}
