/**
 * Secrets that sops-nix and agenix keep beside the vars, as plain data: what Nix declares of them, where they are
 * used, and who may read them. Built by the neighbouring `secrets-*.ts`; nothing here is ever decrypted, and no
 * value of a secret is kept.
 *
 * Sources: sops-nix 56b2406 (modules/sops, modules/home-manager, pkgs/sops-install-secrets), agenix' `age.secrets`
 * and `secrets.nix`, agenix-rekey's `rekeyFile`.
 */

const MENTIONS = /\bsops\b(?!-)|\bage\s*[.=]|\bpublicKeys\b/;

/** False for a text that certainly has nothing to do with either. */
export function mentionsSecrets(text: string): boolean {
  return MENTIONS.test(text);
}

/** Words at which a walk has to look (see `interestOf`). */
const WORDS = /\bsops\b|\bage\b/g;

/** Offsets of what is of interest in a text. */
export function secretPlaces(text: string): number[] {
  return [...text.matchAll(WORDS)].map(match => match.index);
}
