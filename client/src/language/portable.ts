/** What Node and a browser have under different names, in the form that both have. */

/** For a page's own script: nobody can guess it. */
export function nonce(): string {
  return globalThis.crypto.randomUUID().replaceAll('-', '');
}

export function bytesOfBase64(text: string): Uint8Array {
  return Uint8Array.from(atob(text), character => character.charCodeAt(0));
}
