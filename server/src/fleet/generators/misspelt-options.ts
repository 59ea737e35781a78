/**
 * Options that a generator sets under a name that is none. Evaluating it fails, and a rule says so; what its author
 * wanted of the option meant is not known, so that nothing is concluded from its absence.
 */
import { type OptionOwner, perhapsMeant } from '../options/generator-options.ts';
import type { Layer, MeantOptions, Reading } from './layers.ts';

export const NOTHING_MEANT: MeantOptions = { of: 'generator', layerOf: () => null };

/** Returns what names in a generator's sets of options may stand for. */
export function meantInGenerator(layers: readonly Layer[]): MeantOptions {
  return meantIn('generator', layers, NOTHING_MEANT);
}

/** Returns how a file or a prompt of a generator is read: names around it and in it may stand for its options. */
export function readingOf(reading: Reading, of: 'file' | 'prompt', layers: readonly Layer[]): Reading {
  return { ...reading, meant: meantIn(of, layers, reading.meant) };
}

function meantIn(of: OptionOwner, layers: readonly Layer[], outer: MeantOptions): MeantOptions {
  let meant: Map<string, Layer> | null = null;
  for (const layer of layers) {
    if (layer.value.kind !== 'attrs') continue;
    for (const name of layer.value.entries.keys()) {
      const option = perhapsMeant(of, name);
      if (option === null) continue;
      meant ??= new Map();
      meant.set(keyOf(option.of, option.name), layer);
    }
  }
  const own = meant;
  return {
    of,
    layerOf: (owner, option) => own?.get(keyOf(owner, option)) ?? outer.layerOf(owner, option),
  };
}

function keyOf(of: OptionOwner, option: string): string {
  return `${of}.${option}`;
}
