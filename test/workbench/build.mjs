// Bundles the suites that run inside the extension host. `vscode` is the host's own; `mocha` is loaded from node_modules.

import * as fs from 'node:fs';
import * as path from 'node:path';
import { build } from 'esbuild';

const SUITE = path.join(import.meta.dirname, 'suite');

/**
 * Writes index.js and the *.test.js files into `outdir`, emptied first. Returns the path of index.js.
 * @param {string} outdir
 */
export async function bundleSuite(outdir) {
  fs.rmSync(outdir, { recursive: true, force: true });
  const entries = fs.readdirSync(SUITE).filter(name => name === 'index.ts' || name.endsWith('.test.ts'));
  await build({
    entryPoints: entries.map(name => path.join(SUITE, name)),
    outdir,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    external: ['vscode', 'mocha'],
    sourcemap: 'inline',
    logLevel: 'warning',
  });
  return path.join(outdir, 'index.js');
}
