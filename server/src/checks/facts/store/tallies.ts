/** Counts how many generators are generated, in the fleet and on each machine. Kept while no state can be different. */

import type { Fleet } from '../../../fleet/model/fleet.ts';
import { query } from '../../../query/database.ts';
import { type StoredState, type Tally, tallyOf } from '../../../store/vars/tally.ts';
import { currentRun } from '../../memory/memory.ts';
import { generatorsByMachine } from '../fleet-facts.ts';
import { clanGeneratorState, clanGeneratorsByMachine } from './clan-states.ts';
import { databaseOf, STATES, type StoredStateInputs, storedStates } from './generated.ts';
import type { StoredStates } from './states.ts';

const FLEET_TALLY = query<null, Tally>('tally of the fleet', database =>
  talliedIn(currentRun(database).watched.fleet, STATES(database, null)),
);

/** Counts all generators of known machines; shared ones count once. */
export function fleetTally(looked: StoredStateInputs): Tally {
  const database = databaseOf(looked);
  return database === null ? talliedIn(looked.fleet, storedStates(looked)) : FLEET_TALLY(database, null);
}

function talliedIn(fleet: Fleet, states: StoredStates): Tally {
  const shared = new Map<string, StoredState>();
  const machineStates: StoredState[] = [];
  for (const generator of fleet.generators) {
    for (const { machine, state } of states.placements(generator))
      if (machine === null) shared.set(generator.name, state);
      else machineStates.push(state);
  }
  for (const [machine, brought] of clanGeneratorsByMachine(fleet))
    for (const generator of brought) {
      const state = clanGeneratorState(generator, states, [machine]);
      if (generator.share === true) shared.set(generator.name, state);
      else machineStates.push(state);
    }
  return tallyOf([...shared.values(), ...machineStates]);
}

const MACHINE_TALLY = query<string, Tally>('tally of a machine', (database, machine) =>
  talliedOn(currentRun(database).watched.fleet, STATES(database, null), machine),
);

/** Counts the generators of a machine. */
export function machineTally(looked: StoredStateInputs, machine: string): Tally {
  return machineTallies(looked)(machine);
}

/** Returns a function that counts the generators of a machine. */
export function machineTallies(looked: StoredStateInputs): (machine: string) => Tally {
  const database = databaseOf(looked);
  if (database !== null) return machine => MACHINE_TALLY(database, machine);
  const states = storedStates(looked);
  return machine => talliedOn(looked.fleet, states, machine);
}

function talliedOn(fleet: Fleet, states: StoredStates, machine: string): Tally {
  const generators = generatorsByMachine(fleet).get(machine) ?? [];
  const brought = clanGeneratorsByMachine(fleet).get(machine) ?? [];
  return tallyOf([
    ...generators.map(generator => states.stateOn(generator, machine)),
    ...brought.map(generator => clanGeneratorState(generator, states, [machine])),
  ]);
}
