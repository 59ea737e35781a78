import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { failing, METADATA, machine, printing, withNix } from '../../witness/stand-in.ts';
import { folder } from '../../workspace/support.ts';
import { varsmith } from '../support.ts';

const NAMES = ['ada', 'bea', 'cleo', 'dora', 'eva', 'fay', 'gwen', 'hal'];
const BROKEN = failing(`error: attribute 'x' missing\n       at ${METADATA.path}/flake.nix:1:1:`);
const NIX = {
  machines: Object.fromEntries(
    NAMES.map(name => [name, name === 'eva' || name === 'hal' ? BROKEN : printing(machine({}))]),
  ),
};

interface Printed {
  readonly findings: { rule: string; machines: string[] }[];
  readonly summary: Record<string, number>;
}

function fleet() {
  const root = folder({ 'flake.nix': '{ }\n' });
  const { env } = withNix(NIX);
  return { root, run: (...args: string[]) => varsmith(args, { env, cwd: root }) };
}

/** The machines that Nix is asked about. */
async function asked(...options: string[]): Promise<readonly string[]> {
  const { run } = fleet();
  const { stdout } = await run('inspect', '.', '--nix', '--format', 'json', ...options);
  return (JSON.parse(stdout) as { nix: { machines: { name: string }[] } }).nix.machines.map(
    ({ name }) => name,
  );
}

describe('each of several runners', () => {
  it('asks about a part, and all of them about all', async () => {
    const parts = [
      await asked('--shard', '1/3'),
      await asked('--shard', '2/3'),
      await asked('--shard', '3/3'),
    ];
    expect(parts.flat().sort()).toEqual(NAMES);
    expect(await asked('--shard', '1/1')).toEqual(NAMES);
  });

  it('or about a range of names', async () => {
    expect(await asked('--machines-from', 'a..c')).toEqual(['ada', 'bea', 'cleo']);
    expect(await asked('--machines-from', 'fay..')).toEqual(['fay', 'gwen', 'hal']);
  });

  it.each([
    [['--nix', '--shard', '0/3'], /--shard takes a part/],
    [['--nix', '--shard', 'x'], /--shard takes a part/],
    [['--nix', '--machines-from', 'm..a'], /--machines-from takes two names/],
    [['--shard', '1/3'], /add --nix/],
  ])('refuses %o', async (options, message) => {
    const { run } = fleet();
    const { code, stderr } = await run('check', '.', ...options);
    expect(code).toBe(2);
    expect(stderr).toMatch(message);
  });
});

it('merge joins their reports', async () => {
  const { root, run } = fleet();
  for (const part of [1, 2]) {
    const { stdout } = await run('check', '.', '--nix', '--shard', `${part}/2`, '--format', 'json');
    writeFileSync(join(root, `${part}.json`), stdout);
  }
  const { stdout, code } = await run('merge', '1.json', '2.json', '--format', 'json');
  const { findings, summary } = JSON.parse(stdout) as Printed;
  expect(code).toBe(1);
  expect(new Set(findings.flatMap(({ machines }) => machines))).toEqual(new Set(['eva', 'hal']));
  expect(summary.errors).toBe(findings.length);
  const whole = JSON.parse((await run('check', '.', '--nix', '--format', 'json')).stdout) as Printed;
  expect(findings).toEqual(whole.findings);
  expect(findings).toMatchObject([{ machines: ['eva', 'hal'] }]);
  expect((await run('merge', '1.json', '2.json')).stdout).toMatch(
    /^flake\.nix:1:1: error: Nix does not evaluate .*eval\/nix-error/,
  );
});

it('merge refuses a report that is missing or given twice, and names it', async () => {
  const { root, run } = fleet();
  for (const part of [1, 2]) {
    const { stdout } = await run('check', '.', '--nix', '--shard', `${part}/2`, '--format', 'json');
    expect(JSON.parse(stdout).nix).toMatchObject({ shard: { index: part, count: 2 } });
    writeFileSync(join(root, `${part}.json`), stdout);
  }
  const alone = await run('merge', '1.json');
  expect([alone.code, alone.stderr]).toEqual([
    2,
    expect.stringContaining('There is no report of shard 2 of 2'),
  ]);
  const twice = await run('merge', '1.json', '2.json', '1.json');
  expect([twice.code, twice.stderr]).toEqual([2, expect.stringContaining('shard 1 of 2 is given twice')]);
  const { stdout } = await run('check', '.', '--nix', '--machines-from', 'a..e', '--format', 'json');
  writeFileSync(join(root, 'range.json'), stdout);
  const range = await run('merge', 'range.json');
  expect([range.code, range.stderr]).toEqual([2, expect.stringContaining('machines fay, gwen and hal')]);
});

it('merge says that nothing was found', async () => {
  const root = folder({ 'flake.nix': '{ }\n' });
  const { env } = withNix({ machines: { ada: printing(machine({})) } });
  const { stdout } = await varsmith(['check', '.', '--nix', '--format', 'json'], { env, cwd: root });
  writeFileSync(join(root, '1.json'), stdout);
  const merged = await varsmith(['merge', '1.json'], { env, cwd: root });
  expect([merged.code, merged.stdout]).toEqual([0, 'Nothing found\n']);
});

it('merge refuses what is not a report', async () => {
  const { root, run } = fleet();
  writeFileSync(join(root, 'x.json'), '{}');
  const { code, stderr } = await run('merge', 'x.json');
  expect(code).toBe(2);
  expect(stderr).toContain('"x.json" is not a report');
  expect((await run('merge')).code).toBe(2);
});
