/**
 * Reads the configuration that a module sets: generators, generators declared through helpers, and modules for users.
 */
import { argumentOf } from '../../modules/modules.ts';
import { definitionsOf } from '../../modules/read.ts';
import { isClosed } from '../../nix/eval/construct.ts';
import type { AttrsValue, Lazy, Origin, Value } from '../../nix/eval/value.ts';
import { dependingOn } from '../../nix/places.ts';
import { readCollection } from '../generators/collections.ts';
import { isDead } from '../generators/definitions.ts';
import { helperSets } from '../generators/helper-options.ts';
import { homeModules } from './home-modules.ts';
import { generatorGap, type ModuleReading } from './reading-state.ts';

/** The paths of the option, in clan-core and in the standalone NixOS module. */
const GENERATORS = [
  ['clan', 'core', 'vars', 'generators'],
  ['vars', 'generators'],
] as const;

/** Reads the configuration of a module. */
export function readConfig(reading: ModuleReading, config: Lazy, certain: boolean): void {
  const { cx, fallback } = reading;
  for (const path of GENERATORS) readOption(reading, config, path, certain, null);
  for (const { value, conditional, never } of definitionsOf(cx, config)) {
    if (value.kind === 'attrs') reading.traces.config(value);
    if (!hasKnownNames(value)) reading.isPlain = false;
    if (value.kind === 'attrs' && !never) readHelper(reading, value, certain && !conditional);
    const home = value.kind === 'attrs' && !never ? value.entries.get('home-manager') : undefined;
    if (home === undefined) continue;
    const sure = certain && !conditional && !home.optional;
    const { imports, definitions } = homeModules(cx, home.value, sure, fallback, reading.nested);
    reading.homes.imports.push(...imports);
    reading.homes.definitions.push(...definitions);
  }
}

/** Returns whether the names of settings are the same for every configuration. */
function hasKnownNames(value: Value): boolean {
  return (
    value.kind === 'attrs' && isClosed(value) && ![...value.entries.values()].some(({ optional }) => optional)
  );
}

/** Reads generators that options of clan-vars-helper declare; the helper assigns them to `vars.generators`. */
function readHelper(reading: ModuleReading, config: AttrsValue, certain: boolean): void {
  const { cx, fallback, specialArgs } = reading;
  const my = config.entries.get('my');
  for (const definition of my === undefined ? [] : definitionsOf(cx, my.value)) {
    const secrets =
      definition.value.kind === 'attrs' && !definition.never
        ? definition.value.entries.get('secrets')
        : undefined;
    if (secrets === undefined) continue;
    const at = secrets.at ?? fallback;
    const missed = (reason: string) => generatorGap(reading, dependingOn(reason), at);
    for (const set of helperSets(cx, secrets.value, argumentOf('config', specialArgs), at, missed)) {
      const collection = readCollection(
        cx,
        set.value,
        at,
        set.conditional || !certain || definition.conditional,
      );
      reading.definitions.push(
        ...collection.definitions.filter(generatorDefinition => !isDead(generatorDefinition)),
      );
    }
  }
}

/** Reads the generators below an option path. */
function readOption(
  reading: ModuleReading,
  lazy: Lazy,
  path: readonly string[],
  certain: boolean,
  at: Origin | null,
): void {
  const { cx, fallback } = reading;
  const [name, ...rest] = path;
  if (name === undefined) {
    const collection = readCollection(cx, lazy, at ?? fallback, !certain);
    reading.definitions.push(...collection.definitions.filter(definition => !isDead(definition)));
    const { names, gaps, isShaped } = collection;
    if (names === null && gaps.length === 0)
      generatorGap(reading, 'there may be more generators', at, isShaped);
    for (const gap of gaps) generatorGap(reading, dependingOn(gap.reason), gap.origin ?? at, isShaped);
    return;
  }
  for (const { value, conditional, never } of definitionsOf(cx, lazy)) {
    if (never) continue;
    if (value.kind === 'unknown') generatorGap(reading, dependingOn(value.reason), value.origin ?? at);
    if (value.kind !== 'attrs') continue;
    const entry = value.entries.get(name);
    if (entry !== undefined)
      readOption(reading, entry.value, rest, certain && !conditional && !entry.optional, entry.at);
    else if (!isClosed(value))
      generatorGap(
        reading,
        value.open ? dependingOn(value.open.reason) : 'there may be more generators',
        value.origin ?? at,
      );
  }
}
