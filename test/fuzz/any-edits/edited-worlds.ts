/** The repositories that are edited: random fleets, and all that the tests have otherwise. */
import { readdirSync } from 'node:fs';
import fc from 'fast-check';
import { estate } from '../../../bench/fleet/estate.mjs';
import { FLEET } from '../../fleet/many-machines.ts';
import { fleetsInParts, moduleOfHoles } from '../half-unknown.ts';
import { fleets, UNKNOWN_MODULES } from '../unknown-modules.ts';
import { exampleWorlds, filesBelow, secretWorlds, templateWorlds, type World } from '../worlds.ts';

const world = (title: string, files: Readonly<Record<string, string>>): World => ({
  title,
  files,
  links: {},
});

const ESTATE = world('a small estate', Object.fromEntries(estate(3, { vars: true }).files));
const MANY = world('many machines', FLEET);
const REAL = ['examples/fleet', 'examples/broken-fleet', 'test/mini-fleet/fleet'].map(folder =>
  world(folder, filesBelow(folder)),
);
const ORACLE = readdirSync(new URL('../../oracle/fleets', import.meta.url)).map(name =>
  world(name, filesBelow(`test/oracle/fleets/${name}`)),
);

/** Fleets of three machines with generators, uses, secrets and stored files, and a module of which little is known. */
const random: fc.Arbitrary<World> = fleets.chain(fleetOf =>
  fc
    .option(
      fc.oneof(
        fc.constantFrom(...Object.values(UNKNOWN_MODULES)),
        moduleOfHoles.map(text => `(${text})`),
      ),
    )
    .map(more => world('a random fleet', fleetOf(more))),
);

const inParts: fc.Arbitrary<World> = fc
  .tuple(fleetsInParts, fc.integer({ min: 1, max: 7 }))
  .map(([partsOf, every]) =>
    world(
      'a random fleet in parts',
      partsOf(index => every === 1 || index % every !== 0),
    ),
  );

export const editedWorlds: fc.Arbitrary<World> = fc.oneof(
  { weight: 5, arbitrary: random },
  { weight: 4, arbitrary: inParts },
  { weight: 6, arbitrary: fc.constantFrom(...exampleWorlds) },
  { weight: 1, arbitrary: fc.constantFrom(...secretWorlds, ...templateWorlds) },
  { weight: 2, arbitrary: fc.constantFrom(...ORACLE) },
  { weight: 3, arbitrary: fc.constant(MANY) },
  { weight: 1, arbitrary: fc.constantFrom(...REAL, ESTATE) },
);
