/**
 * Joins the sops-nix secrets for rules. The join is repeated only if a file with secrets, or a file other than
 * Nix, has changed.
 */

import type { SecretFacts } from '../../../fleet/model/secrets.ts';
import {
  type FleetSecrets,
  joinSecrets,
  readSecretFiles,
  type SecretFiles,
} from '../../../fleet/secrets/secrets-join.ts';
import { sameItems } from '../../../std.ts';
import { machinesWith } from '../../../store/sops/sops-keys.ts';
import type { StoreContents } from '../../../store/vars/read.ts';
import type { CheckContext, CheckFiles } from '../../rule.ts';

interface Kept {
  readonly implicit: ReadonlyMap<string, readonly string[]>;
  readonly files: SecretFiles;
  facts: readonly SecretFacts[];
  joined: FleetSecrets | null;
}

const byContents = new WeakMap<StoreContents, Kept>();

/** Returns all known secrets, computed once per fleet. */
export function secretsOf({ fleet, sources, stored }: CheckContext): FleetSecrets {
  const kept = keeping(stored(), sources);
  const facts = fleet.secrets;
  if (kept.joined === null || !sameItems(kept.facts, facts)) {
    kept.facts = facts;
    kept.joined = joinSecrets(sources, facts, kept.implicit, kept.files);
  }
  return kept.joined;
}

/** Returns the files other than Nix, as they were read for the join. */
export function secretFilesOf({ sources, stored }: CheckContext): SecretFiles {
  return keeping(stored(), sources).files;
}

function keeping(contents: StoreContents, sources: CheckFiles): Kept {
  let kept = byContents.get(contents);
  if (kept === undefined) {
    kept = { implicit: implicitIn(contents), files: readSecretFiles(sources), facts: [], joined: null };
    byContents.set(contents, kept);
  }
  return kept;
}

/** Returns the secrets that clan declares for the machines they are linked to. */
function implicitIn({ sops }: StoreContents): ReadonlyMap<string, readonly string[]> {
  return new Map(
    sops.secrets.flatMap(secret => {
      const machines = machinesWith(sops, secret.holders());
      return machines.length === 0 ? [] : [[secret.name, machines] as const];
    }),
  );
}
