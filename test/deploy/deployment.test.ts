// What would be run to deploy a machine, and when nothing is.
import { describe, expect, test } from 'vitest';
import {
  commandText,
  type DeployRequest,
  deploymentOf,
  type LocalHost,
} from '../../server/src/deploy/deployment.ts';

const request = (more: Partial<DeployRequest> = {}): DeployRequest => ({
  machine: { name: 'web', class: 'nixos' },
  action: 'switch',
  tool: 'auto',
  targetHost: null,
  buildHost: null,
  local: false,
  more: [],
  ...more,
});
const desk: LocalHost = {
  hostName: 'desk',
  isRoot: false,
  programs: new Set(['clan', 'nixos-rebuild', 'darwin-rebuild']),
};
const without = (...names: readonly string[]): LocalHost => ({
  ...desk,
  programs: new Set([...desk.programs].filter(name => !names.includes(name))),
});
const mac = { name: 'book', class: 'darwin' } as const;

function command(more: Partial<DeployRequest>, isClan = true, here = desk): string {
  const deployment = deploymentOf(request(more), isClan, here);
  return 'refused' in deployment ? deployment.refused : commandText(deployment.command);
}

describe('a clan', () => {
  test.each([
    [{}, 'clan machines update web'],
    [
      { targetHost: 'root@web', buildHost: 'ci' },
      'clan machines update web --target-host root@web --build-host ci',
    ],
    [{ more: ['--no-check'] }, 'clan machines update web --no-check'],
    [{ machine: mac }, 'clan machines update book'],
    [
      { action: 'install', targetHost: 'root@192.0.2.7' },
      'clan machines install web --target-host root@192.0.2.7',
    ],
    [{ tool: 'rebuild', targetHost: 'web' }, 'nixos-rebuild switch --flake .#web --target-host web'],
    [{ action: 'rollback', targetHost: 'web' }, 'nixos-rebuild switch --rollback --target-host web'],
    [{ action: 'test', targetHost: 'web' }, 'nixos-rebuild test --flake .#web --target-host web'],
  ] as const)('%j runs %s', (more, expected) => {
    expect(command(more)).toBe(expected);
  });

  test('without `clan` it is rebuilt', () => {
    expect(command({ targetHost: 'web' }, true, without('clan'))).toBe(
      'nixos-rebuild switch --flake .#web --target-host web',
    );
    expect(command({ tool: 'clan' }, true, without('clan'))).toContain('`clan` is not installed here.');
  });
});

describe('another fleet', () => {
  test.each([
    [
      { targetHost: 'root@web', buildHost: 'ci' },
      'nixos-rebuild switch --flake .#web --target-host root@web --build-host ci',
    ],
    [{ local: true }, 'sudo nixos-rebuild switch --flake .#web'],
    [{ action: 'rollback', local: true }, 'sudo nixos-rebuild switch --rollback'],
    [{ machine: mac, local: true }, 'sudo darwin-rebuild switch --flake .#book'],
  ] as const)('%j runs %s', (more, expected) => {
    expect(command(more, false)).toBe(expected);
  });

  test('the computer that is called like the machine is the machine', () => {
    expect(command({}, false, { ...desk, hostName: 'Web.example.org' })).toBe(
      'sudo nixos-rebuild switch --flake .#web',
    );
    expect(command({}, false, { ...desk, hostName: 'web', isRoot: true })).toBe(
      'nixos-rebuild switch --flake .#web',
    );
  });

  test('another computer is not turned into the machine', () => {
    const deployment = deploymentOf(request(), false, desk);
    expect(deployment).toEqual({
      refused:
        'This computer is called desk, not web: nixos-rebuild would turn it into web. Use --target-host user@host, or --local if this computer is web.',
      needsTarget: true,
    });
    expect(deploymentOf(request({ machine: mac }), false, desk)).toMatchObject({ needsTarget: false });
  });

  test.each([
    [{ tool: 'clan' }, 'This fleet is not a clan'],
    [{ machine: mac, targetHost: 'book' }, 'darwin-rebuild works on the Mac itself'],
    [{ machine: mac, action: 'test', local: true }, 'darwin-rebuild cannot try a configuration'],
    [{ action: 'install', targetHost: 'web' }, 'Installing a machine takes `clan`'],
    [{ targetHost: '-oProxyCommand=x' }, '"-oProxyCommand=x" is not the address'],
    [{ targetHost: 'a b' }, '"a b" is not the address'],
  ] as const)('%j is refused: %s', (more, why) => {
    expect(command(more, false)).toContain(why);
  });

  test('without its program nothing is run', () => {
    expect(command({ targetHost: 'web' }, false, without('nixos-rebuild'))).toBe(
      '`nixos-rebuild` is not installed here.',
    );
    expect(command({}, true, without('clan', 'nixos-rebuild'))).toBe(
      '`nixos-rebuild` is not installed here, and neither is `clan`. Run this on the machine itself, or where it is.',
    );
  });
});

test('installing says that it cannot be taken back, and asks for the computer', () => {
  expect(deploymentOf(request({ action: 'install' }), true, desk)).toMatchObject({ needsTarget: true });
  expect(deploymentOf(request({ action: 'install', targetHost: 'x' }), true, desk)).toMatchObject({
    where: 'x: its disks are partitioned anew and everything on them is lost',
    rollback: ['This cannot be taken back: what was on the disks is gone.'],
  });
  expect(command({ action: 'install', machine: mac, targetHost: 'x' })).toContain('install macOS');
});

test('a rollback is named with each deployment', () => {
  expect(deploymentOf(request(), true, desk)).toMatchObject({
    rollback: [expect.stringContaining('sudo nixos-rebuild switch --rollback'), expect.any(String)],
  });
  expect(deploymentOf(request({ machine: mac }), true, desk)).toMatchObject({
    rollback: [expect.stringContaining('sudo darwin-rebuild switch --rollback'), expect.any(String)],
  });
});

test('a command is shown so that a shell reads the same words', () => {
  expect(commandText(['nixos-rebuild', '--flake', '.#web', "it's $x"])).toBe(
    "nixos-rebuild --flake .#web 'it'\\''s $x'",
  );
});
