// The rules about the fleet's own options, where it is less plain than in their examples.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FLEET } from '../../server/src/checks/examples/option-examples.ts';
import { rules } from '../../server/src/checks/rules/index.ts';
import { runs } from '../support/runs.ts';
import { applyFix, fixOf, judging, onlyFinding, type Texts } from './harness.ts';

const { check, expectSilent, living } = judging('option/declared-type', 'option/undeclared');

const HOST = 'hosts/server.nix';
const WEB = 'modules/web.nix';

/** The fleet of the examples with another machine. */
const host = (text: string, more: Texts = {}): Texts => ({ ...FLEET, [HOST]: text, ...more });
const flake = (modules: string, more = '') => `{
  outputs = { self, nixpkgs, ... }@inputs: {
    nixosConfigurations.server = nixpkgs.lib.nixosSystem { modules = [ ./hosts/server.nix ./modules/web.nix ${modules} ]; };
    ${more}
  };
}
`;
const found = (texts: Texts): string[] =>
  check(texts).findings.map(({ severity, rule, message }) => `${severity} ${rule} ${message}`);

describe('option/undeclared', () => {
  it('counts definitions whatever their condition comes to, as the module system does', () => {
    expect(found(host('{ lib, ... }: { config = lib.mkIf false { custom.web.prot = 1; }; }'))).toEqual([
      'error option/undeclared The option "custom.web.prot" does not exist (machine server). Did you mean "port"?',
    ]);
    expect(
      found(host('{ config, lib, ... }: { custom = lib.mkIf config.services.x.enable { web.prot = 1; }; }')),
    ).toEqual([expect.stringMatching(/^error option\/undeclared .*Did you mean "port"\?$/)]);
  });

  it('is not certain of what is there under a condition alone', () => {
    const text =
      '{ config, lib, ... }: { custom.web = lib.optionalAttrs config.services.x.enable { prot = 1; }; }';
    expect(found(host(text))).toEqual([expect.stringMatching(/^warning option\/undeclared/)]);
  });

  it('reads through names, sets and inherit', () => {
    const read = (text: string) => found(host(`{ config, lib, ... }: ${text}`));
    const one = [
      expect.stringMatching(/^error option\/undeclared The option "custom\.web\.prt" does not exist/),
    ];
    expect(read('let cfg = config.custom.web; in { a = cfg.prt; }')).toEqual(one);
    expect(read('let inherit (config.custom) web; in { a = web.prt; }')).toEqual(one);
    expect(read('let c = config; in { a = { inherit (c.custom.web) prt; }; }')).toEqual(one);
    expect(read('{ a = "x ${config.custom.web.prt}"; }')).toEqual(one);
    expect(read('{ a = lib.mkIf config.services.x.enable config.custom.web.prt; }')).toEqual([
      expect.stringMatching(/^warning option\/undeclared/),
    ]);
  });

  it('is certain of what a module of the flake reads, and not of what a function in it does', () => {
    const module = (read: string) => ({
      'flake.nix': `{
        outputs = inputs@{ flake-parts, ... }: flake-parts.lib.mkFlake { inherit inputs; } { imports = [ ./web.nix ]; };
      }`,
      'web.nix': `{ config, inputs, lib, ... }: {
        flake.modules.nixos.web = { config, ... }: {
          options.custom.web.port = lib.mkOption { type = lib.types.port; };
          config.networking.x = let cfg = config.custom.web; in ${read};
        };
        flake.nixosConfigurations.lea = inputs.nixpkgs.lib.nixosSystem { modules = [ config.flake.modules.nixos.web ]; };
      }`,
    });
    expect(found(module('cfg.prt == 1'))).toEqual([
      expect.stringMatching(/^error option\/undeclared .*"port"\?$/),
    ]);
    expect(found(module('map (x: cfg.prt) [ ]'))).toEqual([
      expect.stringMatching(/^warning option\/undeclared/),
    ]);
  });

  it('says nothing where something else is at hand', () => {
    for (const text of [
      '{ a = config.custom.web.prt or 1; }',
      '{ a = if config.custom.web ? prt then config.custom.web.prt else 1; }',
      '{ a = lib.optionals (options.custom ? mail) [ config.custom.mail.x ]; }',
      '{ a = config.custom.web.sites.x.root; b = config.custom.web.sites; }',
      '{ a = lib.attrValues config.custom; b = config.services.custom.prt; }',
    ])
      expectSilent(host(`{ config, lib, options, ... }: ${text}`));
  });

  it('looks into the options of submodules', () => {
    expect(
      found(host('{ config, ... }: { custom.web.sites.a.rot = "/"; x = config.custom.web.sites.a.rooot; }')),
    ).toEqual([
      expect.stringMatching(/"custom\.web\.sites\.a\.rot" does not exist .* Did you mean "root"\?$/),
      expect.stringMatching(/"custom\.web\.sites\.a\.rooot" does not exist/),
    ]);
  });

  it('lets an option that takes any name have it', () => {
    const free = `{ lib, ... }: {
      options.custom.free = lib.mkOption {
        type = lib.types.submodule { freeformType = lib.types.attrsOf lib.types.str; options.a = lib.mkOption { }; };
      };
      options.custom.raw = lib.mkOption { type = lib.types.attrs; };
      options.custom.untyped = lib.mkOption { };
    }`;
    expectSilent(
      host(
        '{ config, ... }: { custom.free.b = "x"; custom.raw.c.d = 1; custom.untyped.e = 1; y = config.custom.free.b; }',
        {
          'flake.nix': flake('./modules/free.nix'),
          'modules/free.nix': free,
        },
      ),
    );
  });

  it('knows options that are renamed, and those that are made in a way that is not followed', () => {
    expectSilent(
      host('{ custom.site.port = 1; custom.made.x = 1; }', {
        'flake.nix': flake('./modules/old.nix ./modules/made.nix'),
        'modules/old.nix': `{ lib, ... }: { imports = [ (lib.mkRenamedOptionModule [ "custom" "site" "port" ] [ "custom" "web" "port" ]) ]; }`,
        'modules/made.nix': '{ lib, someLibrary, ... }: { options.custom.made = someLibrary.options; }',
      }),
    );
  });

  it('claims little where modules are imported that are not known', () => {
    const unknown = flake('inputs.somebody.nixosModules.default');
    expectSilent(host('{ custom.mail.enable = true; }', { 'flake.nix': unknown }));
    expect(found(host('{ custom.web.prot = 1; }', { 'flake.nix': unknown }))).toEqual([
      expect.stringMatching(/^warning option\/undeclared .*Did you mean "port"\?$/),
    ]);
    expectSilent(
      host('{ custom.web.prot = 1; }', {
        'flake.nix': unknown,
        'modules/elsewhere.nix': '{ lib, ... }: { options.custom.web.prot = lib.mkOption { }; }',
      }),
    );
  });

  it('keeps the options of home-manager apart', () => {
    expectSilent(
      host('{ home-manager.users.ann = ../home.nix; }', {
        'home.nix': '{ config, ... }: { custom.web.prot = 1; x = config.custom.web.prt; }',
      }),
    );
    expectSilent(
      host(
        '{ home-manager.users.ann = { config, ... }: { custom.web.prot = 1; x = config.custom.web.prt; }; }',
      ),
    );
  });

  it('says nothing of names that NixOS has', () => {
    expectSilent(
      host('{ services.own.prot = 1; }', {
        'flake.nix': flake('./modules/own.nix'),
        'modules/own.nix': '{ lib, ... }: { options.services.own.port = lib.mkOption { }; }',
      }),
    );
  });

  it('is told of machines of modules that the flake names', () => {
    const texts = {
      'flake.nix': `{
        outputs = inputs@{ flake-parts, ... }: flake-parts.lib.mkFlake { inherit inputs; } {
          imports = [ ./web.nix ./hosts.nix ];
        };
      }`,
      'web.nix': `{
        flake.modules.nixos.web = { config, lib, ... }: {
          options.custom.web.port = lib.mkOption { type = lib.types.port; };
          config.networking.x = config.custom.web.prt;
        };
      }`,
      'hosts.nix': `{ inputs, config, ... }: {
        flake.nixosConfigurations.lea = inputs.nixpkgs.lib.nixosSystem {
          modules = [ config.flake.modules.nixos.web { custom.web.prot = 1; } ];
        };
      }`,
    };
    expect(found(texts)).toEqual([
      expect.stringMatching(/"custom\.web\.prot" does not exist \(machine lea\)\. Did you mean "port"\?$/),
      expect.stringMatching(/"custom\.web\.prt" does not exist \(machine lea\)\. Did you mean "port"\?$/),
    ]);
  });

  it('puts the name that is meant in its place', () => {
    const texts = host('{ custom.web.prot = 8080; }');
    const after = applyFix(texts, fixOf(onlyFinding(check(texts), 'option/undeclared'), 'Replace'));
    expect(after[HOST]).toBe('{ custom.web.port = 8080; }');
    expectSilent(after);
  });

  it('follows edits of whoever declares, defines, reads and imports', () => {
    const texts = host('{ custom.web.prot = 1; }', {
      'modules/read.nix': '{ config, ... }: { x = config.custom.web.prt; }',
    });
    const world = living(texts);
    const messages = () => world.findings().map(({ message }) => message);
    const web = FLEET[WEB];
    const steps: readonly Readonly<Record<string, string | null>>[] = [
      {},
      { [HOST]: '{ custom.web.port = 1; }' },
      { [WEB]: web.replace('port =', 'prot =').replace('cfg.port', '1') },
      { [HOST]: '{ custom.web.prot = "x"; }' },
      { 'flake.nix': flake('./modules/read.nix') },
      { [WEB]: web },
      { 'modules/read.nix': '{ config, ... }: { x = config.custom.web.port; }' },
      { [HOST]: '\n\n{ custom.web.port = "y"; }' },
      { [WEB]: null },
      { [WEB]: `\n${web}` },
    ];
    let current: Texts = texts;
    for (const step of steps) {
      world.write(step);
      current = Object.fromEntries(
        Object.entries({ ...current, ...step }).filter((one): one is [string, string] => one[1] !== null),
      );
      expect(messages()).toEqual(check(current).findings.map(({ message }) => message));
    }
  });
});

describe("what is found of the fleet's own options", () => {
  const texts: Texts = host(
    '{ config, ... }: { imports = [ ../read.nix ]; custom.web.prot = 1; x = config.custom.web.prt; custom.web.sites.a.root = 2; }',
    {
      'read.nix': `{ config, lib, ... }:
        let cfg = config.custom.web;
        in { y = cfg.port; z = cfg.prt; options.custom.more = lib.mkOption { type = lib.types.str; }; }`,
    },
  );
  const bits =
    'custom|.web|.port| = |1|"x"|{ | }|;|config.|lib.mkIf true |options| [ | ]|${|cfg|_| or 1|(|)|rec |😀|'.split(
      '|',
    );
  const edit = fc.record({
    path: fc.constantFrom(HOST, 'read.nix', WEB, 'flake.nix'),
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    cut: fc.nat(12),
    bit: fc.constantFrom(...bits),
  });

  it('is, after any edits, what a fresh run finds', () => {
    const options = judging(...rules.map(({ id }) => id).filter(id => id.startsWith('option/')));
    fc.assert(
      fc.property(fc.array(edit, { minLength: 1, maxLength: 4 }), edits => {
        const world = options.living(texts);
        const current: Record<string, string> = { ...texts };
        for (const { path, at, cut, bit } of edits) {
          const text = current[path] ?? '';
          const place = Math.floor(at * text.length);
          current[path] = text.slice(0, place) + bit + text.slice(place + cut);
          world.write({ [path]: current[path] });
          expect(world.findings()).toEqual(options.check(current).findings);
        }
      }),
      { numRuns: runs(40) },
    );
  });
});

describe('option/declared-type', () => {
  const typed = (type: string, value: string): string[] =>
    found(
      host(`{ lib, pkgs, config, ... }: { custom.web.enable = true; custom.it = ${value}; }`, {
        'flake.nix': flake('./modules/it.nix'),
        'modules/it.nix': `{ lib, ... }: { options.custom.it = lib.mkOption { type = with lib.types; ${type}; }; }`,
      }),
    );
  const fits = (type: string, value: string) =>
    expect([type, value, typed(type, value)]).toEqual([type, value, []]);
  const fails = (type: string, value: string, message: string) =>
    expect(typed(type, value)).toEqual([
      expect.stringContaining(`error option/declared-type "custom.it" ${message} (machine server)`),
    ]);

  it('takes what the types of lib take', () => {
    fits('nullOr str', 'null');
    fits('either int str', '"x"');
    fits('oneOf [ int (listOf int) ]', '[ 1 2 ]');
    fits('package', 'pkgs.hello');
    fits('listOf package', 'with pkgs; [ hello ]');
    fits('path', '"/etc/x"');
    fits('path', 'pkgs.hello');
    fits('path', './x');
    fits('attrsOf (listOf str)', '{ a = [ "x" ]; b = lib.mkIf false 1; }');
    fits('strMatching "[a-z]+"', '"abc"');
    fits('coercedTo int toString str', '1');
    fits('someLibrary.mine', '1');
    fits('functionTo str', 'x: "a"');
    fits('lines', 'lib.mkBefore "a"');
    fits('int', 'config.services.x.y');
    fits('enum [ "a" 1 null ]', 'null');
    fits('submodule { options.a = lib.mkOption { }; }', './x.nix');
    fits('attrsOf anything', '{ a.b.c = 1; }');
  });

  it('does not take what they refuse', () => {
    fails('nullOr str', '1', 'takes null or a string, not 1');
    fails('either int str', 'true', 'takes a whole number or a string, not true');
    fails('listOf str', '[ "a" 2 ]', 'takes a string, not 2');
    fails('path', '"relative"', 'takes a path, not "relative"');
    fails('package', '"hello"', 'takes a package, not "hello"');
    fails('strMatching "[a-z]+"', '"A"', 'takes a string that matches [a-z]+, not "A"');
    fails('ints.positive', '0', 'takes a whole number from 1 on, not 0');
    fails('ints.between 2 4', '5', 'takes a whole number from 2 to 4, not 5');
    fails('attrsOf int', '[ ]', 'takes a set of whole numbers, not a list');
    fails('submodule { options.a = lib.mkOption { }; }', '[ ]', 'takes a set, not a list');
    fails('bool', 'lib.mkForce "true"', 'takes true or false, not "true"');
  });

  it('says nothing of what is overridden, and is not certain under a condition', () => {
    expectSilent(host('{ lib, ... }: { custom.web.port = lib.mkMerge [ "x" (lib.mkForce 1) ]; }'));
    expect(
      found(host('{ lib, config, ... }: { custom.web.port = lib.mkIf config.services.x.y "x"; }')),
    ).toEqual([expect.stringMatching(/^warning option\/declared-type/)]);
  });

  it('knows the types of mkEnableOption and mkPackageOption', () => {
    const kinds = `{ lib, pkgs, ... }: {
      options.custom.a = lib.mkEnableOption "a";
      options.custom.b = lib.mkPackageOption pkgs "hello" { };
    }`;
    const texts = (text: string) =>
      host(text, { 'flake.nix': flake('./modules/kinds.nix'), 'modules/kinds.nix': kinds });
    expect(found(texts('{ custom.a = 1; }'))).toEqual([
      expect.stringContaining('takes true or false, not 1'),
    ]);
    expectSilent(texts('{ pkgs, ... }: { custom.a = true; custom.b = pkgs.hi; }'));
  });
});
