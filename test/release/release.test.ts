// The release as a rehearsal: `npm run release` builds, packs and looks into all of it, and publishes nothing.
import { execFileSync, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };
import { zipNames } from '../../scripts/lib/zip-names.mjs';

const ROOT = join(__dirname, '../..');
const release = (...args: readonly string[]) =>
  spawnSync(process.execPath, [join(ROOT, 'scripts/release.mjs'), ...args], { cwd: ROOT, encoding: 'utf8' });

it('is published by the workflow of a tag alone', () => {
  const { status, stderr } = release();
  expect(status).toBe(2);
  expect(stderr).toContain(`push the tag v${manifest.version}`);
});

it('is refused for a tag of another version', () => {
  const { status, stderr } = release('--dry-run', '--tag', 'v99.0.0');
  expect(status).toBe(1);
  expect(stderr).toContain(`The tag v99.0.0 is not v${manifest.version}.`);
});

it('looks into archives', () => {
  const archive = Buffer.from(
    'UEsDBAoAAAAAAAAAIQAAAAAAAAAAAAAAAAABAAAAYVBLAQIeAwoAAAAAAAAAIQAAAAAAAAAAAAAAAAABAAAAAAAAAAAAAAAAAAAAAABhUEsFBgAAAAABAAEALwAAAB8AAAAAAA==',
    'base64',
  );
  expect(zipNames(archive)).toEqual(['a']);
  expect(() => zipNames(Buffer.from('nothing'))).toThrow('no zip archive');
});

it('names a script that is there', () => {
  expect(execFileSync('npm', ['pkg', 'get', 'scripts.release'], { cwd: ROOT, encoding: 'utf8' })).toContain(
    'scripts/release.mjs',
  );
});
