/** The age backend of clan from the command line. Case 32 is the number of clan's own test suite. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findSandbox } from '../../../server/src/host/sandbox/find-sandbox.ts';
import { generateKeyPair } from '../../../server/src/store/age/crypt.ts';
import { describeIf } from '../../conditionally.ts';
import { contentsOf } from '../../host/folders.ts';
import { write } from '../../workspace/support.ts';
import { fleet, type GeneratingFleet } from '../generating-fleet.ts';

const hasSandbox = 'sandbox' in (await findSandbox(process.platform, ['/usr/bin', '/bin']));

interface AgeFleet extends GeneratingFleet {
  readonly recipient: string;
}

/** A fleet with an admin, who has a key. */
async function ageFleet(machines: Readonly<Record<string, string>>): Promise<AgeFleet> {
  const { recipient, secret } = await generateKeyPair();
  const made = await fleet(machines, {
    user: null,
    more: {
      'clan.nix': `{ vars.settings = { secretStore = "age"; recipients.default = [ "${recipient}" ]; }; }`,
      'secrets/age-keys/README.md': 'Keys of machines.\n',
    },
  });
  write(made.home, '.config/age/identities', `${secret}\n`);
  return { ...made, recipient };
}

const FILES =
  'files.open.secret = false; files.mine = { }; files.admin.deploy = false; script = "for f in open mine admin; do echo $f > $out/$f; done";';
const read = async ({ run }: GeneratingFleet, machine: string, id: string) =>
  (await run(['get', machine, id])).stdout;

describeIf(hasSandbox, 'case 59: the age backend', () => {
  it('writes what clan reads, and reads it again', async () => {
    const made = await ageFleet({
      m: `g = { ${FILES} };`,
      n: `s = { share = true; files.x = { }; script = "echo x > $out/x"; };`,
    });
    const { code, stderr } = await made.run(['generate']);
    expect([code, code === 0 ? '' : stderr]).toEqual([0, '']);
    expect(
      Object.keys(contentsOf(made.root))
        .filter(path => /^(vars|secrets|sops)\//.test(path))
        .sort(),
    ).toEqual([
      'secrets/age-keys/README.md',
      'secrets/age-keys/machines/m/key.age',
      'secrets/age-keys/machines/m/key.age.recipients',
      'secrets/age-keys/machines/m/pub',
      'secrets/age-keys/machines/n/key.age',
      'secrets/age-keys/machines/n/key.age.recipients',
      'secrets/age-keys/machines/n/pub',
      'secrets/clan-vars/per-machine/m/g/admin/admin.age',
      'secrets/clan-vars/per-machine/m/g/admin/admin.age.recipients',
      'secrets/clan-vars/per-machine/m/g/mine/mine.age',
      'secrets/clan-vars/shared/s/x/x.age',
      'secrets/clan-vars/shared/s/x/x.age.recipients',
      'vars/per-machine/m/g/open/value',
    ]);
    const noted = (path: string) => readFileSync(join(made.root, 'secrets', path), 'utf8').trim();
    expect(noted('clan-vars/per-machine/m/g/admin/admin.age.recipients')).toBe(made.recipient);
    expect(noted('clan-vars/shared/s/x/x.age.recipients')).toBe(noted('age-keys/machines/n/pub'));
    expect([
      await read(made, 'm', 'g/mine'),
      await read(made, 'm', 'g/admin'),
      await read(made, 'm', 'g/open'),
    ]).toEqual(['mine\n', 'admin\n', 'open\n']);
    expect((await made.run(['verify'])).stdout).toBe('All vars are present and valid.\n');
    expect((await made.run(['generate'])).stdout).toBe('Nothing to generate.\n');
    expect(made.git('status', '--porcelain')).toBe('');
  });

  it('gives a machine that comes later what is shared, and takes away what is no longer deployed', async () => {
    const of = (deploy: boolean) =>
      `s = { share = true; files.x.deploy = ${deploy}; script = "echo x > $out/x"; };`;
    const made = await ageFleet({ a: of(true) });
    await made.run(['generate']);
    made.machine('b', of(true));
    expect((await made.run(['verify'])).stdout).toContain('Machine b has no age key yet');
    expect((await made.run(['fix'])).stdout).toBe('Access to shared/s brought up to date\n');
    expect(await read(made, 'b', 's/x')).toBe('x\n');
    for (const machine of ['a', 'b']) made.machine(machine, of(false));
    expect((await made.run(['fix'])).stdout).toBe('Access to shared/s brought up to date\n');
    expect((await made.run(['fix'])).stdout).toBe('Nothing to fix.\n');
    expect(
      readFileSync(join(made.root, 'secrets/clan-vars/shared/s/x/x.age.recipients'), 'utf8').trim(),
    ).toBe(made.recipient);
  });

  it('case 32: setting a shared value keeps it for all machines', async () => {
    const shared = 's = { share = true; files.x = { }; };';
    const made = await ageFleet({ a: shared, b: shared });
    expect((await made.run(['set', 'a', 's/x'], { input: 'one' })).code).toBe(0);
    expect((await made.run(['set', 'b', 's/x'], { input: 'two' })).code).toBe(0);
    expect([await read(made, 'a', 's/x'), await read(made, 'b', 's/x')]).toEqual(['two', 'two']);
  });

  it('a secret that becomes public is no longer encrypted beside it', async () => {
    const of = (secret: boolean) => `g = { files.x.secret = ${secret}; script = "echo x > $out/x"; };`;
    const made = await ageFleet({ m: of(true) });
    await made.run(['generate']);
    made.machine('m', of(false));
    expect((await made.run(['generate'])).code).toBe(0);
    expect(existsSync(join(made.root, 'secrets/clan-vars/per-machine/m/g/x'))).toBe(false);
  });

  it('without recipients nothing is written', async () => {
    const made = await ageFleet({ m: `g = { ${FILES} };` });
    write(made.root, 'clan.nix', '{ vars.settings.secretStore = "age"; }');
    const { code, stderr } = await made.run(['generate']);
    expect([code, stderr]).toEqual([
      1,
      expect.stringContaining('No age recipients are configured for machine m.'),
    ]);
    expect(existsSync(join(made.root, 'vars'))).toBe(false);
  });
});

describe('other backends', () => {
  it('are not served', async () => {
    const made = await fleet(
      { m: 'g.files.x = { };' },
      { user: null, more: { 'clan.nix': '{ vars.settings.secretStore = "vm"; }' } },
    );
    const { code, stderr } = await made.run(['plan']);
    expect([code, stderr]).toEqual([1, expect.stringContaining('clan no longer has the secret store "vm"')]);
  });
});
