/**
 * Merges the options of a generator, a file or a prompt from several definitions. Does not know which options exist;
 * see `generator.ts`.
 */

import {
  resolveByPriority,
  resolvedDefinition,
  type WeightedDefinition,
  weighed,
} from '../../modules/priorities.ts';
import { isClosed } from '../../nix/eval/construct.ts';
import type { Evaluation } from '../../nix/eval/evaluation.ts';
import type { AttrsValue, Lazy, Value } from '../../nix/eval/value.ts';
import type { Place } from '../../nix/places.ts';
import { placeOf } from '../../nix/places.ts';
import { groupBy } from '../../std.ts';
import type { OptionOwner } from './generator-options.ts';

/** One of the values that define a generator, a file or a prompt, with a place for values that have none. */
export interface Layer extends WeightedDefinition {
  readonly fallback: Place;
  /** The index of the source. If no machine may have two of the sources, none of them takes precedence. */
  readonly source: number;
}

/** Returns a definition as a layer of the value that it belongs to. */
export function layerOf(
  { value, priority, conditional }: WeightedDefinition,
  fallback: Place,
  source: number,
): Layer {
  return { value, priority, conditional, fallback, source };
}

/** Options that unknown names may stand for. */
export interface PossibleOptions {
  /** The kind of thing that is being read. */
  readonly of: OptionOwner;
  /** Returns the layer with a name that may stand for the option; null if there is none. */
  readonly layerOf: (of: OptionOwner, option: string) => Layer | null;
}

/** The state of reading a generator. */
export interface Reading {
  readonly cx: Evaluation;
  complete: boolean;
  /** Records whether any value depends on the machine; shared by all parts of one generator. */
  hasDefaults: boolean;
  /** Whether a value depends on the machine; shared by all parts of one generator. */
  readonly asked: { machine: boolean };
  meant: PossibleOptions;
}

/** Returns whether an option may be set under a misspelt name. */
export function isPerhapsMeant({ meant }: Reading, option: string): boolean {
  return meant.layerOf(meant.of, option) !== null;
}

export function isOpen(set: AttrsValue): boolean {
  if (!isClosed(set)) return true;
  for (const entry of set.entries.values()) if (entry.optional) return true;
  return false;
}

/**
 * Replaces the conditions of layers by that of their generator: a single definition exists whenever the generator does.
 */
export function withGeneratorCondition(all: readonly Layer[], conditional: boolean): readonly Layer[] {
  if (all.length > 1 && !conditional) return all;
  if (all.every(layer => layer.conditional === conditional)) return all;
  return all.map(layer => ({ ...layer, conditional }));
}

/** Returns the definitions that take effect. For an unknown value, its candidates are added as guesses. */
export function layersOf(reading: Reading, all: readonly Layer[]): readonly Layer[] {
  const [only] = all;
  // The usual case: one set without conditions.
  if (only === undefined || (all.length === 1 && !only.conditional && only.value.kind === 'attrs'))
    return all;
  const settled = bySource(all).map(resolveByPriority);
  let remaining = settled.flatMap(candidate => candidate.remaining);
  if (new Set(remaining.map(layer => layer.priority)).size > 1) {
    remaining = remaining.map(layer => ({ ...layer, conditional: true }));
    reading.complete = false;
  }
  if (!settled.every(candidate => candidate.certain)) reading.complete = false;
  return remaining.flatMap(layer => {
    if (layer.value.kind === 'attrs') return [layer];
    reading.complete = false;
    if (layer.value.kind !== 'unknown') return [];
    const guesses = (layer.value.candidates ?? []).map(candidate => reading.cx.force(candidate));
    return [
      layer,
      ...guesses
        .filter(value => value.kind === 'attrs')
        .map(value => ({ ...layer, value, conditional: guesses.length > 1 || layer.conditional })),
    ];
  });
}

function bySource(all: readonly Layer[]): (readonly Layer[])[] {
  const [first] = all;
  if (first === undefined) return [];
  if (all.every(layer => layer.source === first.source)) return [all];
  return [...groupBy(all, layer => layer.source).values()];
}

/** Returns all definitions of an option. */
export function optionIn({ cx }: Reading, layers: readonly Layer[], option: string): readonly Layer[] {
  let definitions: Layer[] | null = null;
  for (const { value, conditional, fallback, source } of layers) {
    const entry = value.kind === 'attrs' ? value.entries.get(option) : undefined;
    if (entry === undefined) continue;
    definitions ??= [];
    const at = entry.at === null ? fallback : placeOf(entry.at);
    for (const candidate of weighed(cx, entry.value, conditional || entry.optional))
      definitions.push({
        value: candidate.value,
        priority: candidate.priority,
        conditional: candidate.conditional,
        fallback: at,
        source,
      });
  }
  return definitions ?? NO_LAYERS;
}

/** Shared by options that are not set, which are most. */
const NO_LAYERS: readonly Layer[] = [];

/** Returns the value of an option, or its default if it is certainly not set; null if unknown. */
export function optionOr<T>(
  reading: Reading,
  layers: readonly Layer[],
  name: string,
  fallback: T,
  read: (cx: Evaluation, lazy: Lazy) => T | null,
): T | null {
  const all = optionIn(reading, layers, name);
  if (all.length === 0)
    return reading.hasDefaults &&
      !isPerhapsMeant(reading, name) &&
      layers.every(({ value }) => value.kind === 'attrs' && isClosed(value))
      ? fallback
      : null;
  noteAsked(reading, all);
  return agreed(all, layer => read(reading.cx, layer.value));
}

/** Notes whether values of an option depend on the machine. */
export function noteAsked({ asked }: Reading, all: readonly Layer[]): void {
  if (!asked.machine && all.some(({ value }) => dependsOnMachine(value))) asked.machine = true;
}

/** Matches keys of values that depend on the machine. A long key is shortened to a hash, which may be any value. */
const OF_MACHINE = /^sha1:|\b(?:config|osConfig|nixosConfig|darwinConfig|stdenv|hostPlatform)\b/;

/** Returns whether a value is unknown and may be decided by a machine's configuration or platform. */
export function dependsOnMachine(value: Value): boolean {
  if (value.kind === 'unknown') return OF_MACHINE.test(value.key);
  return (
    value.kind === 'string' &&
    value.text === null &&
    value.pieces.some(piece => 'hole' in piece && OF_MACHINE.test(piece.hole.key))
  );
}

/** Returns the value of an option that has a single value, if all sources agree on it; null otherwise. */
export function agreed<T>(all: readonly Layer[], read: (layer: Layer) => T | null): T | null {
  const [only] = all;
  if (only !== undefined && all.length === 1) return only.conditional ? null : read(only);
  const values = bySource(all).map(list => {
    const layer = resolvedDefinition(list);
    return layer === null ? null : read(layer);
  });
  const [first = null] = values;
  return values.every(value => JSON.stringify(value) === JSON.stringify(first)) ? first : null;
}

const NO_ITEMS = { items: [], complete: true };
const OPEN_ITEMS = { items: [], complete: false };

/** Returns the items of a list option, including those that may not apply. */
export function itemsOf(reading: Reading, layers: readonly Layer[], option: string) {
  const all = optionIn(reading, layers, option);
  const [only] = all;
  const isMeant = isPerhapsMeant(reading, option);
  if (only === undefined) return isMeant ? OPEN_ITEMS : NO_ITEMS;
  if (!isMeant && all.length === 1 && !only.conditional && only.value.kind === 'list') {
    const { value, fallback } = only;
    return { items: value.items.map(item => ({ item, fallback })), complete: true };
  }
  const settled = bySource(all).map(resolveByPriority);
  const remaining = settled.flatMap(candidate => candidate.remaining);
  const certain =
    !isMeant &&
    settled.every(candidate => candidate.certain) &&
    new Set(remaining.map(layer => layer.priority)).size < 2;
  const items = remaining.flatMap(({ value, fallback }) =>
    value.kind === 'list' ? value.items.map(item => ({ item, fallback })) : [],
  );
  return { items, complete: certain && remaining.every(({ value }) => value.kind === 'list') };
}
