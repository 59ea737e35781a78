/** A machine that got its new name in the flake first: what is stored is its own, and the command that is named moves it. */
import { describe, expect, it } from 'vitest';
import { fleet } from '../generating-fleet.ts';

const OWN = 'own = { files.x = { }; script = "echo own > $out/x"; };';
const OTHER = 'other = { files.x = { }; script = "echo other > $out/x"; };';

describe('a machine that was renamed in the flake', { timeout: 120_000 }, () => {
  it('keeps what is stored, by the command that verify and check name', async () => {
    const made = await fleet({ elm: OWN, ash: OWN });
    expect((await made.run(['generate'])).code).toBe(0);
    const value = (await made.run(['get', 'elm', 'own/x'])).stdout;
    made.git('mv', 'machines/elm', 'machines/fir');
    made.git('commit', '-qm', 'fir');

    const findings = JSON.parse(
      (await made.run(['check', '--format', 'json', '--severity', 'hint'])).stdout,
    ).findings;
    const said = findings.map(({ message }: { message: string }) => message).join('\n');
    expect(said).toContain('`varsmith rename machine elm fir` moves what is stored');
    expect(said).not.toMatch(/machines delete|revoke|Remove/);
    for (const command of ['verify', 'plan'])
      expect((await made.run([command])).stdout).toContain(
        '`varsmith rename machine elm fir` moves what is stored',
      );

    const renamed = await made.run(['rename', 'machine', 'elm', 'fir']);
    expect(renamed.code === 0 ? '' : renamed.stderr).toBe('');
    expect((await made.run(['verify'])).stdout).toBe('All vars are present and valid.\n');
    expect((await made.run(['get', 'fir', 'own/x'])).stdout).toBe(value);
  });

  it('is another machine where it has other generators, or something is stored for it', async () => {
    const made = await fleet({ elm: OWN, ash: OWN });
    expect((await made.run(['generate'])).code).toBe(0);
    made.git('rm', '-qr', 'machines/elm');
    made.machine('fir', OTHER);
    made.git('add', '-A');
    expect((await made.run(['verify'])).stdout).not.toContain('rename');
    expect((await made.run(['rename', 'machine', 'elm', 'ash'])).stderr).toContain('already exists');
    expect((await made.run(['rename', 'machine', 'elm', 'oak'])).code).toBe(2);
  });
});
