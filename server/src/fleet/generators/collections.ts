/** Reads the definitions in a value that is assigned to `….vars.generators`. */

import { definitionsOf } from '../../modules/read.ts';
import { display, isClosed, mayHaveAnyName } from '../../nix/eval/construct.ts';
import type { Evaluation } from '../../nix/eval/evaluation.ts';
import type { AttrsValue, Lazy, Origin, UnknownValue } from '../../nix/eval/value.ts';
import type { Place } from '../../nix/places.ts';
import { lastingKey, placeOf } from '../../nix/places.ts';
import { isValid, type Recorder, type Remembered, remembered, together } from '../../query/reads.ts';
import type { GeneratorDefinition } from '../model/generators.ts';
import { type Assigned, definition, noteDead, renewed } from './definitions.ts';
import { OPAQUE } from './generator.ts';

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
      if (held.never) for (const dead of generatorDefinitions) noteDead(dead);
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
