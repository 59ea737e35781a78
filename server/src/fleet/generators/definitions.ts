/** The definition of a generator in one attribute, and what it was read from. */

import type { NameKind } from '../../modules/read.ts';
import { evaluated } from '../../nix/eval/evaluated.ts';
import type { Evaluation } from '../../nix/eval/evaluation.ts';
import type { Attr, Origin, Value } from '../../nix/eval/value.ts';
import type { Place } from '../../nix/places.ts';
import { callsOf, placeOf } from '../../nix/places.ts';
import { unrecorded } from '../../query/reads.ts';
import { sameItems } from '../../std.ts';
import type { GeneratorBody, GeneratorDefinition } from '../model/generators.ts';
import { type ContentSource, contentOf, isChanged, useSource } from './definition-contents.ts';

export interface DefinitionSource extends ContentSource {
  /** Reads the definition again. Absent before anything can change. */
  readonly again?: () => GeneratorDefinition;
}

/**
 * A definition with what it was read from, which the model itself does not hold. A class for its private fields: tables beside
 * the definitions would be large, and what they hold is only collected as a whole.
 */
class ReadDefinition implements GeneratorDefinition {
  readonly name: string;
  readonly nameKind: NameKind;
  readonly kind: 'full' | 'partial';
  readonly at: Place;
  readonly via: readonly Place[];
  readonly conditional: boolean;
  readonly body: () => GeneratorBody;
  readonly #source: DefinitionSource;
  /** True under a condition that is certainly false. Such a definition is shown in its file, and no machine has it. */
  #isDead: boolean;

  constructor(fields: GeneratorDefinition, source: DefinitionSource, isDead: boolean) {
    this.name = fields.name;
    this.nameKind = fields.nameKind;
    this.kind = fields.kind;
    this.at = fields.at;
    this.via = fields.via;
    this.conditional = fields.conditional;
    this.body = fields.body;
    this.#source = source;
    this.#isDead = isDead;
  }

  static sourceOf(definition: GeneratorDefinition): DefinitionSource | undefined {
    return #source in definition ? definition.#source : undefined;
  }

  static isDead(definition: GeneratorDefinition): boolean {
    return #isDead in definition && definition.#isDead;
  }

  static noteDead(definition: GeneratorDefinition): void {
    if (#isDead in definition) definition.#isDead = true;
  }
}

/** Returns what a definition was read from; undefined for one that stands for unknown ones. */
export const sourceOf = ReadDefinition.sourceOf;

/** Returns whether the definition is under a condition that is certainly false. */
export const isDead = ReadDefinition.isDead;

/** Notes that a definition is under a condition that is certainly false. */
export const noteDead = ReadDefinition.noteDead;

/** Records that the current answer uses a definition that was read for another one. */
export function useDefinition(definition: GeneratorDefinition): void {
  const origin = sourceOf(definition);
  if (origin !== undefined) useSource(origin);
}

/** Returns whether something that a definition was read from has changed since. */
export function isOutdated(definition: GeneratorDefinition): boolean {
  const origin = sourceOf(definition);
  return origin !== undefined && isChanged(origin);
}

/** Returns a definition's body to compare it, which the current answer does not depend on. */
export function comparableBody(definition: GeneratorDefinition): GeneratorBody {
  const origin = sourceOf(definition);
  return origin === undefined ? definition.body() : unrecorded(origin.cx.recorder, definition.body);
}

/** Returns definitions for the current answer, of which those are read again that are outdated. */
export function renewed(definitions: readonly GeneratorDefinition[]): readonly GeneratorDefinition[] {
  const result = definitions.map(definition => {
    const origin = sourceOf(definition);
    if (origin === undefined) return definition;
    if (origin.again === undefined || !isChanged(origin)) {
      useSource(origin);
      return definition;
    }
    const again = origin.again();
    if (isDead(definition)) noteDead(again);
    return again;
  });
  return sameItems(result, definitions) ? definitions : result;
}

/** Returns whether both were read from the same value. At the same place, such definitions have the same contents. */
export function areOfSameValue(left: GeneratorDefinition, right: GeneratorDefinition): boolean {
  const value = sourceValueOf(left);
  return value !== null && value === sourceValueOf(right);
}

/**
 * Returns whether both were read from values of the same kind. What is opaque in itself may still matter for other definitions
 * of the generator: a value that fails changes nothing of them, and one that is unknown may.
 */
export function areOfSameKind(left: GeneratorDefinition, right: GeneratorDefinition): boolean {
  return sourceValueOf(left)?.kind === sourceValueOf(right)?.kind;
}

function sourceValueOf(definition: GeneratorDefinition): Value | null {
  const lazy = sourceOf(definition)?.source.value;
  return lazy === undefined ? null : evaluated(lazy);
}

/** The assignment of a collection of generators. */
export interface Assigned {
  readonly place: Place;
  readonly conditional: boolean;
}

/**
 * Returns the definition in one attribute.
 * @param kind how certain the name is; `null` if that depends on how the attribute is written
 */
export function definition(
  cx: Evaluation,
  name: string,
  kind: NameKind | null,
  entry: Attr,
  { place: assignment, conditional }: Assigned,
): GeneratorDefinition {
  const { at, holds, isPartial, body, source } = contentOf(cx, entry, assignment);
  const fields: GeneratorDefinition = {
    name,
    nameKind: kind ?? (isWrittenAs(entry.at, name) ? 'literal' : 'resolved'),
    kind: isPartial ? 'partial' : 'full',
    at,
    via: viaOf(entry.at, assignment),
    conditional: conditional || entry.optional || holds !== 'always',
    body,
  };
  // A conditional addition may be missing, whereas the defining definition is present whenever the generator is.
  const mayBeMissing = fields.conditional && isPartial;
  const own = mayBeMissing ? { ...source, source: { ...source.source, conditional: true } } : source;
  const again = () => definition(cx, name, kind, entry, { place: assignment, conditional });
  return new ReadDefinition(fields, source.later === null ? own : { ...own, again }, holds === 'never');
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
