/** Bundles the floor server with the grammar beside it. */
import { copyFileSync, mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

/** Returns the path of the bundle in `directory`. @throws if it does not build */
export async function buildFloor(directory) {
  mkdirSync(directory, { recursive: true });
  const outfile = join(directory, 'floor-server.js');
  const require = createRequire(import.meta.url);
  await build({
    entryPoints: [fileURLToPath(new URL('./floor-server.ts', import.meta.url))],
    outfile,
    bundle: true,
    minify: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    logLevel: 'silent',
    // The package's other build finds its wasm by import.meta.url, which a CommonJS bundle has not.
    alias: { 'web-tree-sitter': require.resolve('web-tree-sitter') },
  });
  copyFileSync(
    require.resolve('web-tree-sitter/web-tree-sitter.wasm'),
    join(directory, 'web-tree-sitter.wasm'),
  );
  const grammar = new URL('../server/grammar/tree-sitter-nix.wasm', import.meta.url);
  copyFileSync(fileURLToPath(grammar), join(directory, 'tree-sitter-nix.wasm'));
  return outfile;
}
