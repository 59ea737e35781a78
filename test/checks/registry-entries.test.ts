// The rules about machines, entries and accessors, where it is less plain than in their examples.

import { describe, expect, it } from 'vitest';
import { hostOf, registryOf } from '../../server/src/checks/examples.ts';
import {
  applyFix,
  check,
  expectMarked,
  expectSilent,
  fixOf,
  onlyFinding,
  type Texts,
  withMatrix,
} from './harness.ts';

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

  it('is silent for a path that needs no configuration', () => {
    expectSilent(
      fleet(
        '[ "anthropic" ]',
        hostOf(
          'tove',
          '  virtualisation.share = vm.getVmPath { key = "gmail"; mountPoint = "/run"; };\n',
          '  vm = import ../../lib/vm.nix;\n',
        ),
        {
          'lib/vm.nix': `\
let
  registry = import ./secret-registry.nix { pkgs = null; };
in
{
  getVmPath = { key, mountPoint }: "\${mountPoint}/\${registry.\${key}.generator}/\${registry.\${key}.fileAttr}";
}
`,
        },
      ),
    );
  });
});
