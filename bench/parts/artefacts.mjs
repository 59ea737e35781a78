/** Figures that other commands leave behind: the editor's activation time and the packed extension. */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../servers.mjs';
import { missing, single } from './cells.mjs';

const BYTES_PER_MB = 1_000_000;

/**
 * `out/activation.json` has the milliseconds of `activate()` in the newest and the oldest editor the in-editor
 * suite ran in; the slower one counts.
 */
export function artefacts() {
  return { activate: { varsmith: activation() }, vsix: { varsmith: packed() } };
}

function activation() {
  const path = join(ROOT, 'out', 'activation.json');
  if (!existsSync(path)) return missing('measured by npm test');
  const { latest, floor } = JSON.parse(readFileSync(path, 'utf8'));
  const times = [latest, floor].filter(Number.isFinite);
  return times.length > 0 ? single(Math.max(...times)) : missing('out/activation.json has no times');
}

function packed() {
  const path = join(ROOT, 'out', 'varsmith.vsix');
  return existsSync(path) ? single(statSync(path).size / BYTES_PER_MB) : missing('made by npm run package');
}
