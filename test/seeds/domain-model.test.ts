// Seed 003, "Domain model": a fleet of flake-parts modules that import-tree finds. Each title begins with the number of its statement.
import { describe, expect, test } from 'vitest';
import { completion } from '../../server/src/editor/complete/completion.ts';
import { hover } from '../../server/src/editor/hover/hover.ts';
import { definition } from '../../server/src/editor/navigate/definition.ts';
import { behind, edit, findingsIn, found, inspect, run, seedFleet, snapshotOf, textOf } from './support.ts';

const MACHINES = 'modules/clan/inventory/machines.nix';
const SERVICES = 'modules/clan/inventory/services.nix';
const ZEROTIER = 'modules/clan/inventory/zerotier.nix';
const BASE = 'modules/nixos/base.nix';

interface Named {
  readonly name: string;
}

function foundAfter(path: string, from: string, to: string): string[] {
  const root = seedFleet('domain-model');
  edit(root, path, from, to);
  return found(root);
}

/** The messages of errors and warnings after an edit. */
function messagesAfter(path: string, from: string, to: string): string {
  const root = seedFleet('domain-model');
  edit(root, path, from, to);
  return findingsIn(root)
    .filter(({ severity }) => severity === 'error' || severity === 'warning')
    .map(({ message }) => message)
    .join('\n');
}

describe('layout', () => {
  test('3.1: flake-parts, import-tree and `flake.modules`: everything is known, and nothing is found', async () => {
    const root = seedFleet('domain-model');
    const { machines, references, notAnalysable } = await inspect(root);
    expect(machines.map(({ name }: Named) => name)).toEqual(['cinnabar', 'electrum', 'stibnite']);
    expect(machines.map((machine: { class: string }) => machine.class)).toEqual(['nixos', 'nixos', 'darwin']);
    expect(references.map(({ status }: { status: string }) => status)).toEqual(
      references.map(() => 'resolved'),
    );
    expect(notAnalysable).toEqual([]);
    expect(found(root)).toEqual([]);
  });

  test('3.2: values that all modules share through `config.flake.meta`', async () => {
    const { generators } = await inspect(seedFleet('domain-model'));
    const mail = generators.find(({ name }: Named) => name === 'mail-crs58');
    expect([mail?.nameKind, mail?.machines]).toEqual(['resolved', ['cinnabar']]);
  });

  test('3.3: machines below darwin/ and nixos/, and the inventory in files of its own', async () => {
    const { machines } = await inspect(seedFleet('domain-model'));
    expect(machines.map(({ file }: { file: string }) => file)).toEqual([MACHINES, MACHINES, MACHINES]);
    expect(machines[0].generators).toContain('ssh-key');
  });
});

describe('the example of a generator', () => {
  // As the document has it: the public file under a name that ssh-keygen does not write, and no package.
  const literal = () => {
    const root = seedFleet('domain-model');
    edit(root, BASE, '"id_ed25519.pub" =', 'id_ed25519_pub =');
    edit(root, BASE, 'runtimeInputs = [ pkgs.openssh ];', '');
    return root;
  };

  test('3.4: its two mistakes are found, each with its cure', () => {
    const findings = findingsIn(literal()).filter(({ severity }) => severity === 'error');
    expect(findings.map(({ rule }) => rule).sort()).toEqual([
      'generator/missing-tool',
      'generator/output-never-written',
    ]);
    const fixes = findings.flatMap(finding => finding.fixes.map(({ title }) => title));
    expect(fixes).toEqual(
      expect.arrayContaining([expect.stringContaining('openssh'), 'Declare "id_ed25519.pub" instead']),
    );
  });

  test('3.5: `prompts = { }` is fine', () => {
    expect(textOf(seedFleet('domain-model'), BASE)).toContain('prompts = { };');
    expect(found(seedFleet('domain-model'), /prompt/)).toEqual([]);
  });
});

describe('deployment', () => {
  const deploy = (...args: readonly string[]) =>
    run(seedFleet('domain-model'), ['deploy', ...args, '--dry-run', '--anyway'], { env: { PATH: '' } });

  test('3.7: `clan machines update` and `install`, where clan is installed', async () => {
    const { code, stderr } = await deploy('cinnabar', '--with', 'clan');
    expect(code).toBe(1);
    expect(stderr).toContain('`clan` is not installed here.');
    expect((await deploy('cinnabar', '--install')).stderr).toContain('Installing a machine takes `clan`');
  });

  test('3.8: `nixos-rebuild` and `darwin-rebuild` where it is not', async () => {
    expect((await deploy('cinnabar')).stderr).toContain('`nixos-rebuild` is not installed here');
    expect((await deploy('stibnite')).stderr).toContain('`darwin-rebuild` is not installed here');
  });

  test('3.9: what is wrong is said before, and how it is taken back', async () => {
    const { stderr } = await deploy('cinnabar');
    expect(stderr).toContain('ssh-key: id_ed25519, id_ed25519.pub are missing.');
    expect((await run(seedFleet('domain-model'), ['deploy', '--help'])).stdout).toContain('--rollback');
  });
});

describe('inventory', () => {
  test.each([
    [MACHINES, 'machineClass = "darwin"', 'machineClass = "darwn"', 'darwin'],
    [MACHINES, 'tags = [ "server" "nixos" ];', 'tag = [ "server" ];', 'tags'],
    [
      MACHINES,
      'machineClass = "darwin";',
      'machineClass = "darwin";\n      deploy.targetHosst = "root@x";',
      'targetHost',
    ],
    [MACHINES, 'clan.inventory.machines =', 'clan.inventory.machnes =', 'machines'],
  ])('3.10: in %s, `%s` as `%s` is said, with what was meant', (path, from, to, meant) => {
    expect(messagesAfter(path, from, to)).toContain(meant);
  });

  test.each([
    ['machines.cinnabar', 'machines.cinabar', 'Did you mean "cinnabar"?'],
    ['tags."workstation"', 'tags."workstaton"', 'Did you mean "workstation"?'],
    ['roles.controller', 'roles.controler', 'Did you mean "controller"?'],
    ['name = "zerotier"', 'name = "zerotierr"', 'Did you mean "zerotier"?'],
  ])('3.11: `%s` as `%s`', (from, to, message) => {
    expect(messagesAfter(ZEROTIER, from, to)).toContain(message);
  });
});

describe('services', () => {
  test('3.12: settings of the role and of the machine make the names of generators', async () => {
    const { machines } = await inspect(seedFleet('domain-model'));
    const generators = (name: string) =>
      machines.find((machine: Named) => machine.name === name).generators as string[];
    expect(generators('cinnabar')).toContain('notes-notes.example.org');
    expect(generators('electrum')).toContain('notes-archive.example.org');
  });

  test.each([
    ['unknown', 'settings.domain = lib', 'settings.domian = lib', 'domain'],
    ['of a wrong type', 'settings.domain = "archive.example.org"', 'settings.port = "http"', 'port'],
    ['missing', 'settings.domain = lib.mkDefault "notes.example.org";', '', 'domain'],
  ])('3.12: a setting that is %s', (_, from, to, named) => {
    expect(messagesAfter(SERVICES, from, to)).toContain(named);
  });

  test('3.12: settings, roles, modules and tags are explained, completed and led to where they are declared', () => {
    const root = seedFleet('domain-model');
    const snapshot = snapshotOf(root);
    const card = (path: string, before: string) =>
      hover(snapshot, path, behind(root, path, before))?.markdown ?? '';
    expect(card(SERVICES, 'settings.doma')).toContain('Where the notes are served.');
    expect(card(ZEROTIER, 'roles.controll')).not.toBe('');
    expect(card(ZEROTIER, 'name = "zerot')).not.toBe('');
    expect(card(ZEROTIER, 'tags."workst')).toContain('stibnite');
    const setting = definition(snapshot, SERVICES, behind(root, SERVICES, 'settings.doma'));
    expect(setting?.targets.map(({ file }) => file)).toEqual(['services/notes.nix']);
    const proposed = completion(snapshot, SERVICES, behind(root, SERVICES, 'electrum.settings.'))?.items.map(
      ({ label }) => label,
    );
    expect(proposed).toEqual(expect.arrayContaining(['domain', 'port']));
  });

  test("3.13: clan-core's services bring their generators to the machines that have them", async () => {
    const root = seedFleet('domain-model');
    const { machines } = await inspect(root);
    const generators = (name: string) =>
      machines.find((machine: Named) => machine.name === name).generators as string[];
    expect(generators('cinnabar')).toEqual(
      expect.arrayContaining(['openssh', 'zerotier-network-zerotier-local']),
    );
    expect(generators('electrum')).toContain('openssh');
    expect(generators('electrum')).not.toContain('zerotier-network-zerotier-local');
    const { stdout } = await run(root, ['graph', '--machine', 'electrum', '--format', 'json']);
    expect(JSON.parse(stdout).nodes.map(({ id }: { id: string }) => id)).toContain('openssh');
  });

  test('3.14: controller, moon and peer are the roles of zerotier', () => {
    for (const role of ['moon', 'peer', 'controller'])
      expect(foundAfter(ZEROTIER, 'roles.peer.tags', `roles.${role}.tags`).join()).not.toContain(
        'inventory/unknown-role',
      );
  });
});

describe('constraints', () => {
  test('3.16: imports lead somewhere, and values fit their types', () => {
    expect(
      messagesAfter(
        BASE,
        'flake.modules.nixos.base =',
        'imports = [ ./nope.nix ];\n  flake.modules.nixos.base =',
      ),
    ).toContain('nope.nix');
    expect(messagesAfter(BASE, 'secret = false;', 'secret = "no";')).toContain('secret');
  });

  test('3.17: each generator is a commit', async () => {
    expect((await run(seedFleet('domain-model'), ['generate', '--help'])).stdout).toContain('--no-commit');
  });
});
