/**
 * Classifies age recipients and identities by their text alone: those supported in this process, and those that need
 * the `age` command. Knows nothing of files or encryption.
 * Source: getsops/sops 15e36f97a, age/keysource.go; the age specification (bech32, plugins).
 */

export type RecipientKind = 'native' | 'plugin' | 'ssh' | 'unknown';

/** Returns the kind of a recipient. `native` ones (X25519, hybrid, tagged) need no other program. */
export function recipientKind(recipient: string): RecipientKind {
  if (/^ssh-(ed25519|rsa) [A-Za-z0-9+/=]+( .*)?$/.test(recipient)) return 'ssh';
  // Bech32 data never contains "1", so the last one ends the prefix.
  const prefix = /^(age[a-z0-9._+-]*?)1[ac-hj-np-z02-9]+$/.exec(recipient)?.[1];
  if (prefix === undefined) return 'unknown';
  if (prefix === 'age' || prefix === 'age1pq' || prefix === 'age1tag' || prefix === 'age1tagpq')
    return 'native';
  return prefix.startsWith('age1') && prefix.length > 4 ? 'plugin' : 'unknown';
}

/** A key that decrypts files for a recipient. `secret` and `pem` must never reach a message or a log. */
export type Identity =
  | { readonly kind: 'native'; readonly source: string; readonly secret: string }
  | {
      readonly kind: 'plugin';
      readonly source: string;
      readonly secret: string;
      /** The plugin's command is `age-plugin-<name>`. */
      readonly plugin: string;
      /** The recipient in the comment on the line before, or `null` if there is none. */
      readonly recipient: string | null;
    }
  | { readonly kind: 'ssh'; readonly source: string; readonly pem: string }
  /** A key file that is protected by a passphrase. */
  | { readonly kind: 'locked'; readonly source: string };

/** A line of a key file that is not an identity. Its text is left out, as it may be part of a key. */
export interface IdentityProblem {
  readonly source: string;
  /** 1-based line number, or 0 for the whole file. */
  readonly line: number;
  readonly message: string;
}

export interface ParsedIdentities {
  readonly identities: readonly Identity[];
  readonly problems: readonly IdentityProblem[];
}

const BECH32 = '[AC-HJ-NP-Z02-9]+';
const NATIVE = new RegExp(`^AGE-SECRET-KEY-(PQ-)?1${BECH32}$`);
const PLUGIN = new RegExp(`^AGE-PLUGIN-([A-Z0-9._+-]+)-1${BECH32}$`);

/**
 * Returns the identities in the text of a key file or of a variable.
 * @param source its name in messages: a path or the name of a variable
 */
export function parseIdentities(text: string, source: string): ParsedIdentities {
  const whole = text.trim();
  if (/^-----BEGIN (OPENSSH|RSA|EC|DSA) PRIVATE KEY-----/.test(whole))
    return { identities: [{ kind: 'ssh', source, pem: text }], problems: [] };
  if (whole.startsWith('-----BEGIN AGE ENCRYPTED FILE-----') || whole.startsWith('age-encryption.org/v1'))
    return { identities: [{ kind: 'locked', source }], problems: [] };

  const identities: Identity[] = [];
  const problems: IdentityProblem[] = [];
  let recipient: string | null = null;
  for (const [index, raw] of text.split('\n').entries()) {
    const line = raw.trim();
    if (line === '') continue;
    if (line.startsWith('#')) {
      recipient = /^#\s*(?:recipient|public key):\s*(\S+)\s*$/i.exec(line)?.[1] ?? recipient;
      continue;
    }
    const plugin = PLUGIN.exec(line)?.[1];
    if (NATIVE.test(line)) identities.push({ kind: 'native', source, secret: line });
    else if (plugin !== undefined)
      identities.push({ kind: 'plugin', source, secret: line, plugin: plugin.toLowerCase(), recipient });
    else
      problems.push({
        source,
        line: index + 1,
        message: `${source}, line ${index + 1}: not an age identity (AGE-SECRET-KEY-1… or AGE-PLUGIN-…)`,
      });
    recipient = null;
  }
  return { identities, problems };
}
