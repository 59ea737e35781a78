/** Reads the generators that the configuration of a module defines. */

import { argumentOf } from '../../modules/modules.ts';
import { definitionsOf } from '../../modules/read.ts';
import { isClosed } from '../../nix/eval/construct.ts';
import type { AttrsValue, Lazy, Origin } from '../../nix/eval/value.ts';
import { dependingOn } from '../../nix/places.ts';
import { isDead, readCollection } from '../generators/definitions.ts';
import { helperSets } from '../generators/helper-options.ts';
import { generatorGap, type ModuleWalk } from './module-walk.ts';

/** Where the option stands, as clan and the module for NixOS alone have it. */
const GENERATORS = [
  ['clan', 'core', 'vars', 'generators'],
  ['vars', 'generators'],
] as const;

/** Reads the generators below clan's option, in each form that it has. */
export function readGenerators(walk: ModuleWalk, config: Lazy, certain: boolean): void {
  for (const path of GENERATORS) readOption(walk, config, path, certain, null);
}

/** Reads generators that the options of clan-vars-helper declare, which defines them below clan's option. */
export function readHelper(walk: ModuleWalk, config: AttrsValue, certain: boolean): void {
  const my = config.entries.get('my');
  for (const definition of my === undefined ? [] : definitionsOf(walk.cx, my.value)) {
    const secrets =
      definition.value.kind === 'attrs' && !definition.never
        ? definition.value.entries.get('secrets')
        : undefined;
    if (secrets === undefined) continue;
    const at = secrets.at ?? walk.fallback;
    const missed = (reason: string) => generatorGap(walk, dependingOn(reason), at);
    for (const set of helperSets(walk.cx, secrets.value, argumentOf('config', walk.given), at, missed)) {
      const found = readCollection(
        walk.cx,
        set.value,
        at,
        set.conditional || !certain || definition.conditional,
      );
      walk.definitions.push(...found.definitions.filter(definition => !isDead(definition)));
    }
  }
}

function readOption(
  walk: ModuleWalk,
  lazy: Lazy,
  path: readonly string[],
  certain: boolean,
  at: Origin | null,
): void {
  const [name, ...rest] = path;
  if (name === undefined) {
    const found = readCollection(walk.cx, lazy, at ?? walk.fallback, !certain);
    walk.definitions.push(...found.definitions.filter(definition => !isDead(definition)));
    if (found.names === null && found.gaps.length === 0)
      generatorGap(walk, 'there may be more generators', at);
    for (const gap of found.gaps) generatorGap(walk, dependingOn(gap.reason), gap.origin ?? at);
    return;
  }
  for (const { value, conditional, never } of definitionsOf(walk.cx, lazy)) {
    if (never) continue;
    if (value.kind === 'unknown') generatorGap(walk, dependingOn(value.reason), value.origin ?? at);
    if (value.kind !== 'attrs') continue;
    const entry = value.entries.get(name);
    if (entry !== undefined)
      readOption(walk, entry.value, rest, certain && !conditional && !entry.optional, entry.at);
    else if (!isClosed(value))
      generatorGap(
        walk,
        value.open ? dependingOn(value.open.reason) : 'there may be more generators',
        value.origin ?? at,
      );
  }
}
