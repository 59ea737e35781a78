/**
 * Secrets outside of the repository: in a password store, and behind a command of somebody's own. Numbers are those of
 * clan's own test suite.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { RunEvent } from '../../../client/src/run-protocol.ts';
import { findSandbox } from '../../../server/src/host/sandbox/find-sandbox.ts';
import { contentsOf } from '../../host/folders.ts';
import { write } from '../../workspace/support.ts';
import { KINDS, type OutsideFleet, OWN_KINDS, outsideFleet, PASSAGE_FILES } from '../outside-stores.ts';

const hasSandbox = 'sandbox' in (await findSandbox(process.platform, ['/usr/bin', '/bin']));
const BOX = hasSandbox ? [] : ['--no-sandbox'];

const OWN = `own = { files.open.secret = false; files.key = { }; script = "printf open > $out/open; printf key-1 > $out/key"; };`;
const SHARED = `shared = { share = true; files.token = { }; script = "printf token-1 > $out/token"; };`;
const DEPENDENT = `dependent = { dependencies = [ "shared" ]; files.copy = { }; script = "cat $in/shared/token > $out/copy"; };`;

async function generated(made: OutsideFleet, ...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await made.run(['generate', ...BOX, ...args]);
  expect([code, code === 0 ? '' : stderr]).toEqual([0, '']);
  return stdout;
}

const read = async ({ run }: OutsideFleet, machine: string, id: string) =>
  (await run(['get', machine, id])).stdout;

describe.each(KINDS)('$name', kind => {
  it('case 13: keeps what machines have for themselves, and what they share', async () => {
    const made = await outsideFleet(kind, {
      m: `${OWN}\n${SHARED}\n${DEPENDENT}`,
      n: SHARED,
    });
    expect((await made.run(['verify'])).stdout).toContain('per-machine/m/own: key, open are missing.');
    await generated(made);
    expect([
      await read(made, 'm', 'own/key'),
      await read(made, 'm', 'shared/token'),
      await read(made, 'n', 'shared/token'),
      await read(made, 'm', 'dependent/copy'),
    ]).toEqual(['key-1', 'token-1', 'token-1', 'token-1']);
    expect((await made.run(['list', '-m', 'm'])).stdout).toBe(
      'dependent/copy: ********\nown/key: ********\nown/open: open\nshared/token: ********\n',
    );
    expect((await made.run(['verify'])).stdout).toBe('All vars are present and valid.\n');
    expect(await generated(made)).toBe('Nothing to generate.\n');
    expect((await made.run(['fix'])).stdout).toBe('Nothing to fix.\n');
    // In the repository are public values alone.
    expect(Object.keys(contentsOf(made.root)).filter(path => path.startsWith('vars/'))).toEqual([
      'vars/per-machine/m/own/open/value',
    ]);
    expect(made.git('status', '--porcelain')).toBe('');
    expect(made.git('log', '-1', '--format=%s')).toBe('vars: update via generator own (machine: m)\n');
  });

  it('case 22: gives back all bytes, and none', async () => {
    const made = await outsideFleet(kind, { m: 'g = { files.x = { }; files.y = { }; };' });
    const bytes = Buffer.from(Array.from({ length: 16 * 1024 }, (_, index) => index % 256));
    expect((await made.run(['set', 'm', 'g/x'], { input: bytes })).code).toBe(0);
    const { stdout } = await made.run(['get', 'm', 'g/x', '--json']);
    expect(Buffer.from(JSON.parse(stdout).value, 'base64').equals(bytes)).toBe(true);
    expect((await made.run(['set', 'm', 'g/x'], { input: '' })).code).toBe(0);
    expect(await made.run(['get', 'm', 'g/x'])).toEqual({ code: 0, stdout: '', stderr: '' });
    expect((await made.run(['get', 'm', 'g/y'])).stderr).toContain('g/y has not been generated yet');
  });

  it('cases 26 and 43: keeps a value in one place, and none of what has become public', async () => {
    const of = (share: boolean, secret = true) =>
      `g = { share = ${share}; files.x.secret = ${secret}; script = "printf x > $out/x"; };`;
    const made = await outsideFleet(kind, { m: of(false), n: of(false) });
    await generated(made);
    for (const machine of ['m', 'n']) made.machine(machine, of(true));
    await generated(made);
    expect(await read(made, 'n', 'g/x')).toBe('x');
    // What it was for the machines is gone: there is nothing of it to be found again.
    for (const machine of ['m', 'n']) made.machine(machine, of(false));
    expect((await made.run(['get', 'n', 'g/x'])).stderr).toContain('has not been generated yet');
    await generated(made);
    for (const machine of ['m', 'n']) made.machine(machine, of(false, false));
    await generated(made);
    for (const machine of ['m', 'n']) made.machine(machine, of(false));
    expect((await made.run(['get', 'n', 'g/x'])).stderr).toContain('has not been generated yet');
  });

  it('case 33: setting a shared value keeps it for all machines', async () => {
    const made = await outsideFleet(kind, { m: SHARED, n: SHARED });
    await made.run(['set', 'm', 'shared/token'], { input: 'one' });
    await made.run(['set', 'n', 'shared/token'], { input: 'two' });
    expect([await read(made, 'm', 'shared/token'), await read(made, 'n', 'shared/token')]).toEqual([
      'two',
      'two',
    ]);
  });

  it('is told of to a program that watches, without places and values', async () => {
    const made = await outsideFleet(kind, { m: `${OWN}\n${SHARED}\n${DEPENDENT}` });
    const { code, stdout, stderr } = await made.run(['generate', ...BOX, '--events'], { answer: () => null });
    expect([code, stderr]).toEqual([0, '']);
    const events = stdout
      .trim()
      .split('\n')
      .map(line => JSON.parse(line) as RunEvent);
    const results = events.flatMap(one => (one.event === 'result' ? [one] : []));
    expect(results.map(({ key, outcome }) => [key, outcome]).sort()).toEqual([
      ['per-machine/m/dependent', 'stored'],
      ['per-machine/m/own', 'stored'],
      ['shared/shared', 'stored'],
    ]);
    expect(results.find(({ generator }) => generator === 'own')?.files).toEqual([
      { name: 'key', secret: true, path: null },
      { name: 'open', secret: false, path: 'vars/per-machine/m/own/open/value' },
    ]);
    expect(events.at(-1)).toMatchObject({ event: 'end', outcome: 'done' });
    for (const value of ['key-1', 'token-1']) expect(stdout).not.toContain(value);
  });

  it('keeps what many have made at the same time', async () => {
    const names = Array.from({ length: 12 }, (_, index) => `g${index}`);
    const of = (name: string) =>
      `${name} = { files.x = { }; files.y.secret = false; script = "printf ${name} > $out/x; printf ${name} > $out/y"; };`;
    const made = await outsideFleet(kind, { m: names.map(of).join('\n') });
    await generated(made, '--jobs', '12');
    for (const name of names)
      expect([await read(made, 'm', `${name}/x`), await read(made, 'm', `${name}/y`)]).toEqual([name, name]);
    expect(await generated(made)).toBe('Nothing to generate.\n');
    expect(made.git('status', '--porcelain')).toBe('');
    expect(made.git('log', '--format=%s').match(/via generator/g)).toHaveLength(names.length);
  });

  it('makes no key: the store has its own', async () => {
    const made = await outsideFleet(kind, { m: SHARED });
    const { code, stderr } = await made.run(['keygen']);
    expect([code, stderr]).toEqual([1, expect.stringContaining('which has its own keys')]);
  });
});

describe('a password store', () => {
  it('has its entries where clan looks for them, and its values nowhere else', async () => {
    const made = await outsideFleet(OWN_KINDS.stub, { m: `${OWN}\n${SHARED}` });
    await generated(made);
    const store = made.env.PASSWORD_STORE_DIR as string;
    expect(Object.keys(contentsOf(store)).sort()).toEqual([
      'clan-vars/per-machine/m/own/key.gpg',
      'clan-vars/shared/shared/token.gpg',
    ]);
    const calls = readFileSync(join(store, '../calls'), 'utf8');
    expect(calls).toContain('insert -m clan-vars/shared/shared/token\n');
    for (const value of ['key-1', 'token-1']) expect(calls).not.toContain(value);
  });

  it('is opened by passage unless something else is said', async () => {
    const made = await outsideFleet({ ...OWN_KINDS.stub, files: PASSAGE_FILES }, { m: OWN });
    const { code, stderr } = await made.run(['generate', ...BOX], {
      env: { PATH: `${join(made.root, 'nothing')}:/usr/bin:/bin` },
    });
    expect([code, stderr]).toEqual([1, expect.stringContaining('the command "passage" is not installed')]);
    // What is there can be told without it.
    expect((await made.run(['plan'])).stdout).toContain('per-machine/m/own  missing: key, open');
  });

  it('that is not there is said before anything runs', async () => {
    const made = await outsideFleet(OWN_KINDS.stub, { m: OWN });
    const { code, stderr } = await made.run(['generate', ...BOX], {
      env: { PASSWORD_STORE_DIR: join(made.root, '../elsewhere') },
    });
    expect([code, stderr]).toEqual([1, expect.stringContaining('Create one with "pass init GPG-ID"')]);
    expect(existsSync(join(made.root, 'vars'))).toBe(false);
  });

  it('that only Nix can name is not guessed', async () => {
    const made = await outsideFleet(OWN_KINDS.stub, { m: OWN });
    write(
      made.root,
      'modules/store.nix',
      '{ config, ... }: { clan.core.vars.password-store.passCommand = config.x; }',
    );
    const { code, stderr } = await made.run(['plan']);
    expect([code, stderr]).toEqual([
      1,
      expect.stringContaining('The value of clan.core.vars.password-store.passCommand'),
    ]);
    write(made.root, 'modules/store.nix', '{ }');
    write(made.root, 'machines/m/store.nix', '{ clan.core.vars.password-store.passCommand = "pass"; }');
    made.machine('n', OWN);
    expect((await made.run(['plan'])).stderr).toContain('is both "pass" and "passage"');
  });

  it('that takes some and refuses one keeps what it took, and is asked for no more', async () => {
    const names = ['a', 'b', 'c'];
    const of = (name: string) => `${name} = { files.x = { }; script = "printf ${name}-1 > $out/x"; };`;
    const made = await outsideFleet(OWN_KINDS.stub, { m: names.map(of).join('\n') });
    const stub = readFileSync(join(made.home, '../bin/pass'), 'utf8');
    const refuse = 'case "$*" in "insert "*/b/x) echo full >&2; exit 3 ;; esac';
    write(made.home, '../bin/pass', stub.replace('set -eu\n', `set -eu\n${refuse}\n`));
    const { code, stdout } = await made.run(['generate', '--json', '--jobs', '3', ...BOX]);
    const results: readonly { generator: string; outcome: string }[] = JSON.parse(stdout).results;
    expect([code, results.map(({ generator, outcome }) => [generator, outcome])]).toEqual([
      1,
      [
        ['a', 'stored'],
        ['b', 'failed'],
        ['c', 'cancelled'],
      ],
    ]);
    write(made.home, '../bin/pass', stub);
    const { steps } = JSON.parse((await made.run(['plan', '--json'])).stdout);
    expect(steps.map(({ generator }: { generator: string }) => generator)).toEqual(['b', 'c']);
    await generated(made);
    expect(await read(made, 'm', 'c/x')).toBe('c-1');
  });

  it('that fails says why, without the value', async () => {
    const made = await outsideFleet(OWN_KINDS.stub, { m: OWN });
    write(made.home, '../bin/pass', '#!/bin/sh\necho "no key for you" >&2\ncat >&2\nexit 3\n');
    const { code, stderr } = await made.run(['generate', ...BOX]);
    expect([code, stderr]).toEqual([
      1,
      expect.stringContaining(
        'pass could not store clan-vars/per-machine/m/own/key: no key for you [secret]',
      ),
    ]);
    expect(stderr).not.toContain('key-1');
  });
});

describe('a store behind a command', () => {
  it('is asked as its page describes', async () => {
    const made = await outsideFleet(OWN_KINDS.custom, { m: OWN, n: 'own = { files.key.deploy = false; };' });
    const log = join(made.home, '../asked');
    write(
      made.root,
      'tools/folder-store',
      `#!/bin/sh
printf '%s|%s|%s|%s|%s\\n' "$*" "$VARSMITH_STORE_PROTOCOL" "\${VARSMITH_MACHINES-}" "\${VARSMITH_DEPLOY-}" "\${VARSMITH_NEEDED_FOR-}" >> ${log}
case $2 in exists | get) exit 1 ;; esac
`,
    );
    await made.run(['allow']);
    await generated(made, '-m', 'm');
    await made.run(['set', 'n', 'own/key'], { input: 'x' });
    const lines = readFileSync(log, 'utf8').trim().split('\n');
    const asked = lines.map(line => line.replace(/^\S+ /, ''));
    expect(asked).toContain('set per-machine/m/own/key|1|m|true|services');
    expect(asked).toContain('set per-machine/n/own/key|1|n|false|services');
    expect(asked).toContain('list|1|||');
    expect(asked.join('\n')).not.toContain('key-1');
  });

  it.each([
    ['exit 4', 'failed with exit code 4. It says: locked'],
    ['kill -9 $$', 'was ended by SIGKILL.'],
  ])('that ends with %s is a failure, not an empty store', async (end, message) => {
    const made = await outsideFleet(OWN_KINDS.custom, { m: OWN });
    write(made.root, 'tools/folder-store', `#!/bin/sh\necho locked >&2\n${end}\n`);
    await made.run(['allow']);
    const { code, stderr } = await made.run(['plan']);
    expect([code, stderr]).toEqual([1, expect.stringContaining(message)]);
  });

  it('is not asked by fix, which has nothing to say of it', async () => {
    const made = await outsideFleet(OWN_KINDS.custom, { m: OWN });
    const log = join(made.home, '../asked');
    write(made.root, 'tools/folder-store', `#!/bin/sh\necho "$*" >> ${log}\nexit 4\n`);
    expect(await made.run(['fix'])).toEqual({ code: 0, stdout: 'Nothing to fix.\n', stderr: '' });
    expect(existsSync(log)).toBe(false);
  });

  it('that cannot be started says so', async () => {
    const made = await outsideFleet(OWN_KINDS.custom, { m: OWN });
    const told = async (command: unknown) => {
      write(made.root, 'varsmith.json', JSON.stringify({ store: { command } }));
      return (await made.run(['plan'])).stderr;
    };
    expect(await told(['./nothing'])).toContain('"./nothing" (varsmith.json) cannot be started');
    expect(await told(['varsmith-no-such-store'])).toContain('is not installed');
    expect(await told([])).toContain('"store" must be { "command": ["PROGRAM", "ARGUMENT"] }');
  });

  it('and another store in the configuration contradict each other', async () => {
    const made = await outsideFleet(OWN_KINDS.custom, { m: OWN });
    write(made.root, 'clan.nix', '{ vars.settings.secretStore = "sops"; }');
    expect((await made.run(['plan'])).stderr).toContain('but the configuration sets "sops"');
    write(made.root, 'clan.nix', '{ vars.settings.secretStore = "custom"; }');
    expect((await made.run(['plan'])).code).toBe(0);
    write(made.root, 'varsmith.json', '{}');
    expect((await made.run(['plan'])).stderr).toContain('Name its command in varsmith.json');
  });
});
