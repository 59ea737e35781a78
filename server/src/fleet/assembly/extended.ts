/** Adds to the fleet's own generators what services of clan-core define of the same names. */

import { query } from '../../query/database.ts';
import { groupBy, sameItems } from '../../std.ts';
import { extendedBy, mayExtend } from '../catalogue/extended-generators.ts';
import type { Generator } from '../model/generators.ts';
import type { ClanGenerator } from '../model/services.ts';
import { GENERATORS, mergedGenerator } from './generator-index.ts';
import { CLAN_GENERATORS } from './machine-answers.ts';

const ADDED = query<null, ReadonlyMap<string, readonly ClanGenerator[]>>('added by services', database =>
  groupBy(CLAN_GENERATORS(database, null).filter(mayExtend), ({ name }) => name),
);

const NONE: readonly ClanGenerator[] = [];

/** The generators of one name that services add. */
const ADDED_AS = query<string, readonly ClanGenerator[]>(
  'added by services as',
  (database, name) => ADDED(database, null).get(name) ?? NONE,
  { equals: sameItems },
);

/** A generator that services define as well; null if the fleet has none of that name. */
const EXTENDED = query<string, Generator | null>('extended generator', (database, name) => {
  const generator = mergedGenerator(database, name);
  return generator === null ? null : extendedBy(generator, ADDED_AS(database, name));
});

/** All generators that the fleet declares, sorted by name, each with what services add to it. */
export const EXTENDED_GENERATORS = query<null, readonly Generator[]>(
  'extended generators',
  database => {
    const added = ADDED(database, null);
    const generators = GENERATORS(database, null);
    if (added.size === 0 || !generators.some(({ name }) => added.has(name))) return generators;
    return generators.map(generator =>
      added.has(generator.name) ? (EXTENDED(database, generator.name) ?? generator) : generator,
    );
  },
  { equals: sameItems },
);
