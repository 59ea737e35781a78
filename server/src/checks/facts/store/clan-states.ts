/** Finds what is stored of generators that no file declares: those that services of clan-core certainly bring. */

import type { Fleet } from '../../../fleet/model/fleet.ts';
import type { ClanGenerator } from '../../../fleet/model/services.ts';
import { addToList, isAmong } from '../../../std.ts';
import { type StoredState, stateOfFiles } from '../../../store/vars/tally.ts';
import { derived } from '../../memory/derived.ts';
import { factsOf } from '../fleet-facts.ts';
import type { StoredStates } from './states.ts';

/**
 * Returns the generators that services certainly bring, and all that Nix says machines have. Others of core modules are on
 * every machine and of no interest to people.
 */
export function broughtGenerators(fleet: Fleet): readonly ClanGenerator[] {
  const isEvaluated = (machine: string) => fleet.nix?.isEvaluated(machine) === true;
  return fleet.clanGenerators.filter(
    ({ isPattern, certain, service, machines }) =>
      !isPattern && certain && (service !== null || machines?.some(isEvaluated) === true),
  );
}

/** The generators that are brought to each machine, but those that the machine's modules declare as well. */
export const clanGeneratorsByMachine = derived(
  (fleet: Fleet): ReadonlyMap<string, readonly ClanGenerator[]> => {
    const { generators } = factsOf(fleet);
    const byMachine = new Map<string, ClanGenerator[]>();
    for (const generator of broughtGenerators(fleet)) {
      const { machines, name } = generator;
      const declared = generators.get(name) ?? [];
      for (const machine of machines ?? []) {
        const isDeclared = declared.some(own => own.machines !== null && isAmong(own.machines, machine));
        const others = byMachine.get(machine) ?? [];
        // Several instances may bring the same one.
        if (!isDeclared && !others.some(other => other.name === name))
          addToList(byMachine, machine, generator);
      }
    }
    return byMachine;
  },
);

/**
 * Returns the state of such a generator in some placements.
 * @param owners machines, or null for what is shared
 */
export function clanGeneratorState(
  { name, files, share }: ClanGenerator,
  states: StoredStates,
  owners: readonly (string | null)[] | null,
): StoredState {
  // Settings that are not known may determine which files exist.
  if (share === null || owners === null || files.some(({ certain }) => !certain)) return 'unknown';
  const stored = (share ? [null] : owners).flatMap(owner =>
    files.map(file => {
      const nameKind = file.name.includes('${') ? 'pattern' : 'literal';
      return states.isStored(name, share, owner, { ...file, nameKind, conditional: false });
    }),
  );
  const [only, ...others] = owners;
  const isOutdated = states.outdatedBy(name, others.length === 0 ? (only ?? null) : null) !== null;
  const state = stateOfFiles(stored, isOutdated);
  const isClosed = (machine: string | null) =>
    machine !== null && files.some(file => states.isUnreadable(name, share, machine, file));
  return state === 'present' && owners.some(isClosed) ? 'unreadable' : state;
}
