/**
 * The hash by which clan notices that a generator's inputs have changed: SHA-256 of the `validation` option as
 * `builtins.toJSON` writes it. Plain values in, a hash out.
 * Source: clan-core d7c35d912, modules/clan/export-modules/generic-generator.nix.
 */
import { compareBytes } from '../../nix/bytes.ts';
import { hexHash } from '../../nix/hash.ts';

/** A value of the option. Nix integers have 64 bits. */
export type Validation = boolean | bigint | string | { readonly [name: string]: Validation };

/** Returns 64 hexadecimal digits, or `null` if there is no validation. */
export function validationHash(validation: Validation | null): string | null {
  return validation === null ? null : hexHash('sha256', nixJson(validation));
}

function nixJson(value: Validation): string {
  switch (typeof value) {
    case 'string':
      return JSON.stringify(value);
    case 'object': {
      // Nix sorts names by bytes, JavaScript by UTF-16.
      const entries = Object.entries(value).sort(([a], [b]) => compareBytes(a, b));
      return `{${entries.map(([name, inner]) => `${JSON.stringify(name)}:${nixJson(inner)}`).join(',')}}`;
    }
    default:
      return String(value);
  }
}

/** The nesting that the option allows: a set of sets. */
const MAX_DEPTH = 2;

/**
 * Returns the option's value from plain data, or undefined if part of it is unknown, which `null` inside it stands
 * for.
 * @param value undefined if the option is not set
 */
export function validationOf(value: unknown): Validation | null | undefined {
  return value === undefined ? null : plainValue(value, 0);
}

function plainValue(value: unknown, depth: number): Validation | undefined {
  if (typeof value === 'string' || typeof value === 'boolean') return value;
  // A larger number has been rounded on its way here.
  if (typeof value === 'number') return Number.isSafeInteger(value) ? BigInt(value) : undefined;
  if (typeof value !== 'object' || value === null || Array.isArray(value) || depth === MAX_DEPTH)
    return undefined;
  const record: Record<string, Validation> = {};
  for (const [name, inner] of Object.entries(value)) {
    const read = plainValue(inner, depth + 1);
    if (read === undefined) return undefined;
    record[name] = read;
  }
  return record;
}
