/** What the generators of clan-core's services are, in the version that the flake has locked. */
import { describe, expect, it } from 'vitest';
import { catalogueGenerators } from '../../server/src/fleet/catalogue/catalogue.ts';
import { bodiesOf } from '../../server/src/fleet/catalogue/catalogue-bodies.ts';
import { CATALOGUE } from '../../server/src/fleet/catalogue/catalogue-data.ts';
import { CLAN_CORE_TIME } from '../../server/src/fleet/catalogue/catalogue-services.ts';
import type { CoreModules } from '../../server/src/fleet/catalogue/core-modules.ts';
import { type LockedClanCore, lockedClanCore } from '../../server/src/fleet/catalogue/locked-clan-core.ts';
import { clanOf } from './inventories.ts';

const MACHINES = 'machines = { ada = { }; eva = { }; };';

function brought(instances: string, locked: LockedClanCore | null = null) {
  const { inventory } = clanOf(`{ ${MACHINES} instances = { ${instances} }; }`);
  const all = catalogueGenerators(inventory, locked);
  return (name: string) => {
    const [generator, ...others] = all.filter(candidate => candidate.name === name);
    expect(others).toEqual([]);
    return generator;
  };
}

const USERS = (settings: string) =>
  `anna = { module.name = "users"; roles.default = { machines.ada = { }; settings = { ${settings} }; }; };`;

describe('a body', () => {
  it('is what the settings choose', () => {
    const asked = brought(USERS('user = "anna";'))('user-password-anna')?.body();
    expect(asked?.prompts).toMatchObject([
      {
        name: 'user-password',
        type: 'hidden',
        persist: true,
        description: 'Leave empty to generate automatically',
      },
    ]);
    expect(asked?.script?.text).toContain('prompt_value=$(cat "$prompts"/user-password)');
    const made = brought(USERS('user = "anna"; prompt = false;'))('user-password-anna');
    expect(made?.prompts).toEqual([]);
    expect(made?.body()).toMatchObject({
      completeness: 'full',
      prompts: [],
      runtimeInputs: ['coreutils', 'xkcdpass', 'mkpasswd'],
    });
    expect(made?.body().script?.text).not.toContain('$prompts');
  });

  it('is not known where a setting is not', () => {
    const body = brought(USERS('user = "anna"; prompt = x;'))('user-password-anna')?.body();
    expect(body).toMatchObject({ completeness: 'partial', script: { text: null } });
    expect(body?.prompts).toMatchObject([{ name: 'user-password', type: null }]);
  });

  it('has the names of its machine on that machine, and a hole on all', () => {
    const keys = brought(
      'ssh = { module.name = "sshd"; roles.server = { machines.ada = { }; machines.eva = { }; settings.generateRootKey = true; }; };',
    )('sshd-root-key');
    expect(keys?.machines).toEqual(['ada', 'eva']);
    expect(keys?.bodyOn('eva').script?.text).toContain('-C "root@eva"');
    const source = keys?.body().script?.source;
    expect(source?.holes.map(({ start, end }) => source.text.slice(start, end))).toEqual(['${machine.name}']);
  });

  it('has the domains of its settings', () => {
    const cert = brought(
      'boss = { module.name = "admin"; roles.default = { machines.ada = { }; settings.certificateSearchDomains = [ "a.org" "b.org" ]; }; };',
    )('openssh-cert');
    expect(cert?.bodyOn('ada').script?.text).toContain('-n ada.a.org,ada.b.org ');
    expect(cert?.bodyOn('ada').validation).toEqual({
      name: 'ada',
      domains: { 'a.org': 'a.org', 'b.org': 'b.org' },
    });
    expect(cert?.body().validation).toBeNull();
  });

  it('says what is made in place, and is not full then', () => {
    const body = brought('net = { module.name = "zerotier"; roles.controller.machines.ada = { }; };')(
      'zerotier-ip-ada-net',
    )?.body();
    expect(body).toMatchObject({ completeness: 'partial', runtimeInputs: ['(pkgs.callPackage …)'] });
    expect(body?.script?.text).toContain('"$in/zerotier-identity-ada/identity-secret"');
  });
});

describe('a core module', () => {
  const { inventory } = clanOf('{ machines = { ada = { }; eva = { }; ida.machineClass = "darwin"; }; }');
  const enabled = (isEnabled: boolean | null, version?: string): CoreModules =>
    new Map([
      [
        'state-version',
        { isEnabled, values: new Map(version === undefined ? [] : [['stateVersion', version]]) },
      ],
    ]);
  const having = (core: Readonly<Record<string, CoreModules>>) =>
    catalogueGenerators(inventory, null, new Map(Object.entries(core))).filter(
      ({ name }) => name === 'state-version',
    );
  const machinesOf = (core: Readonly<Record<string, CoreModules>>) =>
    having(core).map(({ machines, certain }) => [machines, certain]);

  it('is on the machines of NixOS that enable it', () => {
    expect(machinesOf({ ada: enabled(true), eva: enabled(true) })).toEqual([[['ada', 'eva'], true]]);
    expect(machinesOf({ ada: enabled(true), eva: enabled(false) })).toEqual([[['ada'], true]]);
    expect(machinesOf({ ada: enabled(false), eva: enabled(false) })).toEqual([]);
  });

  it('is perhaps on machines of which that is not known', () => {
    expect(machinesOf({ ada: enabled(true), eva: enabled(null) })).toEqual([
      [['ada'], true],
      [null, false],
    ]);
  });

  it("is one generator whose script has each machine's own values", () => {
    const [generator, ...more] = having({ ada: enabled(true, '25.05'), eva: enabled(true) });
    expect(more).toEqual([]);
    const script = (machine: string) => generator?.bodyOn(machine).script?.text;
    expect(script('ada')).toBe('echo -n 25.05 > "$out"/version\n');
    expect(script('eva')).toBe('echo -n ${config.system.stateVersion} > "$out"/version\n');
    expect(generator?.body().script?.text).toBe(script('eva'));
  });
});

describe('a version', () => {
  const entry = CATALOGUE.find(({ name }) => name === 'user-password-<user>');
  if (entry === undefined) throw new Error('the catalogue has no users');
  const locked = (from: number, until = from, isFork = false) => ({ time: until, from, until, isFork });
  const before = 1_775_738_162;

  it('is that of the time on main', () => {
    const at = (time: number) => bodiesOf(entry, locked(time))?.at(-1)?.script;
    expect(at(before)).not.toEqual(at(CLAN_CORE_TIME));
    expect(at(CLAN_CORE_TIME)).toEqual(bodiesOf(entry, null)?.at(-1)?.script);
  });

  it('is not known of what may be of several, is newer than the data, older, or a fork', () => {
    expect(bodiesOf(entry, locked(before, CLAN_CORE_TIME))).toBeNull();
    expect(bodiesOf(entry, locked(CLAN_CORE_TIME + 1))).toBeNull();
    expect(bodiesOf(entry, locked(1_600_000_000))).toBeNull();
    expect(bodiesOf(entry, locked(CLAN_CORE_TIME, CLAN_CORE_TIME, true))).toBeNull();
  });

  it('may be one without the generator', () => {
    const instance = 'net = { module.name = "zerotier"; roles.controller.machines.ada = { }; };';
    expect(brought(instance, locked(before))('zerotier-ip-ada-net')).toBeUndefined();
    expect(brought(instance, locked(CLAN_CORE_TIME))('zerotier-ip-ada-net')).toBeDefined();
  });

  it('is known of every generator', () => {
    expect(
      CATALOGUE.filter(each => (bodiesOf(each, null) ?? []).length === 0).map(({ name }) => name),
    ).toEqual([]);
  });
});

describe('a generator that the newest clan-core no longer has', () => {
  const TIME = Date.UTC(2026, 4, 1) / 1000;
  const at = (from: number, until = from): LockedClanCore => ({ time: until, from, until, isFork: false });
  const INSTANCE = `net = { module.name = "zerotier"; roles = {
    controller.machines.ada = { }; peer.machines = { ada = { }; eva = { }; }; moon.machines.ida = { };
  }; };`;
  function zerotier(locked: LockedClanCore | null, instance = INSTANCE) {
    const { inventory } = clanOf(
      `{ machines = { ada = { }; eva = { }; ida = { }; }; instances = { ${instance} }; }`,
    );
    return catalogueGenerators(inventory, locked).filter(({ service }) => service !== null);
  }
  const placed = (locked: LockedClanCore | null, instance?: string) =>
    zerotier(locked, instance).map(({ name, machines, certain, files }) => [
      name,
      machines?.join(' '),
      certain,
      files.length,
    ]);

  it('is there with an older one that is locked, on the machines that the roles say', () => {
    expect(placed(at(TIME))).toEqual([
      ['zerotier-controller', 'ada eva ida', true, 3],
      ['zerotier', 'ada', true, 3],
      ['zerotier', 'eva', true, 2],
    ]);
  });

  it('has the body of that version', () => {
    const [shared, own, peer] = zerotier(at(TIME));
    expect([shared, own, peer].map(each => each?.share)).toEqual([true, false, false]);
    expect(own?.dependencies).toEqual(['zerotier-controller']);
    expect(own?.body().script?.text).toContain('cp $in/zerotier-controller/zerotier-ip $out/zerotier-ip');
    expect(peer?.body().script?.text).toContain('--mode identity');
    expect(shared?.files).toContainEqual(
      expect.objectContaining({ name: 'zerotier-identity-secret', secret: true, deploy: false }),
    );
  });

  it('is not there without a lock, with the newest, or where the version is not known', () => {
    const names = (locked: LockedClanCore | null) => zerotier(locked).map(({ name }) => name);
    for (const locked of [null, at(CLAN_CORE_TIME), at(0, CLAN_CORE_TIME), { ...at(TIME), isFork: true }])
      expect(names(locked).filter(name => /^zerotier(-controller)?$/.test(name))).toEqual([]);
  });

  it('is left out where more than roles decided who had it', () => {
    expect(placed(at(Date.UTC(2026, 1, 1) / 1000))).toEqual([['zerotier', 'ada', true, 3]]);
  });

  it('is perhaps on a machine that may have a role which excludes it', () => {
    const instance = `net = { module.name = "zerotier"; roles = {
      controller.tags = x; peer.machines.eva = { };
    }; };`;
    expect(
      placed(at(TIME), instance).filter(([name, machines]) => name === 'zerotier' && machines === 'eva'),
    ).toEqual([['zerotier', 'eva', false, 2]]);
  });
});

describe('the lock', () => {
  const TIME = 1_785_000_000;
  const REV = 'd7c35d9127af3f773b57d8e792818597a9aaa29c';
  function lockOf(original: object, locked: object = {}) {
    const node = {
      locked: { url: 'https://git.clan.lol/clan/clan-core', lastModified: TIME, rev: REV, ...locked },
      original,
    };
    const text = JSON.stringify({
      nodes: { root: { inputs: { 'clan-core': 'clan-core' } }, 'clan-core': node },
      root: 'root',
    });
    return lockedClanCore({ kind: path => (path === 'flake.lock' ? 'file' : null), text: () => text });
  }

  it.each([
    { url: 'https://git.clan.lol/clan/clan-core/archive/main.tar.gz' },
    { url: 'https://git.clan.lol/clan/clan-core' },
    { owner: 'clan-lol', repo: 'clan-core' },
    { ref: 'main', url: 'https://git.clan.lol/clan/clan-core' },
    { url: 'git+https://git.clan.lol/clan/clan-core?ref=main' },
  ])('follows main: %j', original => {
    expect(lockOf(original)).toEqual({ time: TIME, from: TIME, until: TIME, isFork: false });
  });

  it.each([
    { url: 'https://git.clan.lol/clan/clan-core/archive/26.05.tar.gz' },
    { ref: 'refs/heads/26.05', url: 'https://git.clan.lol/clan/clan-core' },
  ])('follows a release: %j', original => {
    expect(lockOf(original)).toEqual({
      time: TIME,
      from: Date.UTC(2026, 4) / 1000,
      until: TIME,
      isFork: false,
    });
  });

  it.each([
    { rev: REV, owner: 'clan-lol', repo: 'clan-core' },
    { url: `https://git.clan.lol/clan/clan-core/archive/${REV}.tar.gz` },
    { ref: 'my-branch', url: 'https://git.clan.lol/clan/clan-core' },
  ])('may be of any branch: %j', original => {
    expect(lockOf(original)).toEqual({ time: TIME, from: 0, until: TIME, isFork: false });
  });
});
