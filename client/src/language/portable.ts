/** Functions that Node and browsers provide under different names. */

/** Returns an unguessable value for the content security policy of a page. */
export function nonce(): string {
  return globalThis.crypto.randomUUID().replaceAll('-', '');
}

export function bytesOfBase64(text: string): Uint8Array {
  return Uint8Array.from(atob(text), character => character.charCodeAt(0));
}
