/** The command line as it ships: one bundled file, run as a process of its own. */
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { brokenFleet, MATRIX, textOf } from '../fleets.ts';

let bundle: string;

beforeAll(() => {
  bundle = mkdtempSync(join(tmpdir(), 'varsmith-cli-'));
  const build = join(__dirname, '../../../scripts/build.mjs');
  execFileSync(process.execPath, [build, '--outdir', bundle, '--only', 'cli'], { stdio: 'ignore' });
});

afterAll(() => rmSync(bundle, { recursive: true }));

function varsmith(cwd: string, ...args: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(bundle, 'cli.js'), ...args], {
    cwd,
    encoding: 'utf8',
  });
  return { code: status, stdout, stderr };
}

test('a fleet adopts the checks: fix, baseline, silent', () => {
  const root = brokenFleet();
  chmodSync(join(root, MATRIX), 0o600);
  const { stdout: diff } = varsmith(root, 'check', '--fix', '--dry-run');
  expect(diff).toContain('-    "github-token" # broken');
  const fixed = varsmith(root, 'check', '--fix');
  expect(fixed).toMatchObject({ code: 1, stderr: expect.stringContaining('applied') });
  expect(textOf(root, MATRIX)).not.toContain('broken: registry/duplicate-key');
  expect(statSync(join(root, MATRIX)).mode & 0o777).toBe(0o600);
  expect(varsmith(root, 'check', '--fix', '--dry-run').stdout).toBe('');
  expect(varsmith(root, 'check', '--write-baseline', 'base.json').code).toBe(0);
  expect(varsmith(root, 'check', '--baseline', 'base.json', '--severity', 'hint').code).toBe(0);
});

test('a mistake in the settings stops it', () => {
  const root = brokenFleet({ 'varsmith.json': '{ "rules": { "registry/unkown-key": "off" } }' });
  expect(varsmith(root, 'check')).toEqual({
    code: 2,
    stdout: '',
    stderr:
      'varsmith: varsmith.json:1:14: There is no rule "registry/unkown-key". Did you mean "registry/unknown-key"? `varsmith rules` lists them.\n',
  });
});
