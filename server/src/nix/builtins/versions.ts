import { compareBytes } from '../bytes.ts';

/** Splits a version into runs of digits and runs of other characters. Dots and dashes only separate. */
export function versionParts(version: string): string[] {
  return version.match(/[0-9]+|[^0-9.-]+/g) ?? [];
}

/** Returns -1, 0 or 1 in Nix's order of versions: numbers by value, `pre` before everything, numbers after words. */
export function compareVersions(left: string, right: string): number {
  const a = versionParts(left);
  const b = versionParts(right);
  for (let i = 0; i < Math.max(a.length, b.length); i++) {
    const x = a[i] ?? '';
    const y = b[i] ?? '';
    if (isBefore(x, y)) return -1;
    if (isBefore(y, x)) return 1;
  }
  return 0;
}

function isBefore(x: string, y: string): boolean {
  const [n, m] = [smallNumber(x), smallNumber(y)];
  if (n !== null && m !== null) return n < m;
  if (x === '' && m !== null) return true;
  if (x === 'pre' && y !== 'pre') return true;
  if (y === 'pre') return false;
  if (m !== null) return true;
  if (n !== null) return false;
  return compareBytes(x, y) < 0;
}

/** Returns a number that fits into 32 bits. Nix treats a longer one as a word. */
function smallNumber(part: string): number | null {
  return /^[0-9]+$/.test(part) && Number(part) <= 2_147_483_647 ? Number(part) : null;
}
