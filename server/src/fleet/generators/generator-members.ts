/** Reads the files and prompts of a generator. */

import { weighed } from '../../modules/priorities.ts';
import type { NameKind } from '../../modules/read.ts';
import { readBool, readText } from '../../modules/read.ts';
import { display } from '../../nix/eval/construct.ts';
import type { Evaluation } from '../../nix/eval/evaluation.ts';
import type { Attr, Lazy } from '../../nix/eval/value.ts';
import type { Place } from '../../nix/places.ts';
import { placeOf } from '../../nix/places.ts';
import type { GeneratorFile, GeneratorPrompt } from '../model/generators.ts';
import {
  isOpen,
  isPerhapsMeant,
  type Layer,
  layerOf,
  layersOf,
  optionIn,
  optionOr,
  type Reading,
  withGeneratorCondition,
} from './layers.ts';
import { readingOf } from './misspelt-options.ts';

/** The layers of one file or prompt. */
export interface Named {
  readonly name: string;
  readonly kind: NameKind;
  readonly at: Place;
  readonly layers: readonly Layer[];
  /** True if every layer is under an unknown condition. */
  readonly conditional: boolean;
}

/** Returns the members of `files` or `prompts`. */
export function namedIn(reading: Reading, layers: readonly Layer[], option: string): Named[] {
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
    return { name, kind, at, conditional, layers: layersOf(reading, withGeneratorCondition(all, false)) };
  });
}

export function readFile(around: Reading, { name, kind, at, layers, conditional }: Named): GeneratorFile {
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

export function readPrompt(around: Reading, { name, at, layers }: Named): GeneratorPrompt {
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
export function promptFile(
  { hasDefaults }: Reading,
  prompt: GeneratorPrompt,
  conditional: boolean,
): GeneratorFile {
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
