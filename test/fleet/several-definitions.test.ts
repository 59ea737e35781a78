/** One name that is not the same everywhere: what it is on each machine, whatever the others have. */
import { describe, expect, it } from 'vitest';
import type { Generator, GeneratorBody } from '../../server/src/fleet/model/generators.ts';
import { fleetWorkspace } from './workspace.ts';

const FLAKE = `{
  outputs = { clan-core, ... }: { clan = clan-core.lib.clan { imports = [ ./clan.nix ]; }; };
}`;

/** The generator `g` of a clan in which each machine has a configuration. */
function generatorOf(
  machines: Readonly<Record<string, string>>,
  files: Readonly<Record<string, string>> = {},
): Generator {
  const names = Object.keys(machines).map(name => `inventory.machines.${name} = { };`);
  const texts = Object.entries(machines).map(([name, text]) => [`machines/${name}/configuration.nix`, text]);
  const fleet = fleetWorkspace({
    'flake.nix': FLAKE,
    'clan.nix': `{ ${names.join(' ')} }`,
    ...Object.fromEntries(texts),
    ...files,
  }).fleet();
  const generator = fleet.generators.find(({ name }) => name === 'g');
  if (generator === undefined) throw new Error('no generator g');
  return generator;
}

const namesIn = ({ files }: GeneratorBody) => files.map(({ name }) => name);

const KEY = 'clan.core.vars.generators.g = { files.key = { }; script = "echo key > $out/key"; };';
const BOTH =
  'clan.core.vars.generators.g = { files.key = { }; files.extra = { }; script = "touch $out/key $out/extra"; };';
/** Modules that nobody can read. */
const ODD = 'imports = inputs.foo.modules;';

describe('definitions on different machines', () => {
  it('stay on their machines, also beside what is not known: two scripts are never on one', () => {
    const g = generatorOf({ a: `{ inputs, ... }: { ${ODD} ${KEY} }`, b: `{ ${BOTH} }` });
    expect(namesIn(g.bodyOn('a'))).toEqual(['key']);
    expect(namesIn(g.bodyOn('b'))).toEqual(['key', 'extra']);
    expect([g.bodyOn('a'), g.bodyOn('b')].map(({ completeness }) => completeness)).toEqual(['full', 'full']);
    expect(g.variants().map(({ machines }) => machines)).toEqual([['a'], ['b']]);
  });

  it('are joined with nothing of a module that only another machine has, which leaves open what it may set', () => {
    const more =
      'clan.core.vars.generators.g.files = { key.mode = "0440"; extra = { }; }; clan.core.vars.generators.g.share = true;';
    const g = generatorOf(
      {
        a: `{ inputs, ... }: { ${ODD} ${KEY} }`,
        b: `{ imports = [ ../../more.nix ]; ${KEY} }`,
      },
      { 'more.nix': `{ ${more} }` },
    );
    const body = g.bodyOn('a');
    expect(namesIn(body)).toEqual(['key']);
    expect(body).toMatchObject({
      completeness: 'partial',
      share: null,
      complete: { files: false, prompts: true },
    });
    expect(body.files[0]).toMatchObject({ mode: null, owner: 'root', secret: true, conditional: false });
    expect(body.script?.text).toBe('echo key > $out/key');
    expect(g.certainBodyOn('a')).toBeNull();
    expect(g.bodyOn('b').files).toMatchObject([{ name: 'key', mode: '0440' }, { name: 'extra' }]);
    expect(g.bodyOn('b').share).toBe(true);
  });

  it('count as one where a stronger script may come from elsewhere', () => {
    const g = generatorOf({
      a: `{ inputs, ... }: { ${ODD} ${KEY} }`,
      b: '{ lib, ... }: { clan.core.vars.generators.g = { files.key = { }; script = lib.mkForce "true > $out/key"; }; }',
    });
    expect(g.certainBodyOn('a')).toBeNull();
    expect(g.bodyOn('a').script?.text).toBeNull();
  });

  it('under a condition of the machine may add, and are marked', () => {
    const g = generatorOf(
      {
        a: `{ config, lib, ... }: { ${KEY} imports = [ ../../more.nix ]; }`,
        b: `{ ${KEY} }`,
      },
      {
        'more.nix':
          '{ config, lib, ... }: { clan.core.vars.generators = lib.mkIf config.services.foo.on { g.files.extra = { }; }; }',
      },
    );
    expect(g.bodyOn('a').files.map(({ name, conditional }) => [name, conditional])).toEqual([
      ['key', false],
      ['extra', true],
    ]);
    expect(namesIn(g.bodyOn('b'))).toEqual(['key']);
  });

  it('are looked at one by one, those of which no machine is known too', () => {
    const g = generatorOf(
      { a: `{ ${KEY} }`, b: `{ imports = [ ../../both.nix ]; }` },
      {
        'both.nix': `{ ${BOTH} }`,
        'unused.nix':
          '{ clan.core.vars.generators.g = { files.other = { }; script = "true > $out/other"; }; }',
      },
    );
    expect(g.bodies().map(namesIn)).toEqual([['key'], ['key', 'extra'], ['other']]);
    expect(namesIn(g.body())).toEqual(['key', 'extra', 'other']);
  });
});

describe('what depends on the machine', () => {
  it('is known on each, in one definition for all', () => {
    const module = `{ config, pkgs, ... }: {
      clan.core.vars.generators.g = {
        files.key.secret = config.networking.hostName == "a";
        files.key.owner = if pkgs.stdenv.hostPlatform.isDarwin then "staff" else "users";
        script = "echo \${config.networking.hostName} > $out/key";
        validation.host = config.networking.hostName;
      };
    }`;
    const imports = '{ imports = [ ../../g.nix ]; }';
    const g = generatorOf({ a: imports, b: imports }, { 'g.nix': module });
    const told = (body: GeneratorBody) => [
      body.files.map(({ secret, owner }) => [secret, owner]),
      body.script?.text,
      body.validation,
    ];
    expect(told(g.bodyOn('a'))).toEqual([[[true, 'users']], 'echo a > $out/key', { host: 'a' }]);
    expect(told(g.bodyOn('b'))).toEqual([[[false, 'users']], 'echo b > $out/key', { host: 'b' }]);
    expect(g.definitions).toHaveLength(1);
    expect(g.body().files[0]?.secret).toBeNull();
    expect(g.bodies()).toHaveLength(1);
  });
});

describe('what a service of clan-core brings', () => {
  const USERS = `{
    inventory.machines = { a = { }; b = { }; };
    inventory.instances.kiosk = {
      module = { name = "users"; input = "clan-core"; };
      roles.default.machines = { a = { }; b = { }; };
      roles.default.settings = { user = "kiosk"; share = true; };
    };
  }`;
  const addition = (text: string) => {
    const fleet = fleetWorkspace({
      'flake.nix': FLAKE,
      'clan.nix': USERS,
      'machines/a/configuration.nix': `{ lib, ... }: { clan.core.vars.generators.user-password-kiosk = ${text}; }`,
      'machines/b/configuration.nix': '{ }',
    }).fleet();
    return fleet.generators.find(({ name }) => name === 'user-password-kiosk') as Generator;
  };

  it('is one generator with what the fleet adds', () => {
    const g = addition('{ files.user-password.deploy = lib.mkForce true; files.extra.mode = "0440"; }');
    expect(g.machines).toEqual(['a', 'b']);
    const [a, b] = [g.bodyOn('a'), g.bodyOn('b')];
    expect(a).toMatchObject({ share: true, completeness: 'full' });
    expect(a.script?.text).toContain('mkpasswd');
    expect(g.bodies().map(({ script }) => script?.text)).toEqual([null, null]);
    expect(namesIn(a).sort()).toEqual(['extra', 'user-password', 'user-password-hash']);
    expect(a.files.find(({ name }) => name === 'user-password')).toMatchObject({
      deploy: true,
      secret: true,
    });
    expect(a.files.find(({ name }) => name === 'extra')).toMatchObject({ mode: '0440', deploy: true });
    expect(namesIn(b).sort()).toEqual(['user-password', 'user-password-hash']);
    expect(b.files.find(({ name }) => name === 'user-password')).toMatchObject({ deploy: false });
    expect(namesIn(g.body()).sort()).toEqual(['extra', 'user-password', 'user-password-hash']);
    expect(g.body().files.find(({ name }) => name === 'user-password')?.deploy).toBeNull();
  });

  it('is not what the fleet declares with a script of its own', () => {
    const g = addition('{ files.key = { }; script = "true > $out/key"; }');
    expect(g.machines).toEqual(['a']);
    expect(g.bodyOn('a')).toMatchObject({ share: false, completeness: 'full', files: [{ name: 'key' }] });
  });
});

describe('ten thousand variants of one generator', () => {
  const COUNT = 10_000;
  const nameOf = (index: number) => `m${String(index).padStart(5, '0')}`;
  /** All in one file: reading ten thousand takes longer than what is tried here. */
  const generatorBy = (text: (index: number) => string, files: Readonly<Record<string, string>> = {}) => {
    const machines = Array.from(
      { length: COUNT },
      (_, index) => `machines.${nameOf(index)} = ${text(index)};`,
    );
    return generatorOf({}, { 'clan.nix': `{ inputs, ... }: {\n${machines.join('\n')}\n}`, ...files });
  };

  it('are each known, beside machines of which not all is known', () => {
    const g = generatorBy(index => {
      const odd = index % 2 === 0 ? ODD : '';
      return `{ inputs, ... }: { ${odd} clan.core.vars.generators.g = { files.f${index} = { }; script = "echo ${index} > $out/f${index}"; }; }`;
    });
    expect(g.machines).toHaveLength(COUNT);
    expect(g.bodies()).toHaveLength(COUNT);
    for (const index of [0, 1, 4321, COUNT - 1]) {
      const body = g.bodyOn(nameOf(index));
      expect(namesIn(body)).toEqual([`f${index}`]);
      expect(body).toMatchObject({
        completeness: 'full',
        script: { text: `echo ${index} > $out/f${index}` },
      });
    }
    expect(g.body().completeness).toBe('partial');
  });

  it('of which each may have additions that others have: what nobody can look through is not claimed', () => {
    const g = generatorBy(
      index => `{ inputs, ... }: {
        imports = [ ./g.nix ]${index === 0 ? ' ++ inputs.foo.modules' : ''};
        clan.core.vars.generators.g.files.key.owner = "u${index}";
        clan.core.vars.generators.g.files.f${index}.mode = "0440";
      }`,
      { 'g.nix': `{ ${KEY} }` },
    );
    const [first, second] = [g.bodyOn(nameOf(0)), g.bodyOn(nameOf(1))];
    expect(namesIn(first).sort()).toEqual(['f0', 'key']);
    expect(first.completeness).toBe('partial');
    expect(first.files.find(({ name }) => name === 'key')).toMatchObject({ owner: 'u0', mode: null });
    expect(second.completeness).toBe('full');
    expect(second.files.find(({ name }) => name === 'key')).toMatchObject({ owner: 'u1', mode: '0400' });
  });
});
