/** Reads the script and the validation of a generator. */

import { resolvedDefinition } from '../../modules/priorities.ts';
import { display } from '../../nix/eval/construct.ts';
import type { Lazy } from '../../nix/eval/value.ts';
import type { Place } from '../../nix/places.ts';
import { placeOf } from '../../nix/places.ts';
import type { GeneratorScript } from '../model/generators.ts';
import { isForeignOption } from './generator-options.ts';
import {
  agreed,
  dependsOnMachine,
  isPerhapsMeant,
  type Layer,
  noteAsked,
  optionIn,
  type Reading,
} from './layers.ts';
import { scriptSource } from './script.ts';

export function readScript(reading: Reading, layers: readonly Layer[]): GeneratorScript | null {
  const all = optionIn(reading, layers, 'script');
  const [shown] = all;
  if (shown === undefined) {
    const meant = reading.meant.layerOf('generator', 'script');
    return meant === null ? null : { text: null, source: null, file: null, at: placeOfLayer(meant) };
  }
  noteAsked(reading, all);
  const chosen = resolvedDefinition(all) ?? shown;
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

export function readValidation(reading: Reading, layers: readonly Layer[]): unknown {
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
