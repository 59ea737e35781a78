// Copies of the broken example fleet that a test may change.
import { cpSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { folder, write } from '../workspace/support.ts';

const BROKEN = join(__dirname, '../../examples/broken-fleet');

export const MATRIX = 'lib/machine-env-matrix.nix';

/** The broken fleet, with further files. */
export function brokenFleet(more: Readonly<Record<string, string>> = {}): string {
  const root = folder({});
  cpSync(BROKEN, root, { recursive: true });
  for (const [path, text] of Object.entries(more)) write(root, path, text);
  return root;
}

export function textOf(root: string, path: string): string {
  return readFileSync(join(root, path), 'utf8');
}
