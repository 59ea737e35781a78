/**
 * Compares the actual readers of a secret in the age backend with the intended ones, as far as notes tell.
 * Decrypts nothing.
 */
import { ageRecipients, ageSecretPath } from '../../store/age/age-writes.ts';
import { recipientDrift } from '../../store/sops/sops-writes.ts';
import { StoreFailure } from '../../store/store-failure.ts';
import { below } from '../../store/vars/files.ts';
import { ageFlaw } from '../../store/vars/metadata.ts';
import { type AgeAccess, notedRecipients } from './access-age.ts';
import { type Drift, type SecretPlace, UNUSABLE } from './secret-backend.ts';

/** Returns the drift of a secret, or null if there is none or the secret is not stored. */
export function ageDrift(access: AgeAccess, place: SecretPlace): Drift | null {
  const reason = driftReason(access, place);
  return reason === null ? null : { place, reason, isUnusable: reason.startsWith(UNUSABLE) };
}

/**
 * Returns the keys that a secret should be encrypted to. If unknown machines may declare it, machines that have
 * it keep it.
 *
 * @throws StoreFailure if the configuration does not determine them
 */
export function wantedRecipients(access: AgeAccess, place: SecretPlace): readonly string[] {
  const { files, directory, keys, admins } = access;
  const wanted = ageRecipients(place, keys(), admins());
  if (place.machinesComplete || !place.deploy) return wanted;
  const ofMachines = new Set(keys().machines.map(machine => machine.publicKey()));
  const noted = notedRecipients(files, ageSecretPath(directory, place)) ?? [];
  return [...new Set([...wanted, ...noted.filter(key => ofMachines.has(key))])].sort();
}

/** Returns a clause that follows the secret's name, or null. */
function driftReason(access: AgeAccess, place: SecretPlace): string | null {
  const { files, directory } = access;
  const path = ageSecretPath(directory, place);
  const text = files.text(path);
  if (text === null) return null;
  const flaw = ageFlaw(text);
  if (flaw !== null) return `${UNUSABLE}${flaw.reason}`;
  const replaced = access.replaced();
  const planted = place.deploy ? place.machines.find(name => replaced.has(name)) : undefined;
  if (planted !== undefined)
    return `is for machine ${planted}, whose public key was replaced: its private key belongs to ${replaced.get(planted)}, so restore that in ${below(directory, 'secrets/age-keys/machines')}/${planted}/pub`;
  const noted = notedRecipients(files, path);
  // A secret of a single machine is for that machine and has no note to compare.
  if (noted === null)
    return place.key.startsWith('shared/') || !place.deploy ? 'has no note of whom it is for' : null;
  try {
    const drift = recipientDrift(noted, wantedRecipients(access, place));
    if (drift === null) return null;
    return drift.lacking.length > 0
      ? `is not encrypted to ${drift.lacking.length} of those it is for`
      : `is encrypted to ${drift.extra.length} more than those it is for`;
  } catch (error) {
    if (!(error instanceof StoreFailure)) throw error;
    return `cannot be compared: ${error.message}`;
  }
}
