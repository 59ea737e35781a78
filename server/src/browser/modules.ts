/**
 * What a browser hands to the bundle of the programs in the place of Node's modules: paths and hashes, which the analysis
 * uses. Everything else may be named, and fails when it is used: nothing that a browser asks for comes to it.
 */
import { md5, sha1 } from '@noble/hashes/legacy.js';
import { sha256, sha512 } from '@noble/hashes/sha2.js';
import * as path from './path.ts';

const HASHES = { md5, sha1, sha256, sha512 };

const crypto = {
  createHash(name: keyof typeof HASHES) {
    const hash = HASHES[name].create();
    return {
      update(data: string | Uint8Array) {
        hash.update(typeof data === 'string' ? new TextEncoder().encode(data) : data);
        return this;
      },
      digest: (_encoding: 'hex') =>
        Array.from(hash.digest(), byte => byte.toString(16).padStart(2, '0')).join(''),
    };
  },
};

const MODULES: Readonly<Record<string, object>> = { path, 'path/posix': path, crypto };

/** @param id with or without `node:` */
export function requireInBrowser(id: string): unknown {
  const name = id.replace(/^node:/, '');
  return MODULES[name] ?? absent(name);
}

/** A module of which any name can be taken, and none be called. */
function absent(name: string): unknown {
  const refuse = () => {
    throw new Error(`A browser has no ${name}: this needs the desktop.`);
  };
  return new Proxy({}, { get: (_, member) => (member === '__esModule' ? undefined : refuse) });
}
