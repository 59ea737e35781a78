/** Joins the sops-nix secrets for rules. All is read again if a file other than Nix has changed. */

import {
  type FleetSecrets,
  joinSecrets,
  readSecretFiles,
  type SecretFiles,
} from '../../../fleet/secrets/secrets-join.ts';
import { machinesWith } from '../../../store/sops/sops-keys.ts';
import type { StoreContents } from '../../../store/vars/read.ts';
import { derivedFrom } from '../../memory/derived.ts';

/** Returns the files other than Nix, each read once. */
export const secretFilesOf = derivedFrom(({ sources }): SecretFiles => readSecretFiles(sources));

/** Returns all known secrets. */
export const secretsOf = derivedFrom(
  (context): FleetSecrets =>
    joinSecrets(context.sources, context.fleet.secrets, implicitIn(context.stored()), secretFilesOf(context)),
);

/** Returns the secrets that clan declares for the machines they are linked to. */
function implicitIn({ sops }: StoreContents): ReadonlyMap<string, readonly string[]> {
  return new Map(
    sops.secrets.flatMap(secret => {
      const machines = machinesWith(sops, secret.holders());
      return machines.length === 0 ? [] : [[secret.name, machines] as const];
    }),
  );
}
