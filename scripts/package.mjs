#!/usr/bin/env node
// `npm run package`: builds and packs out/varsmith.vsix, says what is in it, and refuses one that is too large.

import * as fs from 'node:fs';
import * as path from 'node:path';
import { endOnInterrupt, node } from './lib/process.mjs';
import { ROOT } from './lib/root.mjs';

const VSIX = path.join(ROOT, 'out/varsmith.vsix');
const LIMIT_BYTES = 2_000_000;
const VSCE = path.join(ROOT, 'node_modules/@vscode/vsce/vsce');

async function main() {
  // What an earlier build left behind would be packed as well.
  fs.rmSync(path.join(ROOT, 'dist'), { recursive: true, force: true });
  const built = await node(['scripts/build.mjs']);
  if (built !== 0) return built;
  fs.mkdirSync(path.dirname(VSIX), { recursive: true });
  fs.rmSync(VSIX, { force: true });
  // The bundles hold every dependency, so none is packed.
  const packed = await node([VSCE, 'package', '--no-dependencies', '--out', VSIX]);
  if (packed !== 0) return packed;
  const { size } = fs.statSync(VSIX);
  console.log(`${path.relative(ROOT, VSIX)}: ${(size / 1000).toFixed(0)} kB of ${LIMIT_BYTES / 1000} kB`);
  if (size <= LIMIT_BYTES) return 0;
  console.error('The packed extension is too large.');
  return 1;
}

endOnInterrupt();
process.exitCode = await main();
