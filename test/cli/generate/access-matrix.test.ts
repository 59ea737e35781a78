/** `varsmith access`: who can read what, and what the changes since a revision give to whom. */
import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Ajv from 'ajv/dist/2020';
import { describe, expect, it } from 'vitest';
import { generateKeyPair } from '../../../server/src/store/age/crypt.ts';
import { write } from '../../workspace/support.ts';
import { fleet, type GeneratingFleet } from '../generating-fleet.ts';

const SCHEMA = join(__dirname, '../../../docs/schemas/access.schema.json');
const validate = new Ajv({ strict: true, allowUnionTypes: true }).compile(
  JSON.parse(readFileSync(SCHEMA, 'utf8')),
);

const SHARED = 's = { share = true; files.x = { }; };';
const OWN = 'own = { files.y.neededFor = "users"; files.open.secret = false; };';

const short = (key: string) => `${key.slice(0, 12)}…${key.slice(-6)}`;

interface Read {
  readonly kind: string;
  readonly name: string | null;
  readonly key: string | null;
  readonly state: string;
}

async function json(made: GeneratingFleet, ...args: readonly string[]) {
  const { code, stdout, stderr } = await made.run(['access', '--json', ...args]);
  expect([code, stderr]).toEqual([0, '']);
  const data = JSON.parse(stdout);
  validate(data);
  expect(validate.errors).toBeNull();
  return data;
}

const named = (readers: readonly Read[]) => readers.map(one => `${one.kind} ${one.name} ${one.state}`);

/** A fleet of two machines, all of whose secrets are stored and committed. */
async function stored(): Promise<GeneratingFleet> {
  const made = await fleet({ a: `${SHARED} ${OWN}`, b: SHARED });
  for (const id of ['s/x', 'own/y']) await made.run(['set', 'a', id], { input: 'canary-77' });
  return made;
}

async function user(made: GeneratingFleet, name: string): Promise<string> {
  const { recipient } = await generateKeyPair();
  write(made.root, `sops/users/${name}/key.json`, JSON.stringify([{ publickey: recipient, type: 'age' }]));
  return recipient;
}

function link(made: GeneratingFleet, from: string, to: string): void {
  mkdirSync(join(made.root, from, '..'), { recursive: true });
  symlinkSync(to, join(made.root, from));
}

describe('access', () => {
  it('says who can read what, for what it is needed, and what the key of a machine opens', async () => {
    const made = await stored();
    const { secrets } = await json(made);
    expect(secrets).toMatchObject([
      { secret: 'per-machine/a/own/y', neededFor: 'users', machines: ['a'], stored: true },
      { secret: 'shared/s/x', neededFor: 'services', machines: ['a', 'b'], declared: true },
      { secret: 'sops/secrets/a-age.key/secret', kind: 'machine-key', machines: ['a'] },
      { secret: 'sops/secrets/b-age.key/secret', kind: 'machine-key', machines: ['b'] },
    ]);
    expect(named(secrets[1].readers)).toEqual(['user ada now', 'machine a now', 'machine b now']);
    const { stdout } = await made.run(['access', '-g', 's']);
    expect(stdout).toContain('shared/s/x  for services, declared by a, b\n  user ada   age1');
    expect((await made.run(['access'])).stdout).toContain('opens all that machine a can read');
    expect(stdout).not.toContain('canary');
  });

  it('is narrowed to machines, users and generators', async () => {
    const made = await stored();
    const of = async (...args: readonly string[]) =>
      (await json(made, ...args)).secrets.map((one: { secret: string; readers: readonly Read[] }) => [
        one.secret,
        ...named(one.readers),
      ]);
    expect(await of('-m', 'b')).toEqual([['shared/s/x', 'machine b now']]);
    expect(await of('-g', 'per-machine/a/own', '--user', 'ada')).toEqual([
      ['per-machine/a/own/y', 'user ada now'],
    ]);
    expect(await of('--user', 'bob')).toEqual([]);
    const { code, stderr } = await made.run(['access', '-m', 'nope']);
    expect([code, stderr]).toEqual([2, expect.stringContaining('There is no machine "nope"')]);
  });

  it('tells what will be from what is, and whose a key is not', async () => {
    const made = await stored();
    const key = JSON.parse(readFileSync(join(made.root, 'sops/machines/b/key.json'), 'utf8'))[0].publickey;
    const anew = await generateKeyPair();
    write(
      made.root,
      'sops/machines/b/key.json',
      JSON.stringify([{ publickey: anew.recipient, type: 'age' }]),
    );
    const { secrets } = await json(made, '-g', 's');
    expect(secrets[0].readers).toMatchObject([
      { name: 'ada', state: 'now' },
      { name: 'a', state: 'now' },
      { kind: 'machine', name: 'b', key: anew.recipient, state: 'pending' },
      { kind: 'unknown', name: null, key, state: 'leaving' },
    ]);
  });

  it('needs no key, and shows what is stored and not declared', async () => {
    const made = await stored();
    made.machine('a', OWN);
    made.machine('b', '');
    rmSync(join(made.home, '.config'), { recursive: true });
    const { secrets } = await json(made, '-g', 's');
    expect(secrets).toMatchObject([
      { secret: 'shared/s/x', declared: false, neededFor: null, machines: [], stored: true },
    ]);
  });

  it('with a password store there is nothing to tell', async () => {
    const made = await fleet(
      { a: SHARED },
      { user: null, more: { 'clan.nix': '{ vars.settings.secretStore = "password-store"; }' } },
    );
    const { code, stderr } = await made.run(['access']);
    expect([code, stderr]).toEqual([1, expect.stringContaining('a store outside of the repository')]);
  });
});

describe('access --diff', () => {
  it('says what a change gives to whom, and takes away', async () => {
    const made = await stored();
    const key = await user(made, 'mallory');
    link(made, 'sops/groups/ops/users/mallory', '../../../users/mallory');
    link(made, 'vars/shared/s/x/groups/ops', '../../../../../sops/groups/ops');
    made.machine('b', '');
    made.machine('c', 'g.files.z = { };');
    const { changes, commit } = await json(made, '--diff', 'HEAD');
    expect(commit).toBe(made.git('rev-parse', 'HEAD').trim());
    expect(changes).toMatchObject([
      {
        ...{ secret: 'per-machine/c/g/z', change: 'new', stored: false, losses: [] },
        gains: [{ kind: 'machine', name: 'c', key: null, state: 'pending' }],
      },
      {
        ...{ secret: 'shared/s/x', change: 'changed', stored: true },
        gains: [{ name: 'mallory', key, via: [{ kind: 'group', name: 'ops' }], state: 'pending' }],
        losses: [{ kind: 'machine', name: 'b', state: 'pending' }],
      },
    ]);
    const { stdout } = await made.run(['access', '--diff', 'HEAD']);
    expect(stdout).toContain(
      `+ user mallory (${short(key)}) gains access to: (through group ops; with the next "varsmith fix")\n    shared/s/x\n`,
    );
    expect(stdout).toMatch(/- machine b \(age1.*\) loses access to:/);
    expect((await made.run(['access', '--diff', 'HEAD', '-g', 'nope'])).stdout).toContain(
      'Nobody gains or loses access since HEAD',
    );
  });

  it('sees what has been encrypted to somebody already, and the key of a machine', async () => {
    const made = await stored();
    const key = await user(made, 'mallory');
    link(made, 'vars/shared/s/x/users/mallory', '../../../../../sops/users/mallory');
    await made.run(['fix', '--yes']);
    const path = join(made.root, 'sops/secrets/a-age.key/secret');
    const text = JSON.parse(readFileSync(path, 'utf8'));
    text.sops.age.push({ recipient: key, enc: text.sops.age[0].enc });
    writeFileSync(path, JSON.stringify(text));
    const { changes } = await json(made, '--diff', 'HEAD~1');
    expect(changes).toMatchObject([{ secret: 'shared/s/x', gains: [{ name: 'mallory', state: 'now' }] }]);
    link(made, 'sops/secrets/a-age.key/users/mallory', '../../../users/mallory');
    const { stdout } = await made.run(['access', '--diff', 'HEAD~1']);
    expect(stdout).toContain('with it all that machine a can read');
  });

  it('writes Markdown in which no name is markup', async () => {
    const made = await stored();
    await user(made, 'a|b`<img src=x>');
    link(made, 'vars/shared/s/x/users/a|b`<img src=x>', '../../../../../sops/users/a|b`<img src=x>');
    const { stdout } = await made.run(['access', '--diff', 'HEAD', '--format', 'markdown']);
    expect(stdout).toContain(
      '| Who | Key | Secrets | How |\n|---|---|---|---|\n| user `` a\\|b`<img src=x> `` |',
    );
    const wrong = await made.run(['access', '--format', 'markdown']);
    expect(wrong.code).toBe(2);
  });

  it('a revision that is none is told, and nothing is checked out', async () => {
    const made = await stored();
    const before = made.git('status', '--porcelain');
    for (const revision of ['nope', '--output=x', 'HEAD:flake.nix']) {
      const { code, stderr } = await made.run(['access', `--diff=${revision}`]);
      expect([code, stderr]).toEqual([1, expect.stringContaining(`git knows no commit "${revision}"`)]);
    }
    const root = made.git('rev-list', '--max-parents=0', 'HEAD').trim();
    const { changes } = await json(made, '--diff', root);
    expect(changes.map((one: { change: string }) => one.change)).toEqual(
      expect.arrayContaining(['changed', 'new']),
    );
    expect(made.git('status', '--porcelain')).toBe(before);
  });
});
