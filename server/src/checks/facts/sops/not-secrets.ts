/**
 * Recognises files that hold no secrets, whatever a declaration says of them: configurations, locks, public keys. Encrypting one
 * of them in place would break what reads it.
 */
import { folderOf } from '../../../nix/eval/paths.ts';
import type { CheckFiles } from '../../rule.ts';
import { startOf } from './agenix-rules.ts';

type Kind = readonly [pattern: RegExp, what: string];

const SOPS_CONFIG: Kind = [/^\.sops\.ya?ml$/, 'the configuration of sops'];

const NAMES: readonly Kind[] = [
  SOPS_CONFIG,
  [/^secrets\.nix$/, 'the rules of agenix'],
  [/\.nix$/, 'Nix code'],
  [/^flake\.lock$/, 'the lock of the flake'],
  [/^varsmith\.json$/, 'the settings of Varsmith'],
  [/^\.git(keep|ignore|attributes|modules)$/, 'a file for Git'],
  [/^\.(keep|editorconfig)$/, 'a file without contents of its own'],
  [/\.pub$/, 'a public key'],
  [/^readme(\.\w+)?$/i, 'documentation'],
];

const CONTENTS: readonly Kind[] = [
  [/^creation_rules\s*:/m, 'a configuration of sops'],
  [/^(ssh-(ed25519|rsa)|ecdsa-sha2-\S+) AAAA\S+/, 'a public key'],
  [/^age1[a-z0-9]{50,}\s*$/, 'a public key'],
  [/^AGE-SECRET-KEY-/m, 'a private key of age'],
];

/** Matches what only an encrypted file contains; the configuration of sops is one for nobody. */
const ENCRYPTED =
  /\bENC\[AES256_GCM,|^\s*(age-encryption\.org\/|-----BEGIN )|^(\0GITCRYPT|version https:\/\/git-lfs)/;

/** Returns a description of a file that certainly is no file of secrets, or null. */
export function notSecrets(sources: CheckFiles, path: string): string | null {
  const folder = folderOf(path);
  const name = folder === '' ? path : path.slice(folder.length + 1);
  const start = startOf(sources, path) ?? '';
  const named = NAMES.find(([pattern]) => pattern.test(name));
  if (ENCRYPTED.test(start)) return named === SOPS_CONFIG ? named[1] : null;
  return (named ?? CONTENTS.find(([pattern]) => pattern.test(start)))?.[1] ?? null;
}
