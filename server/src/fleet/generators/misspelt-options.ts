/**
 * Handles unknown names among a generator's options. Evaluation fails for them, and a rule reports them. Since the
 * intended option is unknown, nothing is concluded from its absence.
 */
import { type OptionOwner, possibleOption } from './generator-options.ts';
import type { Layer, PossibleOptions, Reading } from './layers.ts';

export const NOTHING_MEANT: PossibleOptions = { of: 'generator', layerOf: () => null };

/** Returns the options that unknown names of a generator may stand for. */
export function meantInGenerator(layers: readonly Layer[]): PossibleOptions {
  return possibleOptionsIn('generator', layers, NOTHING_MEANT);
}

/**
 * Returns the state for reading a file or a prompt, in which unknown names of the generator and of the part itself may
 * stand for options.
 */
export function readingOf(reading: Reading, of: 'file' | 'prompt', layers: readonly Layer[]): Reading {
  return { ...reading, meant: possibleOptionsIn(of, layers, reading.meant) };
}

function possibleOptionsIn(
  of: OptionOwner,
  layers: readonly Layer[],
  outer: PossibleOptions,
): PossibleOptions {
  let meant: Map<string, Layer> | null = null;
  for (const layer of layers) {
    if (layer.value.kind !== 'attrs') continue;
    for (const name of layer.value.entries.keys()) {
      const option = possibleOption(of, name);
      if (option === null) continue;
      meant ??= new Map();
      meant.set(keyOf(option.of, option.name), layer);
    }
  }
  const meantHere = meant;
  return {
    of,
    layerOf: (owner, option) => meantHere?.get(keyOf(owner, option)) ?? outer.layerOf(owner, option),
  };
}

function keyOf(of: OptionOwner, option: string): string {
  return `${of}.${option}`;
}
