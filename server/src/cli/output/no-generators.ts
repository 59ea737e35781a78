/** Explains why a fleet has nothing to generate or to verify. */
import type { Fleet } from '../../fleet/model/fleet.ts';

/** Returns a clause with the reason and possible advice: `no machine of this fleet has a generator. …` */
export function noGeneratorsMessage(fleet: Fleet): string {
  if (fleet.machines.length === 0 && !fleet.machinesComplete)
    return 'no machine of this repository can be determined without Nix.';
  if (fleet.machines.length === 0 && fleet.generators.length > 0)
    return 'this repository declares generators, but no machine that has them.';
  if (fleet.generators.length > 0 || fleet.clanGenerators.length > 0)
    return 'no machine of this fleet has a generator that is known without Nix.';
  const keepers = new Set(fleet.secrets.flatMap(secret => secret.definitions.map(({ keeper }) => keeper)));
  if (!fleet.isClan && keepers.size > 0)
    return `this fleet keeps its secrets with ${keepers.has('sops') ? 'sops-nix' : 'agenix'}${keepers.size > 1 ? ' and agenix' : ''}, and declares no generators. \`varsmith inspect\` lists the secrets.`;
  return 'no machine of this fleet has a generator. `varsmith new generator` writes the first.';
}
