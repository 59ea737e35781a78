/**
 * Compares the actual readers of a secret in the sops backend with the intended ones. Uses links and metadata
 * alone, so the result is independent of the current user.
 */
import { keysFor } from '../../store/sops/sops-keys.ts';
import { recipientDrift } from '../../store/sops/sops-writes.ts';
import { varFolder } from '../../store/vars/changes.ts';
import { type ScannedAccess, scanAccess } from '../../store/vars/scan.ts';
import { several } from '../plan/plan-words.ts';
import { defaultGroupsOf, type SopsAccess } from './access-sops.ts';
import { type Drift, type SecretPlace, UNUSABLE } from './secret-backend.ts';

type RecipientDrift = ReturnType<typeof recipientDrift>;

/** Drifts by scanned access, shared by the many secrets with the same readers. */
export type KnownDrifts = Map<ScannedAccess, RecipientDrift>;

/** Returns the drift of a secret, or null if there is none or the secret is not stored. */
export function sopsDrift(access: SopsAccess, drifts: KnownDrifts, place: SecretPlace): Drift | null {
  const folder = varFolder(access.directory, place.key, place.file);
  const current = access.scanned?.access(folder) ?? scanAccess(access.files, folder);
  const reason = current === null ? null : driftReason(access, drifts, place, current);
  return reason === null ? null : { place, reason, isUnusable: reason.startsWith(UNUSABLE) };
}

/** Returns a clause that follows the secret's name, or null. */
function driftReason(
  access: SopsAccess,
  drifts: KnownDrifts,
  place: SecretPlace,
  current: ScannedAccess,
): string | null {
  const { recipients } = current;
  if (recipients.value === null) return `${UNUSABLE}${recipients.flaw.reason}`;
  const linkReason = linkDriftReason(access, place, current);
  if (linkReason !== null) return linkReason;
  const drift = keyDrift(access, drifts, current, recipients.value);
  if (drift === null) {
    const machines = access.sops().machines.map(({ name }) => name);
    const keyless = linkedMachines(current).filter(name => !machines.includes(name));
    if (keyless.length === 0) return null;
    return `is for ${several('machine', keyless)}, which ${keyless.length === 1 ? 'has' : 'have'} no key`;
  }
  return drift.lacking.length > 0
    ? `is not encrypted to ${drift.lacking.length} of the keys that its links name`
    : `is encrypted to ${drift.extra.length} more keys than its links name`;
}

/** Compares the actual links of a secret with the intended ones. */
function linkDriftReason(
  { directory, groupsOf }: SopsAccess,
  place: SecretPlace,
  current: ScannedAccess,
): string | null {
  const machines = place.deploy ? place.machines : [];
  const linked = linkedMachines(current);
  // Includes files that are uploaded by other means: clan links machines to every deployed secret, whenever it
  // is needed.
  const lacking = machines.filter(name => !linked.includes(name));
  if (lacking.length > 0) return `is not for ${several('machine', lacking)}`;
  const isCertain = place.machinesComplete || !place.deploy;
  const extra = isCertain ? linked.filter(name => !machines.includes(name)) : [];
  if (extra.length > 0) return `is for ${several('machine', extra)}, which should not have it`;
  const groups = current.holders.groups.map(({ name }) => name);
  const missingGroups = defaultGroupsOf(place, groupsOf).filter(name => !groups.includes(name));
  if (missingGroups.length > 0) return `is not for ${several('group', missingGroups)}`;
  for (const kind of HOLDER_KINDS) {
    const dangling = current.holders[kind].find(holder => holder.dangling);
    if (dangling !== undefined) {
      const folder = varFolder(directory, place.key, place.file);
      return `has a broken link (${folder}/${kind}/${dangling.name})`;
    }
  }
  return null;
}

const HOLDER_KINDS = ['users', 'machines', 'groups'] as const;

function linkedMachines({ holders }: ScannedAccess): string[] {
  return holders.machines.map(({ name }) => name);
}

/**
 * Compares the keys of linked readers with the recipients of a file. Cached, because many files have the same
 * ones.
 */
function keyDrift(
  { sops }: SopsAccess,
  drifts: KnownDrifts,
  current: ScannedAccess,
  recipients: readonly string[],
): RecipientDrift {
  const before = drifts.get(current);
  if (before !== undefined) return before;
  const wanted = keysFor(sops(), current.holders);
  const drift = wanted === null ? null : recipientDrift(recipients, [...wanted]);
  drifts.set(current, drift);
  return drift;
}
