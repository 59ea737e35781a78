// What is shown in and beside the text: lenses, hints, links, calls, selections and tokens.
import { describe, expect, test } from 'vitest';
import { callerAt, dependenciesFrom, dependentsOf } from '../../server/src/editor/graph/calls.ts';
import { typeDefinition } from '../../server/src/editor/navigate/type-definition.ts';
import { codeLenses, lensTitle } from '../../server/src/editor/shown/code-lens.ts';
import { inlayHints } from '../../server/src/editor/shown/inlay-hints.ts';
import { fileLinks } from '../../server/src/editor/shown/links.ts';
import { selectionsAt } from '../../server/src/editor/shown/selection.ts';
import { tokensIn } from '../../server/src/editor/shown/tokens.ts';
import type { Snapshot } from '../../server/src/editor/snapshot.ts';
import { readDisplaySettings } from '../../server/src/lsp/display-settings.ts';
import { inExample, textAt } from './support.ts';

const FILE = 'modules/hosts/lea/ca.nix';
const REGISTRY = 'lib/secret-registry.nix';
const MATRIX = 'lib/machine-env-matrix.nix';

const inFile = (text: string, before = '', others: Readonly<Record<string, string>> = {}) =>
  inExample(FILE, before, { [FILE]: text, ...others });

/** `name: title` of the lenses of a file. */
function lenses(snapshot: Snapshot, file: string): string[] {
  return codeLenses(snapshot, file).map(
    lens => `${textAt(snapshot, lens.at).split(': ')[1]}: ${lensTitle(snapshot, lens.subject)}`,
  );
}

describe('lenses', () => {
  const TEXT = `{
  clan.core.vars.generators.ca = {
    files.key = { };
    files.crt.secret = false;
    script = "x";
  };
  clan.core.vars.generators.ca.files.more = { };
}
`;

  test('stand above whole declarations; one that nothing imports is on no machine', () => {
    const { snapshot } = inFile(TEXT);
    expect(lenses(snapshot, FILE)).toEqual(['ca: on no machine']);
  });

  test('count what is stored on the machines that have it', () => {
    const { snapshot } = inExample('modules/hosts/lea/default.nix', '', {
      'vars/per-machine/lea/gmail-app-password/password/secret': '{}',
    });
    const shown = lenses(snapshot, REGISTRY);
    expect(shown).toContain('anthropic: 3 machines · missing');
    expect(shown).toContain('gmail: 2 machines · 1 of 2 missing');
  });

  test('stand above the rows of machines, and count their generators', () => {
    const { snapshot } = inExample('modules/hosts/lea/default.nix', '', {
      'vars/per-machine/lea/gmail-app-password/password/secret': '{}',
    });
    expect(lenses(snapshot, MATRIX)).toEqual([
      'emily: 16 of 16 generators missing',
      'lea: 10 of 11 generators missing',
      'noa: 13 of 13 generators missing',
      'tove: 16 of 16 generators missing',
    ]);
  });

  test('say what is missing while nothing has been generated anywhere', () => {
    const { snapshot } = inExample(REGISTRY, '');
    expect(lenses(snapshot, REGISTRY)[0]).toBe('openrouter: 3 machines · missing');
  });

  test('count what was made from something else', () => {
    const text = TEXT.replace('    script', '    validation = 1;\n    script');
    const { snapshot } = inExample('a.nix', '', {
      'flake.nix':
        '{ outputs = { clan-core, self, ... }: { clan = clan-core.lib.clan { inherit self; inventory.machines.lea = { }; }; }; }',
      '.clan-flake': '',
      'machines/lea/configuration.nix': text,
      'a.nix': '{ }',
      'vars/per-machine/lea/ca/key/secret': '{}',
      'vars/per-machine/lea/ca/crt/value': '',
      'vars/per-machine/lea/ca/more/secret': '{}',
      'vars/per-machine/lea/ca/.validation-hash': 'of something else',
    });
    expect(lenses(snapshot, 'machines/lea/configuration.nix')).toEqual(['ca: 1 machine · outdated']);
  });

  test('count what is shared and was made from something else once', () => {
    const text = TEXT.replace('    script', '    share = true;\n    validation = 1;\n    script');
    const { snapshot } = inExample('a.nix', '', {
      'flake.nix':
        '{ outputs = { clan-core, self, ... }: { clan = clan-core.lib.clan { inherit self; machines.lea = ./ca.nix; machines.noa = ./ca.nix; }; }; }',
      '.clan-flake': '',
      'ca.nix': text,
      'a.nix': '{ }',
      'vars/shared/ca/key/secret': '{}',
      'vars/shared/ca/crt/value': '',
      'vars/shared/ca/more/secret': '{}',
      'vars/shared/ca/.validation-hash': 'of something else',
    });
    expect(lenses(snapshot, 'ca.nix')).toEqual(['ca: 2 machines · outdated']);
  });

  test('of a name with holes can only say who has it', () => {
    const { snapshot } = inFile(
      `{ name, ... }: { clan.core.vars.generators."svc-\${name}" = { files.a = { }; }; }`,
    );
    expect(codeLenses(snapshot, FILE)).toMatchObject([
      { subject: { generator: 'svc-${name}' }, named: false },
    ]);
  });
});

describe('hints', () => {
  const TEXT = `{ config, ... }:
{
  clan.core.vars.generators.ca = {
    files."ca.key" = { };
    files.crt.secret = false;
    files.p = { };
    prompts.p.persist = true;
    script = "x";
  };
  clan.core.vars.generators.all = {
    share = true;
    files.key = { };
  };
  services.a = config.clan.core.vars.generators.all.files.key.path;
  services.b = config.clan.core.vars.generators.all.files.key.value;
  services.c = config.clan.core.vars.generators.\${config.x}.files.key.path;
}
`;
  /** `text behind which it stands: label` */
  function shown(level: 'off' | 'declarations' | 'all', from = 0): string[] {
    const { snapshot } = inFile(TEXT);
    return inlayHints(snapshot, FILE, { start: from, end: TEXT.length }, level).map(
      ({ offset, label }) => `${/\S+$/.exec(TEXT.slice(0, offset))?.[0]}: ${label}`,
    );
  }

  test('say what nobody has written, behind the name', () => {
    expect(shown('declarations')).toEqual([
      'clan.core.vars.generators.ca: per machine',
      'files."ca.key": secret',
      'files.p: secret',
      'files.key: secret',
    ]);
    expect(shown('off')).toEqual([]);
  });

  test('are only made for what is in view', () => {
    expect(shown('declarations', TEXT.indexOf('generators.all'))).toEqual(['files.key: secret']);
  });

  test('at uses show the path on the machine, and no value of a secret', () => {
    expect(shown('all').slice(4)).toEqual([
      'config.clan.core.vars.generators.all.files.key.path: /run/secrets/vars/shared/all/key',
    ]);
  });

  test('have the path of a file in their tooltip', () => {
    const { snapshot } = inFile(TEXT);
    const hints = inlayHints(snapshot, FILE, { start: 0, end: TEXT.length }, 'declarations');
    expect(hints.at(-1)?.tooltip).toBe('On a machine it is /run/secrets/vars/shared/all/key.');
  });
});

test('settings that are wrong are as they are by default', () => {
  expect(readDisplaySettings({ codeLens: 'yes', inlayHints: 'all', semanticTokens: true })).toEqual({
    codeLens: true,
    inlayHints: 'all',
    semanticTokens: true,
  });
});

test('links lead to what is there, and to nothing else', () => {
  const text = `{ config, self, ... }:
{
  clan.core.vars.generators.ca.files.crt.secret = false;
  sops.secrets.a.sopsFile = ../../../secrets/a.yaml;
  sops.secrets.b.sopsFile = ../../../secrets/none.yaml;
  a = builtins.readFile (self + "/vars/shared/x/y/value");
  b = ../../../vars/shared/x/y/value;
  c = ../../../vars/shared/x/none/value;
  d = import ../../../lib/secret-registry.nix { };
  e = ./default.nix;
  f = config.clan.core.vars.generators.ca.files.crt.value;
  g = config.clan.core.vars.generators.ca.files.crt.path;
}
`;
  const { snapshot } = inFile(text, '', {
    'secrets/a.yaml': 'a: ENC[]',
    'vars/shared/x/y/value': '1',
    'vars/per-machine/lea/ca/crt/value': '2',
  });
  expect(
    fileLinks(snapshot, FILE).map(({ at, target }) => [textAt(snapshot, at).split(': ')[1], target]),
  ).toEqual([
    ['crt', 'vars/per-machine/lea/ca/crt/value'],
    ['../../../secrets/a.yaml', 'secrets/a.yaml'],
    ['"/vars/shared/x/y/value"', 'vars/shared/x/y/value'],
    ['../../../vars/shared/x/y/value', 'vars/shared/x/y/value'],
    ['../../../lib/secret-registry.nix', 'lib/secret-registry.nix'],
    ['value', 'vars/per-machine/lea/ca/crt/value'],
  ]);
});

test('a secret leads to where it is encrypted', () => {
  const path = 'vars/per-machine/lea/ca/key/secret';
  const { snapshot } = inFile('{ clan.core.vars.generators.ca.files.key = { }; }', '', { [path]: '{}' });
  expect(fileLinks(snapshot, FILE)).toMatchObject([
    { target: path, tooltip: `Open ${path}, which is encrypted` },
  ]);
});

test('a value that two machines have for themselves has no one link', () => {
  const { snapshot } = inFile('{ clan.core.vars.generators.ca.files.crt.secret = false; }', '', {
    'vars/per-machine/lea/ca/crt/value': '1',
    'vars/per-machine/noa/ca/crt/value': '2',
  });
  expect(fileLinks(snapshot, FILE)).toEqual([]);
});

describe('calls', () => {
  const TEXT = `{
  clan.core.vars.generators.ca.files.key = { };
  clan.core.vars.generators.leaf = {
    dependencies = [ "ca" "elsewhere" ];
    files.leaf = { };
  };
  clan.core.vars.generators.twig = {
    dependencies = [ "ca" ];
    files.twig = { };
  };
}
`;
  test('go from what depends to what it depends on', () => {
    const { snapshot, file, offset } = inFile(TEXT, 'files.lea');
    expect(callerAt(snapshot, file, offset)).toMatchObject({ name: 'leaf', detail: 'per machine' });
    const names = (calls: ReturnType<typeof dependentsOf>) =>
      calls.map(({ other, places }) => [other.name, other.detail, places.length]);
    expect(names(dependentsOf(snapshot, 'ca'))).toEqual([
      ['leaf', 'per machine', 1],
      ['twig', 'per machine', 1],
    ]);
    expect(names(dependenciesFrom(snapshot, 'leaf'))).toEqual([
      ['ca', 'per machine', 1],
      ['elsewhere', 'not declared here', 1],
    ]);
    expect(names(dependenciesFrom(snapshot, 'ca'))).toEqual([]);
  });

  test('begin at a registry key too', () => {
    const { snapshot, file, offset } = inExample(MATRIX, '"gm');
    expect(callerAt(snapshot, file, offset)).toMatchObject({ name: 'gmail-app-password' });
  });

  test('begin nowhere else', () => {
    const { snapshot, file, offset } = inExample('flake.nix', 'outputs');
    expect(callerAt(snapshot, file, offset)).toBeNull();
  });
});

describe('what makes a thing', () => {
  const shown = ({ snapshot, file, offset }: ReturnType<typeof inExample>) =>
    typeDefinition(snapshot, file, offset)?.targets.map(place =>
      textAt(snapshot, place).replace(/\s+/g, ' '),
    );

  test('is the helper function, for keys and for their generators', () => {
    expect(shown(inExample(MATRIX, '"anthr'))).toEqual([`${REGISTRY}: mkPromptedSecret`]);
    expect(shown(inExample('modules/hosts/tove/default.nix', 'generators.wireg'))).toEqual([
      `${REGISTRY}: mkGeneratedSecret`,
    ]);
  });

  test('is where its generators are assigned, for a row', () => {
    expect(shown(inExample(MATRIX, 'lea'))).toEqual(['modules/hosts/lea/default.nix: generators']);
  });

  test('is the function that it came through, and the assignment', () => {
    const text = `{ lib, ... }:
let
  make = name: lib.nameValuePair "svc-\${name}" { files.key = { }; };
in
{
  clan.core.vars.generators = lib.listToAttrs (map make [ "one" ]);
}
`;
    expect(shown(inFile(text, 'files.k'))).toEqual([`${FILE}: make`, `${FILE}: generators`]);
  });

  test('is nothing where it is declared by itself', () => {
    expect(
      shown(inFile('{ clan.core.vars.generators.ca.files.key = { }; }', 'generators.c')),
    ).toBeUndefined();
  });
});

describe('selections', () => {
  const TEXT = `{
  clan.core.vars.generators.ca = {
    dependencies = [ "root ca" ];
    files.key = { };
    script = ''
      if true; then
        openssl genrsa -out "$out/key" 2048 | tee x
      fi
    '';
  };
}
`;
  const shown = (before: string) => {
    const { snapshot, file, offset } = inFile(TEXT, before);
    return selectionsAt(snapshot, file, offset).map(({ start, end }) => TEXT.slice(start, end).trim());
  };

  test('grow in scripts by word, command and block', () => {
    expect(shown('genr').slice(0, 5)).toEqual([
      'genrsa',
      'openssl genrsa -out "$out/key" 2048',
      'openssl genrsa -out "$out/key" 2048 | tee x',
      'if true; then\n        openssl genrsa -out "$out/key" 2048 | tee x\n      fi',
      'if true; then\n        openssl genrsa -out "$out/key" 2048 | tee x\n      fi',
    ]);
  });

  test('grow in Nix by name, path, binding and set', () => {
    expect(shown('files.k')).toEqual([
      'key',
      'files.key',
      'files.key = { };',
      expect.stringMatching(/^\{\n {4}dependencies/),
      expect.stringMatching(/^clan\.core/),
      TEXT.trim(),
      TEXT.trim(),
    ]);
  });

  test('take the inside of a string before its quotes', () => {
    expect(shown('"ro').slice(0, 4)).toEqual(['root', 'root ca', '"root ca"', '"root ca"']);
  });
});

test('tokens tell commands, variables, directories and the names behind them', () => {
  const text = `{
  clan.core.vars.generators.ca.files.key = { };
  clan.core.vars.generators.leaf = {
    dependencies = [ "ca" ];
    prompts.p.type = "line";
    files.leaf = { };
    script = ''
      name=$(cat "$prompts/p")
      cd /
      sign --for "$name" $in/ca/key > "$out"/leaf
    '';
  };
}
`;
  const { snapshot } = inFile(text);
  expect(tokensIn(snapshot, FILE).map(({ at, kind }) => `${text.slice(at.start, at.end)} ${kind}`)).toEqual([
    'name variable',
    'cat command',
    'prompts directory',
    'p prompt',
    'cd builtin',
    'sign command',
    'name variable',
    'in directory',
    'ca dependency',
    'key file',
    'out directory',
    'leaf file',
  ]);
});
