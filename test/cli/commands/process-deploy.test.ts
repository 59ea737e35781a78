// `varsmith deploy` with programs that stand in for clan and nixos-rebuild on PATH.
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { folder } from '../../workspace/support.ts';
import { buildProgram, start } from '../program.ts';
import { varsmith } from '../support.ts';

buildProgram();

const CLAN = `{
  outputs = { self, clan-core, ... }: clan-core.lib.clan {
    inherit self;
    inventory.machines = { web.machineClass = "nixos"; db.machineClass = "nixos"; };
  };
}
`;
const PLAIN =
  '{ outputs = { nixpkgs, ... }: { nixosConfigurations.web = nixpkgs.lib.nixosSystem { modules = [ ./web.nix ]; }; }; }\n';
const GENERATOR = `{ ... }: {
  clan.core.vars.generators.topic = { files.topic.secret = false; script = ''echo -n a > "$out/topic"''; };
}
`;

/** A fleet with programs beside it; each notes how it was called, and ends with the code that it is given. */
function scene(files: Readonly<Record<string, string>>, programs: Readonly<Record<string, number>>) {
  const home = folder({});
  const root = folder(files);
  const bin = folder({});
  for (const [name, code] of Object.entries(programs)) {
    const text = `#!/bin/sh\necho "${name} $* in $(pwd)" >> ${join(bin, 'called')}\nexit ${code}\n`;
    writeFileSync(join(bin, name), text);
    chmodSync(join(bin, name), 0o755);
  }
  const called = () => (existsSync(join(bin, 'called')) ? readFileSync(join(bin, 'called'), 'utf8') : '');
  const PATH = `${bin}:/usr/bin:/bin`;
  const run = async (...args: readonly string[]) => {
    const { ended } = start({ root, home, env: { PATH } } as never, 'deploy', ...args);
    return ended;
  };
  return { root, called, run, env: { PATH, HOME: home } };
}

describe('a clan', () => {
  test('clan updates the machine, in the folder of the fleet', async () => {
    const { root, run, called } = scene({ 'flake.nix': CLAN }, { clan: 0 });
    const { code, output } = await run('web', '--yes');
    expect(called()).toBe(`clan machines update web in ${root}\n`);
    expect(output).toContain('clan machines update web\n');
    expect(output).toContain('nixos-rebuild switch --rollback');
    expect(code).toBe(0);
  });

  test('missing vars stand in the way, unless somebody says otherwise', async () => {
    const { run, called } = scene(
      { 'flake.nix': CLAN, 'machines/web/configuration.nix': GENERATOR },
      { clan: 0 },
    );
    const { code, output } = await run('web', '--yes');
    expect([code, called()]).toEqual([1, '']);
    expect(output).toContain('per-machine/web/topic: topic is missing.');
    expect(output).toContain('Nothing was run: 1 problem with web. --anyway deploys nevertheless.');
    expect((await run('web', '--yes', '--anyway')).code).toBe(0);
    expect(called()).toContain('machines update web');
    // The other machine has none of that.
    expect((await run('db', '--yes')).code).toBe(0);
  });

  test('a program that fails ends the command with 1, and the way back is said again', async () => {
    const { run } = scene({ 'flake.nix': CLAN }, { clan: 3 });
    const { code, output } = await run('web', '--yes');
    expect(code).toBe(1);
    expect(output).toMatch(/clan machines update web ended with 3\. On web: `sudo nixos-rebuild/);
  });
});

test('another fleet is rebuilt on the target host, with what stands behind --', async () => {
  const { root, run, called } = scene({ 'flake.nix': PLAIN, 'web.nix': '{ }' }, { 'nixos-rebuild': 0 });
  await run('web', '--target-host', 'root@192.0.2.7', '--yes', '--', '--show-trace', '-v');
  expect(called()).toBe(
    `nixos-rebuild switch --flake .#web --target-host root@192.0.2.7 --show-trace -v in ${root}\n`,
  );
});

test('an error of the machine stands in the way, one of another machine does not', async () => {
  const flake = `{
  outputs = { nixpkgs, ... }: {
    nixosConfigurations.web = nixpkgs.lib.nixosSystem { modules = [ ./web.nix ]; };
    nixosConfigurations.db = nixpkgs.lib.nixosSystem { modules = [ ./db.nix ]; };
  };
}
`;
  const broken =
    '{ config, ... }: { clan.core.vars.generators.a = { files.b.modee = "0400"; script = "touch $out/b"; }; }\n';
  const { root, env } = scene(
    { 'flake.nix': flake, 'web.nix': '{ }', 'db.nix': broken },
    { 'nixos-rebuild': 0 },
  );
  const plan = async (machine: string) => {
    const args = ['deploy', machine, root, '--target-host', 'x', '--dry-run', '--json'];
    const { stdout } = await varsmith(args, { env });
    return JSON.parse(stdout).problems.map(({ kind }: { kind: string }) => kind);
  };
  expect(await plan('web')).toEqual([]);
  expect(await plan('db')).toContain('finding');
});

describe('before it is run', () => {
  const ready = () => scene({ 'flake.nix': CLAN }, { clan: 0 });

  test('nobody to ask is a mistake of usage', async () => {
    const { root, env, called } = ready();
    const { code, stderr } = await varsmith(['deploy', 'web', root], { env });
    expect([code, called()]).toEqual([2, '']);
    expect(stderr).toContain('There is no terminal to confirm this: use --yes to run it.');
  });

  test('a no is a no', async () => {
    const { root, env, called } = ready();
    const { code, stderr } = await varsmith(['deploy', 'web', root], { env, typed: ['n\r'] });
    expect([code, called()]).toEqual([1, '']);
    expect(stderr).toContain('Run it? [y/N]');
    expect(stderr).toContain('Nothing was run.');
  });

  test('a dry run says what would run', async () => {
    const { root, env, called } = ready();
    const { code, stdout } = await varsmith(['deploy', 'web', root, '--dry-run'], { env });
    expect([code, stdout, called()]).toEqual([0, 'clan machines update web\n', '']);
  });

  test('for programs as JSON', async () => {
    const { root, env } = ready();
    const { stdout } = await varsmith(['deploy', 'web', root, '--dry-run', '--json'], { env });
    expect(JSON.parse(stdout)).toMatchObject({
      schemaVersion: 1,
      root,
      machine: 'web',
      problems: [],
      refused: null,
      command: ['clan', 'machines', 'update', 'web'],
    });
  });

  test.each([
    [['deploy'], 'Specify a machine'],
    [['deploy', 'wbe'], 'There is no machine "wbe". Did you mean "web"?'],
    [['deploy', 'web', '--install', '--rollback'], '--install and --rollback cannot be combined.'],
    [['deploy', 'web', '--json'], 'add --dry-run'],
    [['deploy', 'web', '--with', 'magic'], '"magic" is not a value of --with'],
  ])('%j is a mistake of usage', async (args, message) => {
    const { root, env } = ready();
    const { code, stderr } = await varsmith(args, { env, cwd: root });
    expect(code).toBe(2);
    expect(stderr).toContain(message);
  });
});
