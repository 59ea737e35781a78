// Services and roles of the inventory, where it is less plain than in the examples of their rules.

import { describe, expect, it } from 'vitest';
import { FLAKE, LOCK } from '../../server/src/checks/examples/inventory-examples.ts';
import { CLAN_CORE_TIME } from '../../server/src/fleet/catalogue/catalogue-services.ts';
import { applyFix, findingsOf, fixOf, judging, onlyFinding, type Texts } from './harness.ts';

const { check, expectSilent } = judging('inventory/unknown-role', 'inventory/unknown-service');

const clan = (body: string, more: Texts = {}): Texts => ({
  'flake.nix': FLAKE,
  'flake.lock': LOCK,
  'clan.nix': `\
{ lib, inputs, config, ... }:
{
  inventory.machines.emily = { };
${body}}
`,
  ...more,
});

const lockedAt = (time: number): Texts => ({ 'flake.lock': LOCK.replace(`${CLAN_CORE_TIME}`, `${time}`) });
const NEWER = lockedAt(CLAN_CORE_TIME + 86_400);
const without = (texts: Texts, path: string): Texts =>
  Object.fromEntries(Object.entries(texts).filter(([name]) => name !== path));

const found = (texts: Texts, rule: string) =>
  findingsOf(rule, texts).map(({ severity, message }) => `${severity}: ${message}`);

describe('inventory/unknown-service', () => {
  const instance = (name: string, module = '') =>
    `  inventory.instances.${name} = {\n${module}    roles.default.machines.emily = { };\n  };\n`;

  it('is silent of a clan-core that looked in the flake itself when no input was named', () => {
    // 2025-06-14
    const before = clan(
      `${instance('acme')}  modules.acme = { roles.default = { }; };\n`,
      lockedAt(1_749_889_528),
    );
    expectSilent(before);
    expect(found({ ...before, ...lockedAt(1_751_300_000) }, 'inventory/unknown-service')).toHaveLength(1);
  });

  it('knows the modules of a clan that a module inherits from its own `let`', () => {
    const texts = clan(instance('mine', '    module = { input = "self"; name = "backup"; };\n'), {
      'backup.nix': '{ ... }:\nlet\n  clan.modules.backup.roles.default = { };\nin\n{\n  inherit clan;\n}\n',
    });
    expect(found(texts, 'inventory/unknown-service')).toEqual([]);
    // What is handed on is declared elsewhere.
    const handed = { ...texts, 'backup.nix': '{ clan, ... }:\n{\n  _module.args = { inherit clan; };\n}\n' };
    expect(found(handed, 'inventory/unknown-service')).toHaveLength(1);
  });

  it('is silent of a file that import-tree passes over, unless somebody names it', () => {
    const flake = `{ outputs = inputs: inputs.flake-parts.lib.mkFlake { inherit inputs; } (inputs.import-tree ./modules); }\n`;
    const old =
      '{ clan.inventory.instances.b = { module = { input = "self"; name = "b"; }; roles.a.machines.emily = { }; }; }\n';
    const texts = {
      'flake.nix': flake,
      'flake.lock': LOCK,
      'modules/clan.nix': '{ clan.inventory.machines.emily = { }; }\n',
      'modules/_old.nix': old,
    };
    expect(found(texts, 'inventory/unknown-service')).toEqual([]);
    const named = { ...texts, 'modules/more.nix': '{ imports = [ ./_old.nix ]; }\n' };
    expect(found(named, 'inventory/unknown-service')).toHaveLength(1);
    expect(found({ ...texts, 'modules/old.nix': old }, 'inventory/unknown-service')).toHaveLength(1);
  });

  it('knows that a release has what was removed on main after it branched off', () => {
    const texts = clan(instance('dns', '    module = { input = "clan-core"; name = "coredns"; };\n'));
    const lockOf = (branch: string) => {
      const lock = JSON.parse(LOCK);
      lock.nodes['clan-core'].original = { owner: 'clan-lol', repo: 'clan-core', ref: branch };
      return { ...texts, 'flake.lock': JSON.stringify(lock) };
    };
    expect(found(lockOf('main'), 'inventory/unknown-service')).toHaveLength(1);
    expect(found(lockOf('26.05'), 'inventory/unknown-service')).toHaveLength(1);
    expect(found(lockOf('25.11'), 'inventory/unknown-service')).toEqual([]);
  });

  it('is silent of the modules of a clan that nobody shows', () => {
    const texts = clan(instance('mine', '    module = { input = "self"; name = "backup"; };\n'));
    expect(found(texts, 'inventory/unknown-service')).toHaveLength(1);
    expect(found(without(texts, 'flake.nix'), 'inventory/unknown-service')).toEqual([]);
  });

  it('adds the input beside the name, or at the top of the instance', () => {
    const modules = '  modules.backup = { roles.default = { }; };\n';
    const named = clan(modules + instance('mine', '    module.name = "backup";\n'));
    const fix = (texts: Texts) =>
      applyFix(
        texts,
        fixOf(onlyFinding(check(texts), 'inventory/unknown-service'), 'Take "backup" from this flake'),
      );
    expect(fix(named)['clan.nix']).toContain('    module.name = "backup";\n    module.input = "self";\n');
    expectSilent(fix(named));
    const bare = clan(modules + instance('backup'));
    expect(fix(bare)['clan.nix']).toContain(
      'instances.backup = {\n    module.input = "self";\n    roles.default',
    );
    expectSilent(fix(bare));
  });

  it('takes the old spelling with `@clan/` for what it is', () => {
    const texts = clan(instance('keys', '    module.name = "@clan/admin";\n'));
    const finding = onlyFinding(check(texts), 'inventory/unknown-service');
    expect(finding.message).toBe('clan-core has no service "@clan/admin". Did you mean "admin"?');
    expectSilent(applyFix(texts, fixOf(finding, 'Replace with "admin"')));
  });

  it('says since when a service is gone, once the lock is as new', () => {
    const texts = clan(instance('state-version'));
    expect(found(texts, 'inventory/unknown-service')[0]).toMatch(
      /^error: clan-core has no service "state-version"\. It was removed on 2025-08-26\. Set `clan/,
    );
    const before = clan(instance('state-version'), lockedAt(Date.parse('2025-07-01') / 1000));
    expect(found(before, 'inventory/unknown-service')).toEqual([]);
    expect(found(without(texts, 'flake.lock'), 'inventory/unknown-service')).toEqual([]);
  });

  it('warns of slips only, with a clan-core that is newer than the catalogue', () => {
    const slip = clan(instance('net', '    module.name = "wiregaurd";\n'), NEWER);
    expect(found(slip, 'inventory/unknown-service')).toEqual([
      'warning: clan-core has no service "wiregaurd". Did you mean "wireguard"?',
    ]);
    expect(found(clan(instance('quite-new'), NEWER), 'inventory/unknown-service')).toEqual([]);
  });

  it.each([
    ['whose module is not known', instance('mine', '    module = inputs.x.module;\n')],
    ['whose name is not known', instance('mine', '    module.name = inputs.x.name;\n')],
    ['whose input is not known', instance('mine', '    module.input = inputs.x.name;\n')],
    [
      'under a condition',
      `  inventory.instances = lib.mkIf inputs.x { mine.roles.default.tags = [ "all" ]; };\n`,
    ],
    [
      'of another flake that is an argument of `outputs`',
      instance('mine', '    module.input = "clan-core";\n    module.name = "admin";\n'),
    ],
    [
      'of this flake, by an attribute that every file may add',
      instance('mine', '    module.input = "self";\n') +
        '  modules = lib.mkMerge [ { } (lib.optionalAttrs inputs.x { mine = { }; }) ];\n',
    ],
  ])('is silent for an instance %s', (_, body) => {
    expect(found(clan(body), 'inventory/unknown-service')).toEqual([]);
  });

  it('is silent where the inputs cannot be read', () => {
    const texts = clan(instance('mine', '    module.input = "other";\n'));
    expect(found(texts, 'inventory/unknown-service')[0]).toContain('no input "other"');
    expect(
      found(
        { ...texts, 'flake.nix': FLAKE.replace('{\n', '{\n  inputs = import ./inputs.nix;\n') },
        'inventory/unknown-service',
      ),
    ).toEqual([]);
  });
});

describe('inventory/unknown-role', () => {
  const sshd = (role: string) => `  inventory.instances.sshd.roles.${role}.machines.emily = { };\n`;

  it('replaces the name alone', () => {
    const texts = clan(sshd('serevr'));
    const fix = fixOf(onlyFinding(check(texts), 'inventory/unknown-role'), 'Replace with "server"');
    expect(applyFix(texts, fix)['clan.nix']).toContain('sshd.roles.server.machines.emily');
  });

  it('warns of slips only, with a clan-core that is newer than the catalogue', () => {
    expect(found(clan(sshd('serevr'), NEWER), 'inventory/unknown-role')).toEqual([
      'warning: The service "sshd" has no role "serevr"; it has "client" and "server" as of 2026-08-22. Did you mean "server"?',
    ]);
    expect(found(clan(sshd('bastion'), NEWER), 'inventory/unknown-role')).toEqual([]);
    expect(found(without(clan(sshd('bastion')), 'flake.lock'), 'inventory/unknown-role')).toEqual([]);
  });

  it('is silent for a role that an older clan-core had', () => {
    expect(
      found(
        clan('  inventory.instances.tor.roles.default.machines.emily = { };\n'),
        'inventory/unknown-role',
      ),
    ).toEqual([]);
  });

  it('reads roles from all that a service is made of', () => {
    const texts = clan(
      `\
  modules.backup = { lib, ... }: { imports = [ ./more.nix ]; roles = lib.genAttrs [ "a" "b" ] (_: { }); };
  inventory.instances.backup = {
    module.input = "self";
    roles.a.machines.emily = { };
    roles.c.machines.emily = { };
    roles.d.machines.emily = { };
  };
`,
      { 'more.nix': '{ roles.c.interface = { }; }\n' },
    );
    expect(found(texts, 'inventory/unknown-role')).toEqual([
      'error: The service "backup" has no role "d"; it has "a", "b" and "c". With it, no machine of the clan evaluates.',
    ]);
  });
});
