/** Who gains access: named before it happens, and asked about where the declarations alone do not demand it. */
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { RunEvent } from '../../../client/src/run-protocol.ts';
import { generateKeyPair } from '../../../server/src/store/age/crypt.ts';
import { write } from '../../workspace/support.ts';
import { fleet, type GeneratingFleet } from '../generating-fleet.ts';

const SHARED = 's = { share = true; files.x = { }; };';
const SECRET = 'vars/shared/s/x/secret';

const text = ({ root }: GeneratingFleet, path: string) => readFileSync(join(root, path), 'utf8');
const recipients = (made: GeneratingFleet): string[] =>
  JSON.parse(text(made, SECRET)).sops.age.map((one: { recipient: string }) => one.recipient);
const short = (key: string) => `${key.slice(0, 12)}…${key.slice(-6)}`;

/** A fleet with a secret that user ada and machine a can read. */
async function stored(machines: Readonly<Record<string, string>> = { a: SHARED }): Promise<GeneratingFleet> {
  const made = await fleet(machines);
  const { code, stderr } = await made.run(['set', 'a', 's/x'], { input: 'canary-41' });
  expect(code === 0 ? '' : stderr).toBe('');
  return made;
}

/** Adds a key of somebody to the keys of a user or machine. */
async function plant(made: GeneratingFleet, path: string): Promise<string> {
  const { recipient } = await generateKeyPair();
  const keys = JSON.parse(text(made, path));
  writeFileSync(join(made.root, path), JSON.stringify([...keys, { publickey: recipient, type: 'age' }]));
  return recipient;
}

async function mallory(made: GeneratingFleet): Promise<string> {
  const { recipient } = await generateKeyPair();
  write(made.root, 'sops/users/mallory/key.json', JSON.stringify([{ publickey: recipient, type: 'age' }]));
  return recipient;
}

function link(made: GeneratingFleet, from: string, to: string): void {
  mkdirSync(join(made.root, from, '..'), { recursive: true });
  symlinkSync(to, join(made.root, from));
}

describe('a deployment', () => {
  it('is not kept up by what another machine cannot read, and names no command', async () => {
    const made = await stored();
    made.machine('b', SHARED);
    made.git('add', '-A');
    const problems = async (machine: string) => {
      const { stdout } = await made.run(['deploy', machine, '--dry-run', '--json']);
      return JSON.parse(stdout).problems as { readonly kind: string; readonly what?: string }[];
    };
    expect(await problems('a')).toEqual([]);
    const [problem] = await problems('b');
    expect(problem).toMatchObject({ kind: 'access', what: expect.stringContaining('machine b') });
    expect(problem?.what).not.toContain('varsmith');
  });
});

describe('who gains access', () => {
  it('a second key of a user is named, and given nothing without a yes', async () => {
    const made = await stored();
    const before = text(made, SECRET);
    const key = await plant(made, 'sops/users/ada/key.json');
    const sentence = `user ada (${short(key)}) gains access to shared/s/x`;
    for (const command of ['generate', 'fix']) {
      const { code, stderr } = await made.run([command]);
      expect([code, stderr]).toEqual([1, expect.stringContaining(sentence)]);
      expect(stderr).toContain('If that is intended, use --yes.');
      expect(text(made, SECRET)).toBe(before);
    }
    const verified = await made.run(['verify']);
    expect(verified.stdout).toContain(`With "varsmith fix", ${sentence}. It asks before`);
    expect((await made.run(['plan'])).stdout).toContain(`access: ${sentence}\n`);
    const planned = JSON.parse((await made.run(['plan', '--json'])).stdout);
    expect(planned.access).toEqual([
      {
        ...{ secret: 'shared/s/x', isNew: false, losses: [] },
        gains: [{ kind: 'user', name: 'ada', key, via: [{ kind: 'user', name: 'ada' }], asked: true }],
      },
    ]);

    expect((await made.run(['fix', '--yes'])).code).toBe(0);
    expect(recipients(made)).toContain(key);
    expect(made.git('log', '-1', '--format=%B').trim()).toBe(
      `secrets: fix s for a\n\nAccess to shared/s/x:\n+ user ada (${short(key)})`,
    );
    expect((await made.run(['plan'])).stdout).toMatch(/^Nothing to generate\.$/m);
  });

  it('a person at a terminal is asked', async () => {
    const made = await stored();
    const key = await plant(made, 'sops/users/ada/key.json');
    const refused = await made.run(['fix'], { typed: ['n\r'] });
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('Nothing was changed.')]);
    expect(recipients(made)).not.toContain(key);
    const allowed = await made.run(['generate'], { typed: ['y\r'] });
    expect(allowed.stdout).toContain('Access to shared/s brought up to date\n');
    expect(recipients(made)).toContain(key);
  });

  it('a program that watches is asked, and told who it is', async () => {
    const made = await stored();
    const key = await plant(made, 'sops/users/ada/key.json');
    for (const answer of [false, true]) {
      const events: RunEvent[] = [];
      const { code } = await made.run(['fix', '--events'], {
        answer(line) {
          const event = JSON.parse(line) as RunEvent;
          events.push(event);
          return event.event === 'confirm' ? JSON.stringify({ id: event.id, answer }) : null;
        },
      });
      expect(events).toMatchObject([
        { event: 'access', changes: [{ secret: 'shared/s/x', gains: [{ name: 'ada', key }] }] },
        { event: 'confirm', overwrites: 0, access: [expect.stringContaining('user ada')] },
        { event: 'end', outcome: answer ? 'done' : 'refused', fixed: answer ? ['shared/s'] : [] },
      ]);
      expect([code, recipients(made).includes(key)]).toEqual([answer ? 0 : 1, answer]);
    }
  });

  it('a link that somebody has laid beside a secret is asked about', async () => {
    const made = await stored();
    const key = await mallory(made);
    link(made, 'vars/shared/s/x/users/mallory', '../../../../../sops/users/mallory');
    const { code, stderr } = await made.run(['fix']);
    expect([code, stderr]).toEqual([1, expect.stringContaining(`user mallory (${short(key)}) gains access`)]);
    const set = await made.run(['set', 'a', 's/x', '--json'], { input: 'other' });
    expect([set.code, JSON.parse(set.stdout).refused]).toEqual([1, [expect.stringContaining('mallory')]]);
    expect((await made.run(['get', 'a', 's/x'])).stdout).toBe('canary-41');
    expect((await made.run(['set', 'a', 's/x', '--yes'], { input: 'other' })).code).toBe(0);
    expect(made.git('log', '-1', '--format=%b')).toContain(`+ user mallory (${short(key)})`);
  });

  it('the group that brings a key is named', async () => {
    const made = await stored();
    await mallory(made);
    link(made, 'sops/groups/ops/users/mallory', '../../../users/mallory');
    link(made, 'vars/shared/s/x/groups/ops', '../../../../../sops/groups/ops');
    expect((await made.run(['fix'])).stderr).toContain('gains access to shared/s/x, through group ops');
  });

  it('a machine that declares it later is given access, and named; one whose key was replaced is asked about', async () => {
    const made = await stored();
    made.machine('b', SHARED);
    const { code, stderr } = await made.run(['generate']);
    expect([code, stderr]).toEqual([
      0,
      expect.stringContaining('machine b (no key yet) gains access to shared/s/x'),
    ]);
    const key = JSON.parse(text(made, 'sops/machines/b/key.json'))[0].publickey;
    expect(made.git('log', '-1', '--format=%b')).toContain(`+ machine b (${short(key)})`);

    const { recipient } = await generateKeyPair();
    write(made.root, 'sops/machines/b/key.json', JSON.stringify([{ publickey: recipient, type: 'age' }]));
    const replaced = await made.run(['generate']);
    expect([replaced.code, replaced.stderr]).toEqual([
      1,
      expect.stringContaining(`machine b (${short(recipient)}) gains access to shared/s/x`),
    ]);
    expect(replaced.stderr).toContain(`key ${short(key)}, which belongs to no one here, loses access`);
    expect(recipients(made)).toContain(key);
  });

  it('a value that is made anew is given to nobody else either', async () => {
    const made = await stored();
    const key = await plant(made, 'sops/users/ada/key.json');
    const refused = await made.run(['set', 'a', 's/x'], { input: 'other' });
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining(short(key))]);
    expect((await made.run(['get', 'a', 's/x'])).stdout).toBe('canary-41');
    const plan = JSON.parse((await made.run(['plan', '-g', 's', '--json'])).stdout);
    expect(plan.access[0].gains).toMatchObject([{ name: 'ada', key, asked: true }]);
  });

  it('a name of a user begins no line of a commit', async () => {
    const made = await stored();
    await mallory(made);
    const { recipient } = await generateKeyPair();
    write(made.root, 'sops/users/x\nSigned-off-by: y/key.json', JSON.stringify({ publickey: recipient }));
    link(made, 'vars/shared/s/x/users/x\nSigned-off-by: y', '../../../../../sops/users/x\nSigned-off-by: y');
    expect((await made.run(['fix', '--yes'])).code).toBe(0);
    expect(made.git('log', '-1', '--format=%b')).toContain('+ user x\ufffdSigned-off-by: y (');
  });
});

describe('who gains access, with the age backend', () => {
  it('a machine later is given access, one with another key is asked about', async () => {
    const admin = await generateKeyPair();
    const made = await fleet(
      { a: SHARED },
      {
        user: null,
        more: {
          'clan.nix': `{ vars.settings = { secretStore = "age"; recipients.default = [ "${admin.recipient}" ]; }; }`,
          'secrets/age-keys/README.md': 'Keys of machines.\n',
        },
      },
    );
    write(made.home, '.config/age/identities', `${admin.secret}\n`);
    expect((await made.run(['set', 'a', 's/x'], { input: 'one' })).code).toBe(0);
    made.machine('b', SHARED);
    expect((await made.run(['fix'])).stderr).toContain('machine b (no key yet) gains access to shared/s/x');

    const { recipient } = await generateKeyPair();
    write(made.root, 'secrets/age-keys/machines/b/pub', recipient);
    const { code, stderr } = await made.run(['fix']);
    expect([code, stderr]).toEqual([
      1,
      expect.stringContaining(`machine b (${short(recipient)}) gains access to shared/s/x`),
    ]);
  });

  it("a public key in the place of a machine's own is named, and given nothing without a yes", async () => {
    const admin = await generateKeyPair();
    const own = 'g = { files.x = { }; script = "echo x > $out/x"; };';
    const made = await fleet(
      { m: own, n: own },
      {
        user: null,
        more: {
          'clan.nix': `{ vars.settings = { secretStore = "age"; recipients.default = [ "${admin.recipient}" ]; }; }`,
          'secrets/age-keys/README.md': 'Keys of machines.\n',
        },
      },
    );
    write(made.home, '.config/age/identities', `${admin.secret}\n`);
    expect((await made.run(['generate', '--no-sandbox'])).code).toBe(0);
    const pub = 'secrets/age-keys/machines/m/pub';
    const before = text(made, pub);
    const stored = text(made, 'secrets/clan-vars/per-machine/m/g/x/x.age');
    expect((await made.run(['verify'])).code).toBe(0);

    const planted = await generateKeyPair();
    write(made.root, pub, planted.recipient);
    const verified = await made.run(['verify']);
    expect([verified.code, verified.stdout + verified.stderr]).toEqual([
      1,
      expect.stringContaining(
        `per-machine/m/g/x is for machine m, whose public key was replaced: its private key belongs to ${before}, so restore that in ${pub}`,
      ),
    ]);
    const gains = `machine m (${short(planted.recipient)}) gains access to per-machine/m/g/x`;
    for (const args of [
      ['fix'],
      ['generate', '-g', 'g', '--regenerate', '--no-sandbox'],
      ['set', 'm', 'g/x'],
    ]) {
      const { code, stderr } = await made.run(args, { input: 'new' });
      expect([args[0], code, stderr]).toEqual([args[0], 1, expect.stringContaining(gains)]);
    }
    expect(text(made, 'secrets/clan-vars/per-machine/m/g/x/x.age')).toBe(stored);
    expect(made.git('log', '-1', '--format=%s')).toMatch(/generator g/);

    write(made.root, pub, before);
    expect((await made.run(['verify'])).code).toBe(0);
    expect((await made.run(['fix'])).stdout).toBe('Nothing to fix.\n');
  });
});
