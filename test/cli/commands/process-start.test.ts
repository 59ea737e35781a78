/** The command line started anew, with the code that an earlier start has compiled. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { isWhole } from '../../support/runs.ts';
import { brokenFleet } from '../fleets.ts';
import { buildProgram, programPath } from '../program.ts';

buildProgram();

function makeHome(): string {
  const home = mkdtempSync(join(tmpdir(), 'varsmith-home-'));
  onTestFinished(() => rmSync(home, { recursive: true }));
  return home;
}

function run(home: string, args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [programPath(), ...args], {
    cwd: home,
    env: { HOME: home, PATH: process.env.PATH, ...env },
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
}

const FOLDER = '.cache/varsmith/code';

function keptIn(home: string): { readonly name: string; readonly bytes: Buffer }[] {
  return readdirSync(join(home, FOLDER)).map(name => ({
    name,
    bytes: readFileSync(join(home, FOLDER, name)),
  }));
}

test.each(isWhole ? ['check', 'inspect', 'rules'] : ['check'])(
  '%s says the same with kept code',
  command => {
    const [home, root] = [makeHome(), brokenFleet()];
    const first = run(home, [...command, root], { VARSMITH_NO_CODE_CACHE: '1' });
    expect(readdirSync(home)).toEqual([]);
    const runs = Array.from({ length: 6 }, () => ({ ...run(home, [...command, root]), kept: keptIn(home) }));
    for (const { kept, ...said } of runs) {
      expect(said).toEqual(first);
      expect(kept).toHaveLength(1);
      expect(kept[0]?.name).toMatch(/^cli-(check|inspect|other)-[0-9a-f]{32}$/);
    }
    // The first three add to it; after that V8 takes it as it is.
    expect(runs[5]?.kept).toEqual(runs[2]?.kept);
    expect(runs[0]?.kept).not.toEqual(runs[2]?.kept);
  },
  60_000,
);

test('what was kept and is damaged is made anew', () => {
  const home = makeHome();
  const first = run(home, ['rules']);
  const [{ name, bytes }] = keptIn(home) as [{ name: string; bytes: Buffer }];
  truncateSync(join(home, FOLDER, name), 1000);
  expect(run(home, ['rules'])).toEqual(first);
  expect(keptIn(home)[0]?.bytes.length).toBeGreaterThan(bytes.length / 2);
});

test('a program that fails, fails as it would', () => {
  const home = makeHome();
  const runs = Array.from({ length: 3 }, () => run(home, ['check', 'nowhere']));
  for (const one of runs)
    expect(one).toEqual({ status: 2, stdout: '', stderr: 'varsmith: There is no folder "nowhere".\n' });
});
