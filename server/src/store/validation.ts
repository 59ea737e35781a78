/**
 * The hash by which clan tells that the inputs of a generator have changed: SHA-256 over the `validation` option as
 * `builtins.toJSON` writes it. Plain values in, a hash out.
 *
 * Source: clan-core d7c35d912, modules/clan/export-modules/generic-generator.nix.
 */
import { createHash } from 'node:crypto';

/** What the option may hold; integers are 64-bit in Nix. */
export type Validation = boolean | bigint | string | { readonly [name: string]: Validation };

/** @returns 64 hexadecimal digits; null where nothing is validated */
export function validationHash(validation: Validation | null): string | null {
  return validation === null ? null : createHash('sha256').update(nixJson(validation)).digest('hex');
}

function nixJson(value: Validation): string {
  switch (typeof value) {
    case 'string':
      return JSON.stringify(value);
    case 'object': {
      // Nix sorts names by their bytes, JavaScript by UTF-16.
      const entries = Object.entries(value).sort(([a], [b]) =>
        Buffer.compare(Buffer.from(a), Buffer.from(b)),
      );
      return `{${entries.map(([name, inner]) => `${JSON.stringify(name)}:${nixJson(inner)}`).join(',')}}`;
    }
    default:
      return String(value);
  }
}
