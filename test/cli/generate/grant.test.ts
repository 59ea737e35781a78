/** A new person: what is said to them, and the one command that gives them access. */
import { existsSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { write } from '../../workspace/support.ts';
import { fleet, type GeneratingFleet } from '../generating-fleet.ts';

const OWN = 'own = { files.x = { }; script = "echo own > $out/x"; };';
const SHARED = 's = { share = true; files.x = { }; files.note = { secret = false; }; };';
const FROM = 'from = { dependencies = [ "s" ]; files.y = { }; script = "cat $in/s/x > $out/y"; };';

/** A fleet whose secrets are for ada, and a person `lee` with a key of their own. */
async function withLee(machine = SHARED) {
  const made = await fleet({ a: machine });
  for (const [file, value] of [
    ['x', 'canary-1'],
    ['note', 'hello'],
  ])
    expect((await made.run(['set', 'a', `s/${file}`], { input: value as string })).code).toBe(0);
  const env = { HOME: join(made.root, '../lee') };
  const lee = (args: readonly string[]) => made.run([...args], { env });
  return { made, lee };
}

const text = ({ root }: GeneratingFleet, path: string) => readFileSync(join(root, path), 'utf8');

const SECRET = 'vars/shared/s/x/secret';
const MACHINE_KEY = 'sops/secrets/a-age.key';

describe('a new person', { timeout: 120_000 }, () => {
  it('is told who gives access, and gets it with one command', async () => {
    const { made, lee } = await withLee();
    const asked = await lee(['get', 'a', 's/x']);
    expect(asked.stderr).toMatch(/No age identity|No key/);
    expect((await lee(['keygen', '--user', 'lee'])).code).toBe(0);
    const refused = await lee(['get', 'a', 's/x']);
    expect(refused.stderr).toContain(
      'It is for user ada, machine a. ada can give you access with "varsmith grant lee".',
    );
    for (const command of ['access', 'verify'])
      expect((await made.run([command])).stderr).toContain('User lee can read 0 of the stored secrets.');

    const before = text(made, SECRET);
    const careful = await made.run(['grant', 'lee']);
    expect([careful.code, careful.stderr]).toEqual([
      1,
      expect.stringContaining('gains access to shared/s/x, sops/secrets/a-age.key'),
    ]);
    expect(text(made, SECRET)).toBe(before);
    expect(existsSync(join(made.root, 'vars/shared/s/x/users/lee'))).toBe(false);

    const granted = await made.run(['grant', 'lee', '--yes']);
    expect([granted.code, granted.stdout]).toEqual([0, 'lee can read 2 more secrets now.\n']);
    expect(made.git('status', '--porcelain')).toBe('');
    expect(made.git('log', '-1', '--format=%s').trim()).toBe('secrets: give access to lee');
    expect(readlinkSync(join(made.root, 'vars/shared/s/x/users/lee'))).toBe('../../../../../sops/users/lee');
    expect(readlinkSync(join(made.root, MACHINE_KEY, 'users/lee'))).toBe('../../../users/lee');
    expect((await lee(['get', 'a', 's/x'])).stdout).toContain('canary-1');
    expect((await made.run(['verify'])).code).toBe(0);
    expect((await made.run(['fix'])).stdout).toBe('Nothing to fix.\n');
    expect((await made.run(['grant', 'lee'])).stdout).toBe('lee can already read what is stored here.\n');
  });

  it('joins the group of defaultGroups, with the keys of machines that were made before', async () => {
    const { made, lee } = await withLee();
    await lee(['keygen', '--user', 'lee']);
    write(
      made.root,
      'machines/a/configuration.nix',
      `{ clan.core.sops.defaultGroups = [ "admins" ]; clan.core.vars.generators = { ${SHARED} }; }\n`,
    );
    made.git('commit', '-qam', 'groups');
    const granted = await made.run(['grant', 'lee', '--yes']);
    expect([granted.code, granted.stderr]).toEqual([0, expect.stringContaining('through group admins')]);
    expect(readlinkSync(join(made.root, 'sops/groups/admins/users/lee'))).toBe('../../../users/lee');
    expect(readlinkSync(join(made.root, MACHINE_KEY, 'groups/admins'))).toBe('../../../groups/admins');
    expect(existsSync(join(made.root, 'vars/shared/s/x/users/lee'))).toBe(false);
    expect((await lee(['get', 'a', 's/x'])).stdout).toContain('canary-1');
    // Whoever has the keys of machines can add a machine.
    made.machine('b', OWN);
    made.git('add', '-A');
    const added = await lee(['generate', '-m', 'b', '--yes']);
    expect(added.code === 0 ? '' : added.stderr).toBe('');
    expect((await made.run(['fix'])).stdout).toBe('Nothing to fix.\n');
  });

  it('joins a group that is named', async () => {
    const { made, lee } = await withLee();
    await lee(['keygen', '--user', 'lee']);
    const granted = await made.run(['grant', 'lee', '--group', 'admins', '--yes']);
    // Nothing is for the group yet: membership alone gives nothing.
    expect([granted.code, granted.stdout]).toEqual([0, 'lee can already read what is stored here.\n']);
    expect(readlinkSync(join(made.root, 'sops/groups/admins/users/lee'))).toBe('../../../users/lee');
  });

  it('is not granted anything that does not exist', async () => {
    const { made } = await withLee();
    const { code, stderr } = await made.run(['grant', 'joe']);
    expect([code, stderr]).toEqual([
      1,
      expect.stringContaining('There is no user "joe" in sops/users (there is ada).'),
    ]);
    expect((await made.run(['grant'])).code).toBe(2);
  });
});

describe('a run of somebody without access', { timeout: 120_000 }, () => {
  it('is refused by names before anything runs, and the plan does not claim access', async () => {
    const { made, lee } = await withLee(SHARED + FROM + OWN);
    await lee(['keygen', '--user', 'lee']);
    const planned = await lee(['plan']);
    expect(planned.stdout).toContain(
      `${SECRET}: None of your keys can decrypt it. It is for user ada, machine a.`,
    );
    expect(planned.stdout).not.toContain('gains access');
    const { code, stderr } = await lee(['generate', '--yes']);
    expect([code, stderr]).toEqual([
      1,
      expect.stringContaining('ada can give you access with "varsmith grant lee".'),
    ]);
    expect(stderr).not.toMatch(/encrypted to age1|gains access/);
    expect(existsSync(join(made.root, 'vars/per-machine/a/own'))).toBe(false);
  });
});
