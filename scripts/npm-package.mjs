#!/usr/bin/env node
// `npm run package:npm`: builds the command line, lays the npm package out in out/npm and packs out/varsmith-VERSION.tgz.
// Options: --outdir DIR (default out), --dist DIR (what has been built already, instead of building), --no-pack.

import * as fs from 'node:fs';
import * as path from 'node:path';
import { parseArgs } from 'node:util';
import { stageNpmPackage } from './lib/npm-package.mjs';
import { endOnInterrupt, node, npm } from './lib/process.mjs';
import { ROOT } from './lib/root.mjs';

const LIMIT_BYTES = 1_200_000;

async function main() {
  const { values } = parseArgs({
    options: {
      outdir: { type: 'string', default: path.join(ROOT, 'out') },
      dist: { type: 'string' },
      'no-pack': { type: 'boolean', default: false },
    },
  });
  const outdir = path.resolve(values.outdir);
  const dist = path.resolve(values.dist ?? path.join(outdir, 'npm-dist'));
  if (values.dist === undefined) {
    const built = await node(['scripts/build.mjs', '--only', 'cli', '--outdir', dist]);
    if (built !== 0) return built;
  }
  const folder = path.join(outdir, 'npm');
  stageNpmPackage(dist, folder);
  if (values['no-pack']) return 0;
  const packed = await npm(['pack', '--silent', '--offline', '--pack-destination', outdir], { cwd: folder });
  if (packed !== 0) return packed;
  const { name, version } = JSON.parse(fs.readFileSync(path.join(folder, 'package.json'), 'utf8'));
  const tarball = path.join(outdir, `${name}-${version}.tgz`);
  const { size } = fs.statSync(tarball);
  console.log(`${tarball}: ${(size / 1000).toFixed(0)} kB of ${LIMIT_BYTES / 1000} kB`);
  if (size <= LIMIT_BYTES) return 0;
  console.error('The npm package is too large.');
  return 1;
}

endOnInterrupt();
process.exitCode = await main();
