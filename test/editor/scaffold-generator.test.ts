// New generators: into modules that are there, into files of their own, and in services.

import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  generatorFiles,
  generatorNameProblem,
  newGenerator,
  newService,
  serviceNameProblem,
} from '../../server/src/editor/scaffold/scaffold-generator.ts';
import { TEMPLATE_CHOICES, templateBindings } from '../../server/src/editor/scaffold/scaffold-templates.ts';
import type { Texts } from '../checks/harness.ts';
import { describeWithNix, evaluate } from '../examples/nix.ts';
import { formattingMistakes } from '../nix/formatting.ts';
import { folder } from '../workspace/support.ts';
import { around, carriedOut, refusal } from './scaffold-support.ts';

const FLAKE =
  '{\n  outputs = { self, clan-core }: { clan = clan-core.lib.clan { inherit self; inventory.machines.lea = { }; }; };\n}\n';
const LEA = 'machines/lea/configuration.nix';
const IDS = TEMPLATE_CHOICES.map(({ id }) => id);

const fleet = (module: string): Texts => ({ 'flake.nix': FLAKE, [LEA]: module });
const add = (
  texts: Texts,
  template = 'ssh-key',
  file = LEA,
  name = 'fresh',
  importedBy: readonly string[] = [],
) => carriedOut(texts, state => newGenerator(state, { name, template, file, importedBy }));
const refused = (
  texts: Texts,
  template = 'ssh-key',
  file = LEA,
  name = 'fresh',
  importedBy: readonly string[] = [],
) => refusal(texts, state => newGenerator(state, { name, template, file, importedBy }));

const SSH = [
  'fresh = {',
  '  files."id_ed25519" = { };',
  '  files."id_ed25519.pub".secret = false;',
  '  runtimeInputs = [ pkgs.openssh ];',
  "  script = ''",
  '    ssh-keygen -q -t ed25519 -N "" -C "fresh" -f "$out/id_ed25519"',
  "  '';",
  '};',
];
const indented = (by: number, prefix = '') =>
  SSH.map((line, index) => `${' '.repeat(by)}${index === 0 ? prefix : ''}${line}\n`).join('');
const PREFIX = 'clan.core.vars.generators.';

describe('in a file of its own that machines import', () => {
  const FILE = 'modules/fresh.nix';
  const imported = (module: string, ...machines: readonly string[]) =>
    add(fleet(module), 'ssh-key', FILE, 'fresh', machines.length === 0 ? ['lea'] : machines);
  const PATH = '../../modules/fresh.nix';

  test.each([
    ['{ imports = [ ./a.nix ]; }\n', `{ imports = [ ./a.nix ${PATH} ]; }\n`],
    ['{\n  imports = [\n    ./a.nix\n  ];\n}\n', `{\n  imports = [\n    ./a.nix\n    ${PATH}\n  ];\n}\n`],
    [
      '{ lib, ... }:\n{\n  imports = [ ./a.nix ] ++ lib.optionals true [ ];\n}\n',
      `{ lib, ... }:\n{\n  imports = [ ./a.nix ${PATH} ] ++ lib.optionals true [ ];\n}\n`,
    ],
    ['{ }\n', `{ imports = [ ${PATH} ]; }\n`],
    ['{ ... }:\n{\n}\n', `{ ... }:\n{\n  imports = [ ${PATH} ];\n}\n`],
    ['{ ... }:\n{\n  a = 1;\n}\n', `{ ... }:\n{\n  imports = [ ${PATH} ];\n\n  a = 1;\n}\n`],
  ])('%j', (module, after) => {
    const texts = { ...fleet(module), 'machines/lea/a.nix': '{ }\n' };
    const { texts: changed, fleet: read, scaffolded } = add(texts, 'ssh-key', FILE, 'fresh', ['lea']);
    expect(changed[LEA]).toBe(after);
    expect(read.generators.find(({ name }) => name === 'fresh')?.machines).toEqual(['lea']);
    expect(scaffolded.notes).toEqual([`${FILE} is imported by lea.`]);
  });

  test('a machine whose imports are computed is left to the person, and nothing else is imported', () => {
    const { texts, scaffolded } = imported('{ lib, ... }:\n{\n  imports = lib.concatLists [ ];\n}\n');
    expect(texts[LEA]).toBe('{ lib, ... }:\n{\n  imports = lib.concatLists [ ];\n}\n');
    expect(scaffolded.notes).toEqual([
      `Import ${FILE} in lea yourself: no module there has \`imports\` that can be edited.`,
    ]);
  });

  test('a module that other machines have as well is not touched', () => {
    const texts: Texts = {
      'flake.nix': FLAKE.replace('machines.lea = { };', 'machines = { lea = { }; noa = { }; };'),
      [LEA]: '{ imports = [ ../../both.nix ]; }\n',
      'machines/noa/configuration.nix': '{ imports = [ ../../both.nix ]; }\n',
      'both.nix': '{ }\n',
    };
    const forLea = add(texts, 'ssh-key', FILE, 'fresh', ['lea']);
    expect(forLea.texts['both.nix']).toBe('{ }\n');
    expect(forLea.fleet.generators.find(({ name }) => name === 'fresh')?.machines).toEqual(['lea']);
    const forBoth = add(texts, 'ssh-key', FILE, 'fresh', ['lea', 'noa']);
    expect(forBoth.texts['both.nix']).toBe('{ imports = [ ./modules/fresh.nix ]; }\n');
    expect(forBoth.texts[LEA]).toBe(texts[LEA]);
    expect(forBoth.fleet.generators.find(({ name }) => name === 'fresh')?.machines).toEqual(['lea', 'noa']);
  });

  test('a machine that does not exist is refused with the one that is meant', () => {
    expect(refused(fleet('{ }\n'), 'ssh-key', FILE, 'fresh', ['lae'])).toBe(
      'There is no machine "lae". Did you mean "lea"?',
    );
  });
});

describe('in a module', () => {
  test('that has a set of generators, it stands at the end of the set', () => {
    const { texts, fleet: after } = add(
      fleet(
        '{ pkgs, ... }:\n{\n  clan.core.vars.generators = {\n    old.prompts.key.persist = true;\n  };\n  a = 1;\n}\n',
      ),
    );
    expect(texts[LEA]).toBe(
      `{ pkgs, ... }:\n{\n  clan.core.vars.generators = {\n    old.prompts.key.persist = true;\n${indented(4)}  };\n  a = 1;\n}\n`,
    );
    expect(after.generators.find(({ name }) => name === 'fresh')?.machines).toEqual(['lea']);
  });

  test('that declares one by its path, it stands below', () => {
    const { texts } = add(
      fleet(
        '{ pkgs, ... }:\n{\n  clan.core.vars.generators.old.prompts.key.persist = true;\n\n  a = 1;\n}\n',
      ),
    );
    expect(texts[LEA]).toBe(
      `{ pkgs, ... }:\n{\n  clan.core.vars.generators.old.prompts.key.persist = true;\n\n${indented(2, PREFIX)}\n  a = 1;\n}\n`,
    );
  });

  test('that declares none, it stands at the end', () => {
    const { texts } = add(fleet('{ pkgs, ... }:\n{\n  a = 1;\n}\n'));
    expect(texts[LEA]).toBe(`{ pkgs, ... }:\n{\n  a = 1;\n\n${indented(2, PREFIX)}}\n`);
  });

  test('that has a `config`, it stands in that', () => {
    const { texts } = add(fleet('{ pkgs, ... }:\n{\n  options = { };\n  config = {\n    a = 1;\n  };\n}\n'));
    expect(texts[LEA]).toContain(`    a = 1;\n\n${indented(4, PREFIX)}  };\n}\n`);
  });

  test.each([
    ['options', '  options.services.web.port = null;\n'],
    ['paths into its `config`', '  config.a = 1;\n'],
    ['both', '  options = { };\n  config.a = 1;\n'],
  ])('that has %s, it stands below `config`', (_, body) => {
    const { texts } = add(fleet(`{ pkgs, ... }:\n{\n${body}}\n`));
    expect(texts[LEA]).toBe(`{ pkgs, ... }:\n{\n${body}\n${indented(2, `config.${PREFIX}`)}}\n`);
  });

  test.each([
    ['a `config` that is computed', '{ lib, ... }:\n{\n  config = lib.mkIf true { a = 1; };\n}\n'],
    ['a `config` from elsewhere', 'let\n  config = { };\nin\n{\n  inherit config;\n}\n'],
    ['names that are computed', '{ part, ... }:\n{\n  ${part} = { };\n}\n'],
  ])('that has %s is refused', (_, text) => {
    expect(refused(fleet(text))).toContain('take a file of its own');
  });

  test('with the name of a keyword, which stands in quotes', () => {
    const name = 'inherit';
    const { texts, fleet: after } = add(fleet('{ pkgs, ... }:\n{\n  a = 1;\n}\n'), 'ssh-key', LEA, name);
    expect(texts[LEA]).toContain(`${PREFIX}"${name}" = {\n`);
    expect(after.generators.map(one => one.name)).toContain(name);
    const own = add(fleet('{ }\n'), 'ssh-key', 'modules/own.nix', name);
    expect(own.texts['modules/own.nix']).toContain(`${PREFIX}"${name}" = {\n`);
  });

  test('with nothing in it', () => {
    expect(add(fleet('{ pkgs, ... }: { }\n')).texts[LEA]).toBe(
      `{ pkgs, ... }:\n{\n${indented(2, PREFIX)}}\n`,
    );
  });

  test('behind a `let`, and in Windows line ends', () => {
    const { texts } = add(fleet('{ pkgs, ... }:\r\nlet\r\n  x = 1;\r\nin\r\n{\r\n  a = x;\r\n}\r\n'));
    expect(texts[LEA]).toContain(`  a = x;\r\n\r\n  ${PREFIX}fresh = {\r\n`);
    expect(texts[LEA]?.replaceAll('\r\n', '')).not.toContain('\n');
  });

  test('of a flake part, beside the generators of the module inside', () => {
    const file = 'parts/web.nix';
    const texts = {
      ...fleet('{ }\n'),
      [file]: `{ ... }:\n{\n  flake.modules.nixos.web =\n    { pkgs, ... }:\n    {\n      clan.core.vars.generators.old.prompts.key.persist = true;\n    };\n}\n`,
    };
    expect(add(texts, 'ssh-key', file).texts[file]).toContain(
      `persist = true;\n\n${indented(6, PREFIX)}    };\n`,
    );
  });
});

describe('what it needs of packages', () => {
  test.each([
    ['{ config, ... }:', '{ config, pkgs, ... }:'],
    ['{ ... }:', '{ pkgs, ... }:'],
    ['{ config, lib, ... }:', '{\n  config,\n  lib,\n  pkgs,\n  ...\n}:'],
    ['{\n  config,\n  lib,\n  ...\n}:', '{\n  config,\n  lib,\n  pkgs,\n  ...\n}:'],
    ['{ pkgs, ... }:', '{ pkgs, ... }:'],
    ['{ config, ... }@args:', '{ config, pkgs, ... }@args:'],
  ])('%j', (before, after) => {
    expect(add(fleet(`${before}\n{\n  a = 1;\n}\n`)).texts[LEA]).toMatch(
      new RegExp(`^${after.replace(/[{}.]/g, '\\$&')}\n\\{`),
    );
  });

  test('a module without arguments gets them', () => {
    expect(add(fleet('{\n  a = 1;\n}\n')).texts[LEA]).toMatch(/^\{ pkgs, \.\.\. \}:\n\{\n {2}a = 1;/);
  });

  test('a template without packages asks for none', () => {
    expect(add(fleet('{\n  a = 1;\n}\n'), 'from-a-prompt').texts[LEA]).toMatch(/^\{\n {2}a = 1;/);
  });

  test('arguments that are not named are left to the person', () => {
    expect(refused(fleet('args: {\n  a = 1;\n}\n'))).toContain('does not name its arguments');
  });
});

describe('in a file of its own', () => {
  test('it is a module, and what is left to do is said', () => {
    const { texts, scaffolded } = add(fleet('{ }\n'), 'ssh-key', 'modules/fresh.nix');
    expect(texts['modules/fresh.nix']).toBe(`{ pkgs, ... }:\n{\n${indented(2, PREFIX)}}\n`);
    expect(scaffolded.notes).toEqual(['Import modules/fresh.nix in the machines that should have it.']);
  });

  test.each(IDS)('every template is formatted as nixfmt does: %s', template => {
    const { texts } = add(fleet('{ }\n'), template, 'modules/fresh.nix');
    expect(
      formattingMistakes(texts['modules/fresh.nix'] ?? '').filter(each => !each.endsWith('too wide')),
    ).toEqual([]);
  });
});

describe('refused', () => {
  test('a module that computes all its generators', () => {
    const module = '{ pkgs, ... }:\nlet\n  all = { };\nin\n{\n  clan.core.vars.generators = all;\n}\n';
    expect(refused(fleet(module))).toBe(
      `${LEA} computes all its generators, so none can be added: take a file of its own.`,
    );
  });

  test('a file that is no module of a machine and declares none', () => {
    expect(refused(fleet('{ }\n'), 'ssh-key', 'flake.nix')).toBe(
      'It is not clear where in flake.nix generators are declared: take a file of its own.',
    );
  });

  test('a file that is broken, or outside', () => {
    expect(refused(fleet('{ a = ; }\n'))).toContain('is not valid Nix: fix it first');
    expect(refused(fleet('{ }\n'), 'ssh-key', '../x.nix')).toBe('../x.nix is not a Nix file of this folder.');
  });

  test('a name that is taken, also by the second generator of a template', () => {
    const texts = fleet('{\n  clan.core.vars.generators.fresh-certificate.prompts.key.persist = true;\n}\n');
    const template = 'certificate-authority-and-certificate';
    expect(refused(texts, template)).toBe(`A generator "fresh-certificate" already exists in ${LEA}.`);
    expect(generatorNameProblem(around(texts).fleet, 'fresh-certificate')).toContain('already');
    expect(generatorNameProblem(around(texts).fleet, 'a/b')).toContain('letters, digits');
  });

  test('a template that is none', () => {
    expect(refused(fleet('{ }\n'), 'magic')).toContain(
      'There is no template "magic". There are from-a-prompt,',
    );
  });
});

test('files to choose from are those that can be added to, the declaring ones first', () => {
  const texts = {
    ...fleet('{\n  imports = [ ./a.nix ./b.nix ./c.nix ];\n}\n'),
    'machines/lea/a.nix': '{\n  a = 1;\n}\n',
    'machines/lea/b.nix': '{\n  clan.core.vars.generators.b.prompts.key.persist = true;\n}\n',
    'machines/lea/c.nix': 'let\n  all = { };\nin\n{\n  clan.core.vars.generators = all;\n}\n',
  };
  expect(generatorFiles(around(texts))).toEqual(['machines/lea/b.nix', 'machines/lea/a.nix', LEA]);
});

describe('a service', () => {
  const make = (template: string, per: 'instance' | 'machine') =>
    carriedOut(fleet('{ }\n'), state => newService(state, { name: 'chat', template, per }));

  test.each(IDS.flatMap(id => [[id, 'instance'] as const, [id, 'machine'] as const]))(
    'with %s for each %s is formatted, and has no finding',
    (template, per) => {
      const text = make(template, per).texts['services/chat/default.nix'] ?? '';
      expect(formattingMistakes(text).filter(each => !each.endsWith('too wide'))).toEqual([]);
      expect(text).toContain(per === 'instance' ? '"chat-${instanceName}"' : 'perMachine =');
    },
  );

  test('gives its machines the generators of its instances', () => {
    const { texts } = make('ssh-key', 'instance');
    const flake = FLAKE.replace(
      'inventory.machines.lea = { };',
      'modules.chat = ./services/chat; inventory.machines.lea = { }; inventory.instances.work = { module.name = "chat"; module.input = "self"; roles.default.machines.lea = { }; };',
    );
    const { fleet: after } = around({ ...texts, 'flake.nix': flake });
    expect(after.generators.map(({ name, machines }) => [name, machines])).toEqual([['chat-work', ['lea']]]);
  });

  test('has the name of a keyword in quotes', () => {
    const { texts, scaffolded } = carriedOut(fleet('{ }\n'), state =>
      newService(state, { name: 'with', template: 'ssh-key', per: 'machine' }),
    );
    expect(texts['services/with/default.nix']).toContain(`${PREFIX}"with" = {`);
    expect(scaffolded.notes.join()).toContain('(modules."with" = ./services/with;)');
  });

  test('does not go over one that is there', () => {
    const state = around({ 'services/chat/default.nix': '{ }\n' });
    expect(serviceNameProblem(state, 'chat')).toBe('services/chat/default.nix is there already.');
    expect(serviceNameProblem(state, 'my chat')).toContain('letters, digits');
    expect(serviceNameProblem(state, 'mail')).toBeNull();
  });
});

test('the name stands wherever the template has its own', () => {
  const [ca, certificate] = templateBindings('certificate-authority-and-certificate', 'web') ?? [];
  expect([ca?.name, certificate?.name]).toEqual(['web', 'web-certificate']);
  expect(certificate?.lines.join('\n')).toContain('dependencies = [ "web" ];');
  expect(certificate?.lines.join('\n')).toContain('"$in/web/ca.crt"');
});

describeWithNix('Nix', () => {
  test.each(IDS)('evaluates a service with %s', async template => {
    const { texts } = carriedOut(fleet('{ }\n'), state =>
      newService(state, { name: 'chat', template, per: 'instance' }),
    );
    const names = await evaluate<string[]>(
      `{ file }:
       let
         service = import (/. + file) { };
         module = (service.roles.default.perInstance { instanceName = "work"; }).nixosModule;
         pkgs = builtins.mapAttrs (name: _: name) { mkpasswd = 1; openssh = 1; openssl = 1; wireguard-tools = 1; xkcdpass = 1; };
         generators = (module { inherit pkgs; }).clan.core.vars.generators;
       in builtins.deepSeq generators (builtins.attrNames generators)`,
      { file: join(folder(texts), 'services/chat/default.nix') },
    );
    expect(names[0]).toBe('chat-work');
  });
});
