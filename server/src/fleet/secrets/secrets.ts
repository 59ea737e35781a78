/**
 * Finds texts and offsets that may concern sops-nix and agenix secrets, which are kept beside the vars; the
 * neighbouring `secrets-*.ts` read them as plain data. No file of this room decrypts anything or keeps a secret's
 * value.
 *
 * Sources: sops-nix 56b2406 (modules/sops, modules/home-manager, pkgs/sops-install-secrets), agenix' `age.secrets` and
 * `secrets.nix`, agenix-rekey's `rekeyFile`.
 */

const MENTIONS = /\bsops\b(?!-)|\bage\s*[.=]|\bpublicKeys\b/;

/** Returns false for a text that certainly does not concern sops-nix or agenix. */
export function mentionsSecrets(text: string): boolean {
  return MENTIONS.test(text);
}

/** Words around which a walk looks (see `prefilterOf`). */
const WORDS = /\bsops\b|\bage\b/g;

/** Returns the offsets of these words in a text. */
export function secretPlaces(text: string): number[] {
  return [...text.matchAll(WORDS)].map(match => match.index);
}
