import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Ajv from 'ajv/dist/2020.js';
import { expect, test } from 'vitest';
import { folder } from '../../workspace/support.ts';
import { varsmith } from '../support.ts';

const SCHEMA = join(__dirname, '../../../docs/schemas/inspect.schema.json');

const validate = new Ajv({ strict: true, allowUnionTypes: true }).compile(
  JSON.parse(readFileSync(SCHEMA, 'utf8')),
);

interface File {
  readonly name: string;
  readonly group: string | null;
  readonly conditional: boolean;
}

interface Body {
  readonly completeness: string;
  readonly files: readonly File[];
  readonly prompts: readonly { readonly name: string; readonly conditional: boolean }[];
  readonly script: {
    readonly known: boolean;
    readonly text: string | null;
    readonly holes: readonly object[];
  } | null;
  readonly validation: unknown;
}

interface Entry extends Body {
  readonly name: string;
  readonly machines: readonly string[] | null;
  readonly machinesComplete: boolean;
  readonly perMachine: readonly (Body & { readonly machine: string })[];
}

/** Inspects a clan of machines, each with its configuration, and further files. */
async function generatorsIn(
  machines: Readonly<Record<string, string>>,
  { inventory = '', files = {} }: { inventory?: string; files?: Readonly<Record<string, string>> } = {},
): Promise<ReadonlyMap<string, Entry>> {
  const names = Object.keys(machines)
    .map(name => `inventory.machines.${name} = { };`)
    .join(' ');
  const root = folder({
    'flake.nix': '{ outputs = { clan-core, ... }: clan-core.lib.clan { imports = [ ./clan.nix ]; }; }',
    'clan.nix': `{ meta.name = "x"; ${names} ${inventory} }`,
    ...Object.fromEntries(
      Object.entries(machines).map(([name, text]) => [`machines/${name}/configuration.nix`, text]),
    ),
    ...files,
  });
  const { code, stdout } = await varsmith(['inspect', root, '--format', 'json']);
  expect(code).toBe(0);
  const output = JSON.parse(stdout);
  validate(output);
  expect(validate.errors).toBeNull();
  return new Map(output.generators.map((entry: Entry) => [entry.name, entry]));
}

function entryOf(generators: ReadonlyMap<string, Entry>, name: string): Entry {
  const entry = generators.get(name);
  if (entry === undefined) throw new Error(`no generator ${name}`);
  return entry;
}

const LEFT = `{
  clan.core.vars.generators.door = {
    files.key = { };
    prompts.code = { };
    script = "echo left > $out/key";
  };
}`;

const RIGHT = `{
  clan.core.vars.generators.door = {
    files.key = { };
    files."key.pub".secret = false;
    script = "echo right > $out/key";
  };
}`;

test('one name on two machines: what all have, and what each has', async () => {
  const door = entryOf(await generatorsIn({ left: LEFT, right: RIGHT }), 'door');
  expect(door).toMatchObject({
    machines: ['left', 'right'],
    machinesComplete: true,
    script: { known: false, text: null, holes: [] },
  });
  expect(door.files.map(({ name, conditional }) => [name, conditional])).toEqual([
    ['key', false],
    ['key.pub', true],
  ]);
  expect(door.prompts.map(({ name, conditional }) => [name, conditional])).toEqual([['code', true]]);
  expect(
    door.perMachine.map(({ machine, completeness, files, prompts, script }) => ({
      machine,
      completeness,
      files: files.map(({ name }) => name),
      prompts: prompts.map(({ name }) => name),
      text: script?.text,
    })),
  ).toEqual([
    {
      machine: 'left',
      completeness: 'full',
      files: ['key'],
      prompts: ['code'],
      text: 'echo left > $out/key',
    },
    {
      machine: 'right',
      completeness: 'full',
      files: ['key', 'key.pub'],
      prompts: [],
      text: 'echo right > $out/key',
    },
  ]);
});

test('what is the same everywhere is told once', async () => {
  const module = { files: { 'door.nix': LEFT } };
  const door = entryOf(
    await generatorsIn(
      { left: '{ imports = [ ../../door.nix ]; }', right: '{ imports = [ ../../door.nix ]; }' },
      module,
    ),
    'door',
  );
  expect(door.perMachine).toEqual([]);
  expect(door.files).toMatchObject([{ name: 'key', group: 'root', conditional: false }]);
});

test("the group that nobody sets is root's, which the class of the machine decides", async () => {
  const module = {
    files: { 'door.nix': LEFT },
    inventory: 'inventory.machines.mac.machineClass = "darwin";',
  };
  const imports = '{ imports = [ ../../door.nix ]; }';
  const both = entryOf(await generatorsIn({ linux: imports, mac: imports }, module), 'door');
  expect(both.files[0]?.group).toBeNull();
  expect(both.perMachine.map(({ machine, files }) => [machine, files[0]?.group])).toEqual([
    ['linux', 'root'],
    ['mac', 'wheel'],
  ]);
  const one = entryOf(await generatorsIn({ linux: '{ }', mac: imports }, module), 'door');
  expect(one.files[0]?.group).toBe('wheel');
  expect(one.perMachine).toEqual([]);
});

test('machines that may be more are told, and their class counts', async () => {
  const module = {
    files: { 'door.nix': LEFT },
    inventory: 'inventory.machines.mac.machineClass = "darwin";',
  };
  const perhaps = '{ lib, ... }: { imports = lib.optional (builtins.getEnv "X" == "") ../../door.nix; }';
  const door = entryOf(
    await generatorsIn({ linux: '{ imports = [ ../../door.nix ]; }', mac: perhaps }, module),
    'door',
  );
  expect(door).toMatchObject({ machines: ['linux'], machinesComplete: false });
  expect(door.files[0]?.group).toBeNull();
  expect(door.perMachine.map(({ machine, files }) => [machine, files[0]?.group])).toEqual([
    ['linux', 'root'],
  ]);
});

test('the text of a script is what Bash gets, with the places that are not known', async () => {
  const script = entryOf(
    await generatorsIn({
      one: `{ pkgs, lib, ... }: {
        clan.core.vars.generators.g = {
          files.a = { };
          script = ''
            \${pkgs.openssl}/bin/openssl rand -hex \${toString 8} > $out/a
            echo ''\${HOME}
          '';
        };
      }`,
    }),
    'g',
  ).script;
  const text = '${pkgs.openssl}/bin/openssl rand -hex 8 > $out/a\necho ${HOME}\n';
  expect(script).toMatchObject({
    known: true,
    text,
    holes: [{ start: 0, end: 15, expression: 'pkgs.openssl' }],
  });
});

test('validation that is known in part is not known; what the generator says of itself is', async () => {
  const generators = await generatorsIn({
    one: `{ config, ... }: {
      clan.core.vars.generators.own = { config, ... }: {
        files.a = { };
        script = "true > $out/a";
        validation.script = config.script;
      };
      clan.core.vars.generators.other = {
        files.a = { };
        script = "true > $out/a";
        validation.host = config.services.x.host;
        validation.version = 1;
      };
    }`,
  });
  expect(entryOf(generators, 'own').validation).toEqual({ script: 'true > $out/a' });
  expect(entryOf(generators, 'other').validation).toBeNull();
});
