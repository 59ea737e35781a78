// The rules about machines, entries and accessors, where it is less plain than in their examples.

import { describe, expect, it } from 'vitest';
import { hostOf, registryOf } from '../../server/src/checks/examples/pipeline-examples.ts';
import { applyFix, fixOf, judging, onlyFinding, type Texts, withMatrix } from './harness.ts';

const { check, expectMarked, expectSilent, living } = judging(
  'registry/accessor-not-selected',
  'registry/duplicate-env-var',
  'registry/duplicate-generator',
  'registry/file-attr-mismatch',
  'registry/missing-machine',
  'registry/module-keys-not-selected',
  'registry/unknown-machine',
);

describe('registry/unknown-machine', () => {
  const flake = (machines: string) => ({
    'flake.nix': `{ outputs = { clan-core, ... }: clan-core.lib.clan { inventory.machines = ${machines}; }; }\n`,
  });

  it('offers the machine that has no row', () => {
    const texts = withMatrix(
      '{\n  emily = [ "gmail" ];\n  laa = [ "anthropic" ];\n}\n',
      flake('{ emily = { }; lea = { }; }'),
    );
    const finding = onlyFinding(check(texts), 'registry/unknown-machine');
    expectSilent(applyFix(texts, fixOf(finding, 'Replace with "lea"')));
  });

  it('knows machines by their folders', () => {
    expectSilent(
      withMatrix('{\n  emily = [ "gmail" ];\n  lea = [ "anthropic" ];\n}\n', {
        ...flake('{ emily = { }; }'),
        'machines/lea/configuration.nix': '{ }\n',
      }),
    );
  });

  it('is silent where there may be more machines', () => {
    expectSilent(
      withMatrix(
        '{\n  emily = [ "gmail" ];\n  otto = [ "anthropic" ];\n}\n',
        flake('{ emily = { }; } // import <more>'),
      ),
    );
  });

  describe('takes a list that rows share for no machine, whatever its name', () => {
    const two = flake('{ emily = { }; lea = { }; }');

    it.each([
      [
        'of the same set',
        'rec {\n  work = [ "gmail" ];\n  emily = work ++ [ "anthropic" ];\n  lea = work;\n}\n',
      ],
      [
        'bound outside of it',
        'let\n  work = [ "gmail" ];\nin\n{\n  inherit work;\n  emily = work ++ [ "anthropic" ];\n  lea = work;\n}\n',
      ],
      [
        'selected from a set of lists',
        'let\n  lists = { work = [ "gmail" ]; };\nin\n{\n  inherit (lists) work;\n  emily = lists.work;\n  lea = lists.work ++ [ "anthropic" ];\n}\n',
      ],
      [
        'that functions make and filter',
        'let\n  with_ = more: [ "gmail" ] ++ more;\nin\nrec {\n  work = with_ [ "anthropic" ];\n  emily = builtins.filter (key: key != "gmail") work;\n  lea = [ "gmail" ];\n}\n',
      ],
      [
        'that is made of another one',
        'rec {\n  mail = [ "gmail" ];\n  work = mail ++ [ "anthropic" ];\n  emily = work;\n  lea = [ "gmail" ];\n}\n',
      ],
      [
        'that is empty',
        'rec {\n  work = [ ];\n  emily = work ++ [ "anthropic" "gmail" ];\n  lea = work;\n}\n',
      ],
    ])('%s', (_, matrix) => {
      expectSilent(withMatrix(matrix, two));
    });

    it('of another file', () => {
      expectSilent(
        withMatrix(
          'let\n  lists = import ./lists.nix;\nin\n{\n  inherit (lists) work;\n  emily = lists.work ++ [ "gmail" ];\n  lea = [ "gmail" ];\n}\n',
          { ...two, 'lib/lists.nix': '{\n  work = [ "anthropic" ];\n}\n' },
        ),
      );
    });

    it('that modules add to the row of their machine', () => {
      const { fleet, findings } = check(
        withMatrix('{\n  emily = [ "gmail" ];\n  lea = [ "gmail" ];\n  work = [ "anthropic" ];\n}\n', {
          ...two,
          'machines/lea/configuration.nix': hostOf('lea').replace(
            'envMatrix.lea;',
            'envMatrix.work ++ envMatrix.lea;',
          ),
        }),
      );
      expect(findings).toEqual([]);
      expect(fleet.machines.map(({ name }) => name)).toEqual(['emily', 'lea']);
    });
  });

  it.each([
    ['that nobody uses', '{\n  emily = [ "gmail" ];\n  lea = [ "anthropic" ];\n  work = [ "gmail" ];\n}\n'],
    [
      'that only takes from a shared list',
      'rec {\n  shared = [ "gmail" "anthropic" ];\n  emily = shared;\n  lea = shared;\n  work = shared;\n}\n',
    ],
    [
      'that is another name for a list of rows',
      'let\n  both = [ "gmail" "anthropic" ];\nin\n{\n  emily = both;\n  lea = both;\n  work = both;\n}\n',
    ],
    [
      'with the keys of others, which it writes by itself',
      'rec {\n  emily = [ "gmail" ];\n  lea = [ "anthropic" ];\n  work = [ "gmail" "anthropic" ];\n}\n',
    ],
  ])('is found for a list %s', (_, matrix) => {
    const texts = withMatrix(matrix, flake('{ emily = { }; lea = { }; }'));
    const finding = onlyFinding(check(texts), 'registry/unknown-machine');
    expect(finding.message).toContain('There is no machine "work"');
  });

  it('is silent where nothing declares machines', () => {
    expectSilent(withMatrix('{\n  emily = [ "gmail" ];\n  otto = [ "anthropic" ];\n}\n'));
  });
});

describe('registry/missing-machine', () => {
  it('is found where the row is selected by a string', () => {
    expectMarked(
      withMatrix('{\n  lea = [ "gmail" "anthropic" ];\n}\n', {
        'machines/tove/configuration.nix': hostOf('lea').replace(
          '    keys = envMatrix.lea;\n',
          `    keys = envMatrix."tove";
    #                ^^^^^^ registry/missing-machine: no row "tove"
`,
        ),
      }),
    );
  });

  it.each([
    ['may have more rows', '{\n  lea = [ "gmail" "anthropic" ];\n} // import <more>\n', 'envMatrix.tove'],
    ['row is provided for', '{\n  lea = [ "gmail" "anthropic" ];\n}\n', '(envMatrix.tove or [ "gmail" ])'],
  ])('is silent where the matrix %s', (_, matrix, read) => {
    expectSilent(
      withMatrix(matrix, { 'machines/tove/configuration.nix': hostOf('lea').replace('envMatrix.lea', read) }),
    );
  });
});

describe('registry/duplicate-generator', () => {
  it('stands on the key where a helper makes the name', () => {
    expectMarked({
      'lib/secret-registry.nix': `\
let
  mk = envVar: {
    generator = "token";
    inherit envVar;
    fileAttr = "key";
    files.key = { };
    script = ''
      cat > "$out/key"
    '';
  };
in
{
  one = mk "ONE";
  two = mk "TWO";
# ^^^ registry/duplicate-generator: "one" and "two" have the same generator "token"
}
`,
      'lib/machine-env-matrix.nix': '{\n  lea = [ "one" "two" ];\n}\n',
    });
  });
});

describe('registry/duplicate-env-var', () => {
  const entry = (key: string, more = '') => `\
  ${key} = mkPromptedSecret {
    generator = "${key}";
    envVar = "TOKEN";${more}
  };
`;

  it('is silent for a secret and a public setting: they are exported under two names', () => {
    expectSilent({
      'lib/secret-registry.nix': registryOf(entry('one') + entry('two', ' secret = false;')),
      'lib/machine-env-matrix.nix': '{\n  lea = [ "one" "two" ];\n}\n',
    });
  });

  it('names all machines that have both', () => {
    const { findings } = check({
      'lib/secret-registry.nix': registryOf(entry('one') + entry('two')),
      'lib/machine-env-matrix.nix':
        '{\n  tove = [ "one" "two" ];\n  emily = [ "two" "one" ];\n  lea = [ "two" ];\n}\n',
    });
    expect(findings.map(({ rule, machines }) => ({ rule, machines }))).toEqual([
      { rule: 'registry/duplicate-env-var', machines: ['emily', 'tove'] },
    ]);
  });
});

describe('registry/file-attr-mismatch', () => {
  const entry = (body: string): Texts => ({
    'lib/secret-registry.nix': registryOf(
      `  one = {\n    generator = "one";\n    envVar = null;\n${body}  };\n`,
    ),
    'lib/machine-env-matrix.nix': '{\n  lea = [ "one" ];\n}\n',
  });

  it.each([
    ['a file of a persisted prompt', '    fileAttr = "key";\n    prompts.key.persist = true;\n'],
    [
      'files that may be more',
      '    fileAttr = "key";\n    files = { pub = { }; } // import <more>;\n    script = "";\n',
    ],
    [
      'a script that writes into a folder',
      '    fileAttr = "key";\n    files.key = { };\n    script = "cd $out; make-keys";\n',
    ],
    [
      'a script that writes it among others',
      '    fileAttr = "key";\n    files.key = { };\n    files.pub = { };\n    script = "ssh-keygen -f $out/key; mv $out/key.pub $out/pub";\n',
    ],
  ])('is silent for %s', (_, body) => {
    expectSilent(entry(body));
  });

  it('stands on the key where a helper says both', () => {
    expectMarked({
      'lib/secret-registry.nix': `\
let
  mk = generator: {
    inherit generator;
    envVar = null;
    fileAttr = "token";
    files.key = { };
    script = "";
  };
in
{
  one = mk "one";
# ^^^ registry/file-attr-mismatch: has no file "token"; it has "key".
}
`,
      'lib/machine-env-matrix.nix': '{\n  lea = [ "one" ];\n}\n',
    });
  });
});

describe('registry/accessor-not-selected', () => {
  const accessor = `\
  services.mail.password = secrets.getPath { osConfig = config; key = "gmail"; };
  #                                                                   ^^^^^^^ registry/accessor-not-selected: on machine tove
`;
  const silent = accessor.replace(/ +# +\^.*\n/, '');
  const secrets = '  secrets = import ../../lib/secrets.nix;\n';
  const fleet = (row: string, host: string, more: Texts = {}) =>
    withMatrix(`{\n  lea = [ "gmail" "anthropic" ];\n  tove = ${row};\n}\n`, {
      'machines/lea/configuration.nix': hostOf('lea'),
      'machines/tove/configuration.nix': host,
      ...more,
    });

  it('adds the key to the own part of a row', () => {
    const texts = fleet('[ ] ++ [\n    "anthropic"\n  ]', hostOf('tove', accessor, secrets));
    const finding = onlyFinding(expectMarked(texts), 'registry/accessor-not-selected');
    const after = applyFix(texts, fixOf(finding, 'Add "gmail" to the row of tove'));
    expect(after['lib/machine-env-matrix.nix']).toContain('[\n    "anthropic"\n    "gmail"\n  ]');
    expectSilent(after);
  });

  it.each([
    [
      'a row that may have more keys',
      '[ "anthropic" ] ++ import <more>',
      hostOf('tove', silent, secrets),
      {},
    ],
    [
      'a generator that another module defines',
      '[ "anthropic" ]',
      hostOf('tove', silent, secrets),
      {
        'modules/mail.nix': '{\n  clan.core.vars.generators.gmail-app-password.files.password = { };\n}\n',
      },
    ],
    [
      'a module of which the machine is not known',
      '[ "anthropic" ]',
      `{ config, ... }:\nlet\n  secrets = import ../../lib/secrets.nix;\nin\n{\n${silent}}\n`,
      {},
    ],
  ])('is silent for %s', (_, row, host, more) => {
    expectSilent(fleet(row, host, more));
  });

  describe('of a path that is made of the registry alone', () => {
    const lib = (body: string) => ({
      'lib/vm.nix': `\
let
  registry = import ./secret-registry.nix { pkgs = null; };
in
{
  placeInGuest = { key, mountPoint }: ${body};
}
`,
    });
    const PATH = '"${mountPoint}/${registry.${key}.generator}/${registry.${key}.fileAttr}"';
    const onTove = (line: string) => hostOf('tove', `${line}\n`, '  vm = import ../../lib/vm.nix;\n');

    it('is a warning, whatever the function is called', () => {
      const texts = fleet(
        '[ "anthropic" ]',
        onTove(`\
  virtualisation.share = vm.placeInGuest { key = "gmail"; mountPoint = "/run"; };
  #                                              ^^^^^^^ registry/accessor-not-selected: nothing at /run/gmail-app-password/password`),
        lib(PATH),
      );
      const finding = onlyFinding(expectMarked(texts), 'registry/accessor-not-selected');
      expect(finding).toMatchObject({ severity: 'warning', machines: ['tove'] });
      expectSilent(applyFix(texts, fixOf(finding, 'Add "gmail" to the row of tove')));
    });

    it('is found in a list, and where the place of the mount is not known', () => {
      expectMarked(
        fleet(
          '[ "anthropic" ]',
          onTove(`\
  virtualisation.shares = map (key: vm.placeInGuest { inherit key; mountPoint = config.my.mount; }) [
    "anthropic"
    "gmail"
  # ^^^^^^^ registry/accessor-not-selected: nothing at
  ];`),
          lib(PATH),
        ),
      );
    });

    it('is found in a module that the machine imports', () => {
      expectMarked(
        fleet('[ "anthropic" ]', onTove('  imports = [ ../../modules/vm.nix ];'), {
          ...lib(PATH),
          ...{
            'flake.nix':
              '{ outputs = { self, clan-core }: { clan = clan-core.lib.clan { inherit self; inventory.machines = { lea = { }; tove = { }; }; }; }; }\n',
            'modules/vm.nix': `\
let
  vm = import ../lib/vm.nix;
in
{
  virtualisation.share = vm.placeInGuest { key = "gmail"; mountPoint = "/run"; };
  #                                              ^^^^^^^ registry/accessor-not-selected: on machine tove
}
`,
          },
        }),
      );
    });

    it.each([
      ['a key of the row', 'vm.placeInGuest { key = "anthropic"; mountPoint = "/run"; }', PATH],
      [
        'something else of the entry',
        'vm.placeInGuest { key = "gmail"; mountPoint = "/run"; }',
        '"${mountPoint}/${registry.${key}.envVar}"',
      ],
      [
        'the name of the generator alone',
        'vm.placeInGuest { key = "gmail"; mountPoint = "/run"; }',
        'registry.${key}.generator',
      ],
      [
        'a command for somebody else',
        'vm.placeInGuest { key = "gmail"; mountPoint = "/run"; }',
        `"ssh lea cat " + ${PATH}`,
      ],
      [
        'a value in the repository',
        'vm.placeInGuest { key = "gmail"; mountPoint = ../../vars/per-machine/lea; }',
        '"${mountPoint}/${registry.${key}.generator}/${registry.${key}.fileAttr}/value"',
      ],
    ])('is not found for %s', (_, call, body) => {
      expectSilent(fleet('[ "anthropic" ]', onTove(`  virtualisation.share = ${call};`), lib(body)));
    });
  });
});

describe('registry/module-keys-not-selected', () => {
  const SESSION = `\
{ keys, prefix ? "" }:
{ osConfig, lib, ... }:
let
  registry = import ../lib/secret-registry.nix { pkgs = null; };
  generators = osConfig.clan.core.vars.generators;
in
{
  home.sessionVariables = lib.listToAttrs (map (key: {
    name = prefix + registry.${'${key}'}.envVar;
    value = generators.${'${registry.${key}.generator}'}.files.${'${registry.${key}.fileAttr}'}.path;
  }) keys);
}
`;
  const USERS = `\
{ user, keys ? null }:
{ lib, ... }:
{
  hjem.users.${'${user}'} = {
    enable = true;
    imports = lib.optionals (keys != null) [ (import ./session.nix { inherit keys; }) ];
  };
}
`;
  const fleet = (body: string, more: Texts = {}) =>
    withMatrix('{\n  lea = [ "gmail" ];\n  emily = [ "gmail" "anthropic" ];\n}\n', {
      'modules/session.nix': SESSION,
      'modules/users.nix': USERS,
      'machines/emily/configuration.nix': hostOf('emily'),
      'machines/lea/configuration.nix': hostOf('lea', `${body}\n`),
      ...more,
    });
  const found = (body: string, more: Texts = {}) =>
    onlyFinding(expectMarked(fleet(body, more)), 'registry/module-keys-not-selected');

  it('is found through a module that imports the one for the user', () => {
    const body = `\
  imports = [
    (import ../../modules/users.nix { user = "ada"; keys = envMatrix.emily; })
    #                                               ^^^^ registry/module-keys-not-selected: key "anthropic", which machine lea does not select
  ];`;
    const finding = found(body);
    expect(finding).toMatchObject({ severity: 'error', machines: ['lea'] });
    const after = applyFix(fleet(body), fixOf(finding, 'Give the module the keys of lea'));
    expect(after['machines/lea/configuration.nix']).toContain('keys = envMatrix.lea; })');
    expectSilent(after);
  });

  it('is found for home-manager, for keys that are written out, and for arguments in a row', () => {
    found(`\
  home-manager.users.ada = import ../../modules/session.nix { keys = [ "gmail" ] ++ [ "anthropic" ]; };
  #                                                           ^^^^ registry/module-keys-not-selected: does not select`);
    found(
      `\
  home-manager.users.ada = import ../../modules/row.nix "X_" envMatrix.emily;
  #                                                          ^^^^^^^^^^^^^^^ registry/module-keys-not-selected: does not select`,
      { 'modules/row.nix': `prefix: keys:\nimport ./session.nix { inherit prefix keys; }\n` },
    );
  });

  it('is found where the function makes a set, with modules in it or with the variables themselves', () => {
    found(
      `\
  hjem.users.ada = import ../../modules/user.nix { directory = "/home/ada"; keys = envMatrix.emily; };
  #                                                                         ^^^^ registry/module-keys-not-selected: does not select`,
      {
        'modules/user.nix':
          '{ directory, keys }:\n{\n  inherit directory;\n  imports = [ (import ./session.nix { inherit keys; }) ];\n}\n',
      },
    );
    found(
      `\
  environment.sessionVariables = import ../../modules/variables.nix { inherit config; keys = envMatrix.emily; };
  #                                                                                   ^^^^ registry/module-keys-not-selected: does not select`,
      {
        'modules/variables.nix': `\
{ config, keys }:
let
  registry = import ../lib/secret-registry.nix { pkgs = null; };
  variable = key: {
    name = registry.${'${key}'}.envVar;
    value = config.clan.core.vars.generators.${'${registry.${key}.generator}'}.files.${'${registry.${key}.fileAttr}'}.path;
  };
in
builtins.listToAttrs (map variable keys)
`,
      },
    );
  });

  it('is found in a file that the machine imports', () => {
    expectMarked(
      fleet('  imports = [ ./users.nix ];', {
        'flake.nix':
          '{ outputs = { self, clan-core }: { clan = clan-core.lib.clan { inherit self; inventory.machines = { lea = { }; emily = { }; }; }; }; }\n',
        'machines/lea/users.nix': `\
let
  matrix = import ../../lib/machine-env-matrix.nix;
in
{
  imports = [ (import ../../modules/users.nix { user = "ada"; keys = matrix.emily; }) ];
  #                                                           ^^^^ registry/module-keys-not-selected: machine lea
}
`,
      }),
    );
  });

  it('follows what is typed into any file that it depends on, and is found on each machine', () => {
    const body = '  home-manager.users.ada = import ../../modules/session.nix { keys = envMatrix.emily; };\n';
    const texts = {
      ...fleet(body),
      'machines/emily/configuration.nix': hostOf('emily', body),
      'machines/tove/configuration.nix': hostOf('tove', body),
      'lib/machine-env-matrix.nix':
        '{\n  emily = [ "gmail" "anthropic" ];\n  lea = [ "gmail" ];\n  tove = [ "anthropic" ];\n}\n',
    };
    const now = living(texts);
    const machines = () => now.findings().flatMap(finding => finding.machines);
    expect(machines()).toEqual(['lea', 'tove']);
    now.write({ 'modules/session.nix': SESSION.replace('generators.', '{ }.') });
    expect(machines()).toEqual([]);
    now.write({ 'modules/session.nix': SESSION });
    expect(machines()).toEqual(['lea', 'tove']);
    now.write({
      'lib/machine-env-matrix.nix': texts['lib/machine-env-matrix.nix'].replace(
        'lea = [ "gmail" ]',
        'lea = [ "gmail" "anthropic" ]',
      ),
    });
    expect(machines()).toEqual(['tove']);
  });

  it('is found through a name, and in a module that is written in place', () => {
    const inLet = (body: string) =>
      hostOf(
        'lea',
        `${body}\n`,
        `\
  session = import ../../modules/session.nix { keys = envMatrix.emily; };
  #                                            ^^^^ registry/module-keys-not-selected: machine lea
`,
      );
    for (const body of [
      '  home-manager.users.ada = session;',
      '  home-manager.users.ada = { ... }: {\n    imports = [ session ];\n  };',
      '  home-manager.users.ada.imports = [ ] ++ [ session ];',
    ])
      expectMarked(fleet('', { 'machines/lea/configuration.nix': inLet(body) }));
  });

  it.each([
    ['no keys', 'imports = [ (import ../../modules/users.nix { user = "ada"; keys = null; }) ];', {}],
    [
      'its own keys',
      'imports = [ (import ../../modules/users.nix { user = "ada"; keys = envMatrix.lea; }) ];',
      {},
    ],
    [
      'keys that are not all known',
      'imports = [ (import ../../modules/users.nix { user = "ada"; keys = envMatrix.emily ++ import <more>; }) ];',
      {},
    ],
    [
      'a condition that is not known',
      'home-manager.users.ada.imports = lib.optionals config.my.desktop [ (import ../../modules/session.nix { keys = envMatrix.emily; }) ];',
      {},
    ],
    [
      'a condition on the way to it',
      'home-manager.users.ada = lib.mkIf config.my.desktop (import ../../modules/session.nix { keys = envMatrix.emily; });',
      {},
    ],
    [
      'a name that nobody uses',
      'environment.etc.x.text = let session = import ../../modules/session.nix { keys = envMatrix.emily; }; in "";',
      {},
    ],
    [
      'an argument that others may use with keys of their own',
      '_module.args.session = import ../../modules/session.nix { keys = envMatrix.emily; };',
      {},
    ],
    [
      'a module of which only the arguments are asked for',
      'environment.etc.x.text = toString (builtins.functionArgs (import ../../modules/session.nix { keys = envMatrix.emily; }) == { });',
      {},
    ],
    [
      'a module that sets them under a condition',
      'home-manager.users.ada = import ../../modules/session.nix { keys = envMatrix.emily; };',
      {
        'modules/session.nix': SESSION.replace(
          'lib.listToAttrs',
          'lib.mkIf osConfig.my.desktop (lib.listToAttrs',
        ).replace('}) keys);', '}) keys));'),
      },
    ],
    [
      'a module that provides for what is missing',
      'home-manager.users.ada = import ../../modules/session.nix { keys = envMatrix.emily; };',
      {
        'modules/session.nix': SESSION.replace(
          '{registry.${key}.generator}.files',
          '{registry.${key}.generator}.files or { }',
        ).replace(
          'generators.${registry.${key}.generator}',
          '(generators.${registry.${key}.generator} or { files.key.path = ""; files.password.path = ""; })',
        ),
      },
    ],
    [
      'a module that reads the generators of another machine',
      'home-manager.users.ada = import ../../modules/session.nix { keys = envMatrix.emily; };',
      {
        'modules/session.nix': SESSION.replace('{ osConfig, lib, ... }', '{ self, lib, ... }').replace(
          'osConfig.',
          'self.nixosConfigurations.emily.config.',
        ),
      },
    ],
    [
      'a module that reads nothing of them',
      'home-manager.users.ada = import ../../modules/session.nix { keys = envMatrix.emily; };',
      { 'modules/session.nix': '{ keys }:\n{ ... }:\n{ home.file.keys.text = toString keys; }\n' },
    ],
  ])('is silent for %s', (_, body, more) => {
    expectSilent(fleet(`  ${body}`, more));
  });
});
