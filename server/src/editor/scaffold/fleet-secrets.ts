/** Joins the sops-nix and agenix secrets of a fleet without caching, for rare requests. */
import { type FleetSecrets, joinSecrets } from '../../fleet/secrets/secrets-join.ts';
import { implicitByName, readSops } from '../../store/sops/sops-keys.ts';
import type { ScaffoldSources } from './scaffold.ts';

export function fleetSecrets({ fleet, files }: ScaffoldSources): FleetSecrets {
  const machines = fleet.machines.map(machine => machine.name);
  const implicit = implicitByName(readSops(files, fleet.directory ?? ''), machines);
  return joinSecrets(files, fleet.secrets, implicit);
}
