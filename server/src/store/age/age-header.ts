/**
 * Reads the header of an age file: a stanza for each recipient, which for SSH keys identifies the key. Decrypts
 * nothing; a recipient `age1…` leaves no trace that could be compared.
 * Source: the age specification (C2SP, age-encryption.org/v1, age-ssh).
 */
import { hexHash } from '../../nix/hash.ts';

export interface Stanza {
  /** `X25519`, `ssh-ed25519`, `ssh-rsa`, …, or the name of a plugin. */
  readonly type: string;
  readonly args: readonly string[];
}

const VERSION = 'age-encryption.org/v1\n';
const ARMOR = /^\s*-----BEGIN AGE ENCRYPTED FILE-----\r?\n([A-Za-z0-9+/=\r\n]*)/;

/**
 * Returns the stanzas of an age file, or `null` if it is not one or its header is truncated.
 * @param start the beginning of the file, one character per byte
 */
export function ageStanzas(start: string): readonly Stanza[] | null {
  const armored = ARMOR.exec(start)?.[1];
  const text = armored === undefined ? start : fromBase64(armored);
  if (!text.startsWith(VERSION)) return null;
  const stanzas: Stanza[] = [];
  for (const line of text.slice(VERSION.length).split('\n')) {
    if (line.startsWith('--- ')) return stanzas;
    if (!line.startsWith('-> ')) continue;
    const [type = '', ...args] = line.slice(3).split(' ');
    stanzas.push({ type, args });
  }
  return null;
}

/** Returns the type and tag that identify an SSH key in a stanza, or `null` for other recipients. */
export function sshTag(recipient: string): { readonly type: string; readonly tag: string } | null {
  const [, type, blob] = /^(ssh-ed25519|ssh-rsa)\s+([A-Za-z0-9+/=]+)/.exec(recipient.trim()) ?? [];
  if (type === undefined || blob === undefined) return null;
  const hash = hexHash(
    'sha256',
    Uint8Array.from(fromBase64(blob), byte => byte.charCodeAt(0)),
  );
  const start = [0, 2, 4, 6].map(at => Number.parseInt(hash.slice(at, at + 2), 16));
  return { type, tag: btoa(String.fromCharCode(...start)).replace(/=+$/, '') };
}

/** Decodes as much of a possibly truncated text as possible, to one character per byte. */
function fromBase64(text: string): string {
  const digits = text.replace(/=[\s\S]*$/, '').replace(/[\r\n]/g, '');
  return atob(digits.length % 4 === 1 ? digits.slice(0, -1) : digits);
}
