/**
 * Converts plain scalars of YAML and JSON to the bytes that sops hashes and encrypts. Knows only the text of a single
 * scalar.
 * Source: go-yaml v3 (resolve.go) and getsops/sops 15e36f97a, sops.go (ToBytes).
 */

export type ScalarType = 'str' | 'int' | 'float' | 'bool' | 'time' | 'null';

export interface Scalar {
  readonly type: ScalarType;
  /** `null` for null. */
  readonly bytes: Buffer | null;
}

export function stringScalar(text: string): Scalar {
  return { type: 'str', bytes: Buffer.from(text, 'utf8') };
}

const INT64_MIN = -(2n ** 63n);
const UINT64_MAX = 2n ** 64n - 1n;

/**
 * Returns the type and bytes of a scalar.
 * @param text a plain (unquoted) scalar
 */
export function plainScalar(text: string, format: 'json' | 'yaml'): Scalar {
  if (format === 'json' ? text === 'null' : /^(~|null|Null|NULL|)$/.test(text))
    return { type: 'null', bytes: null };
  if (/^(true|True|TRUE)$/.test(text)) return of('bool', 'True');
  if (/^(false|False|FALSE)$/.test(text)) return of('bool', 'False');
  const int = integer(text, format);
  if (int !== null) return of('int', int.toString());
  const float = floating(text);
  if (float !== null) return of('float', float);
  const time = format === 'yaml' ? timestamp(text) : null;
  return time === null ? stringScalar(text) : of('time', time);
}

function of(type: ScalarType, text: string): Scalar {
  return { type, bytes: Buffer.from(text, 'latin1') };
}

function integer(text: string, format: 'json' | 'yaml'): bigint | null {
  const plain = format === 'yaml' ? text.replaceAll('_', '') : text;
  const [, sign, digits] = /^([-+]?)(0x[0-9a-fA-F]+|0b[01]+|0o[0-7]+|[0-9]+)$/.exec(plain) ?? [];
  if (digits === undefined || /^[-+]?_/.test(text)) return null;
  // go-yaml still reads the octals of YAML 1.1.
  const old = /^0[0-7]+$/.test(digits);
  if (/^0[0-9]/.test(digits) && !old) return null;
  const size = BigInt(old ? `0o${digits.slice(1)}` : digits);
  const value = sign === '-' ? -size : size;
  return value < INT64_MIN || value > UINT64_MAX ? null : value;
}

/** Returns the shortest decimal without an exponent that reads back as the same number. */
function floating(text: string): string | null {
  const [, sign = '', special] = /^([-+]?)\.(inf|Inf|INF|nan|NaN|NAN)$/.exec(text) ?? [];
  if (special !== undefined) {
    if (special.toLowerCase() === 'inf') return sign === '-' ? '-Inf' : '+Inf';
    return sign === '' ? 'NaN' : null;
  }
  if (!/^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$/.test(text)) return null;
  const value = Number(text);
  return Number.isFinite(value) ? withoutExponent(value) : null;
}

function withoutExponent(value: number): string {
  const sign = value < 0 || Object.is(value, -0) ? '-' : '';
  const [mantissa = '', exponent] = Math.abs(value).toString().split('e');
  if (exponent === undefined) return sign + mantissa;
  const [whole = '', fraction = ''] = mantissa.split('.');
  const shift = Number(exponent);
  if (shift < 0) return `${sign}0.${'0'.repeat(-shift - 1)}${whole}${fraction}`;
  return `${sign}${whole}${fraction.padEnd(shift, '0')}`;
}

/** Returns a time in RFC 3339 with trailing zeros of the nanoseconds removed. A bare date is midnight in UTC. */
function timestamp(text: string): string | null {
  const [, date, hour, rest, fraction = '', zone = ''] =
    /^(\d{4}-\d\d?-\d\d?)(?:(?:[Tt]|[ \t]+)(\d\d?)(:\d\d:\d\d)(\.\d*)?[ \t]*([Zz]|[-+]\d\d?(?::?\d\d)?)?)?$/.exec(
      text,
    ) ?? [];
  if (date === undefined) return null;
  const padded = date
    .split('-')
    .map(part => part.padStart(2, '0'))
    .join('-');
  if (Number.isNaN(Date.parse(`${padded}T00:00:00Z`))) return null;
  if (hour === undefined) return `${padded}T00:00:00Z`;
  const trimmed = fraction.replace(/\.?0*$/, '');
  return `${padded}T${hour.padStart(2, '0')}${rest}${trimmed}${zone === '' ? 'Z' : timeZone(zone)}`;
}

function timeZone(zone: string): string {
  const [, sign, hours = '', minutes = '00'] = /^([-+])(\d\d?)(?::?(\d\d))?$/.exec(zone) ?? [];
  if (sign === undefined || (Number(hours) === 0 && minutes === '00')) return 'Z';
  return `${sign}${hours.padStart(2, '0')}:${minutes}`;
}
