// Which session variables a machine gets, and that shells read them back unchanged.
import { execFileSync, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { registryOf } from '../../server/src/checks/examples/pipeline-examples.ts';
import { environmentOf } from '../../server/src/editor/environment/environment.ts';
import type { Environment } from '../../server/src/editor/environment/environment-data.ts';
import { environmentMachines } from '../../server/src/editor/environment/environment-keys.ts';
import { environmentText } from '../../server/src/editor/environment/environment-text.ts';
import { loadEngine } from '../../server/src/workspace/engine.ts';
import { createWorkspace } from '../../server/src/workspace/workspace.ts';
import { folder } from '../workspace/support.ts';

const engine = await loadEngine();
const REGISTRY = 'lib/secret-registry.nix';
const MATRIX = 'lib/machine-env-matrix.nix';

function environment(files: Readonly<Record<string, string>>, machine = 'lea'): Environment {
  const workspace = createWorkspace({ root: folder(files), engine });
  const elsewhere = workspace.settings.store !== null;
  return environmentOf({ fleet: workspace.fleet(), files: workspace.files, elsewhere }, machine);
}

/** A registry with these entries, all of which the machine lea selects. */
function withEntries(entries: string, more: Readonly<Record<string, string>> = {}): Environment {
  const keys = [...entries.matchAll(/^ {2}([a-z0-9-]+) = /gm)].map(([, key]) => `"${key}"`);
  return environment({
    [REGISTRY]: registryOf(entries),
    [MATRIX]: `{\n  lea = [ ${keys.join(' ')} ];\n}\n`,
    ...more,
  });
}

const entry = (key: string, fields: string) =>
  `  ${key} = mkPromptedSecret {\n    generator = "${key}";\n    ${fields}\n  };\n`;

const shown = ({ variables }: Environment) => variables.map(({ name, value }) => `${name}=${value}`);
const said = ({ notes }: Environment) => notes.map(({ name, text }) => `${name}: ${text}`);

describe('the variables of a machine', () => {
  test('have no place of a secret that a store of another kind deploys', () => {
    const secret = entry('mail', 'envVar = "MAIL";');
    expect(shown(withEntries(secret))).toEqual(['MAIL_FILE=/run/secrets/vars/per-machine/lea/mail/key']);
    const own = withEntries(secret, { 'varsmith.json': '{ "store": { "command": ["./my-store"] } }' });
    expect(shown(own)).toEqual([]);
    expect(said(own)).toEqual(['MAIL_FILE: Only the store of "lea" knows where it puts "mail/key".']);
  });

  test('are the path of a secret and the value of a public file', () => {
    const found = withEntries(
      entry('token', 'envVar = "TOKEN";') + entry('account', 'envVar = "ACCOUNT"; secret = false;'),
      { 'vars/per-machine/lea/account/key/value': '4711\n' },
    );
    expect(shown(found)).toEqual([
      'ACCOUNT=4711\n',
      'TOKEN_FILE=/run/secrets/vars/per-machine/lea/token/key',
    ]);
    expect(found.notes).toEqual([]);
  });

  test('are only those of the keys in its row', () => {
    const files = {
      [REGISTRY]: registryOf(entry('a', 'envVar = "A";') + entry('b', 'envVar = "B";')),
      [MATRIX]: '{\n  lea = [ "a" ];\n  tove = [ "a" "b" ];\n}\n',
    };
    expect(environment(files, 'lea').variables.map(({ key }) => key)).toEqual(['a']);
    expect(environment(files, 'tove').variables.map(({ key }) => key)).toEqual(['a', 'b']);
  });

  test('leave out keys that export nothing', () => {
    expect(withEntries(entry('token', 'envVar = null;'))).toMatchObject({ variables: [], notes: [] });
  });

  test('have the place that the backend of the configuration deploys to', () => {
    const found = withEntries(entry('token', 'envVar = "TOKEN";'), {
      'flake.nix': '{\n  outputs = _: { };\n}\n',
      'common.nix': '{\n  clan.core.vars.settings.secretStore = "password-store";\n}\n',
    });
    expect(shown(found)).toEqual(['TOKEN_FILE=/run/secrets/per-machine/lea/token/key']);
  });

  test('are known without a matrix, by the generators that the machine has', () => {
    const found = environment({
      [REGISTRY]: registryOf(entry('token', 'envVar = "TOKEN";') + entry('other', 'envVar = "OTHER";')),
      'flake.nix':
        '{ outputs = { self, clan-core }: { clan = clan-core.lib.clan { inherit self; inventory.machines.lea = { }; }; }; }',
      'machines/lea/configuration.nix':
        '{\n  clan.core.vars.generators.token = (import ../../lib/secret-registry.nix { }).token;\n}\n',
    });
    expect(shown(found)).toEqual(['TOKEN_FILE=/run/secrets/vars/per-machine/lea/token/key']);
  });
});

describe('what is not known is said', () => {
  test('a public file that is not generated', () => {
    expect(said(withEntries(entry('account', 'envVar = "ACCOUNT"; secret = false;')))).toEqual([
      'ACCOUNT: "account/key" is not generated yet.',
    ]);
  });

  test('a name that is no variable', () => {
    expect(said(withEntries(entry('token', 'envVar = "MY-TOKEN";')))).toEqual([
      'MY-TOKEN: "MY-TOKEN" is not a valid name for a variable.',
    ]);
  });

  test('two keys under one name', () => {
    const found = withEntries(
      entry('a', 'envVar = "TOKEN";') + entry('b', 'envVar = "TOKEN";') + entry('c', 'envVar = "C";'),
    );
    expect(found.variables.map(({ key }) => key)).toEqual(['c']);
    expect(said(found)).toEqual([
      'TOKEN_FILE: The keys "a" and "b" are exported under the same name; only one of them takes effect.',
    ]);
  });

  test('a secret and a public file of one variable do not clash', () => {
    const found = withEntries(
      entry('a', 'envVar = "TOKEN";') + entry('b', 'envVar = "TOKEN"; secret = false;'),
      { 'vars/per-machine/lea/b/key/value': 'x' },
    );
    expect(found.variables.map(({ name }) => name)).toEqual(['TOKEN', 'TOKEN_FILE']);
  });

  test('a key that the registry does not have', () => {
    const found = environment({
      [REGISTRY]: registryOf(entry('token', 'envVar = "TOKEN";')),
      [MATRIX]: '{\n  lea = [ "tokn" ];\n  tove = [ "token" ];\n}\n',
    });
    expect(said(found)).toEqual(['null: lib/secret-registry.nix has no key "tokn".']);
  });

  test('a row that cannot be read whole', () => {
    const found = environment({
      [REGISTRY]: registryOf(entry('token', 'envVar = "TOKEN";')),
      [MATRIX]: '{\n  lea = [ "token" ] ++ (import <more>);\n}\n',
    });
    expect(shown(found)).toHaveLength(1);
    expect(said(found)[0]).toContain('There may be more');
  });

  test('no registry at all', () => {
    expect(said(environment({ 'flake.nix': '{ }' }))[0]).toContain('There is no registry');
  });
});

describe('the steps of a session', () => {
  const SPEC = 'lib/session-vars-spec.nix';
  const ENTRIES =
    entry('token', 'envVar = "TOKEN";') + entry('account', 'envVar = "ACCOUNT"; secret = false;');
  const HELPERS = `let
  registry = import ./secret-registry.nix { pkgs = null; };
  hydrate = key: { kind = "hydrate"; name = registry.\${key}.envVar; from = "\${registry.\${key}.envVar}_FILE"; keys = [ key ]; };
in`;
  const steps = (spec: string, row = '[ "token" "account" ]') =>
    environment({ [REGISTRY]: registryOf(ENTRIES), [MATRIX]: `{\n  lea = ${row};\n}\n`, [SPEC]: spec });

  test('are the shared ones and those of the machine', () => {
    const found = steps(`${HELPERS} {
      shared = [ (hydrate "token") ];
      machines.lea = [ { kind = "compose"; name = "URL"; parts = [ "a/" { variable = "ACCOUNT"; } ]; } ];
      machines.tove = [ { kind = "compose"; name = "OTHER"; parts = [ ]; } ];
    }`);
    expect(found.steps).toEqual([
      { kind: 'hydrate', name: 'TOKEN', from: 'TOKEN_FILE', keys: ['token'] },
      { kind: 'compose', name: 'URL', parts: ['a/', { variable: 'ACCOUNT' }], keys: [] },
    ]);
    expect(environmentText(found, 'bash')).toContain(
      'if [ -n "${ACCOUNT+x}" ]; then\n  export URL=\'a/\'"$ACCOUNT"\nfi\n',
    );
  });

  test('about a key that the registry does not have are none, and that is said', () => {
    const found = steps(`${HELPERS} { shared = [ (hydrate "tokn") ]; machines = { }; }`);
    expect(found.steps).toEqual([]);
    expect(said(found)).toContain('null: lib/secret-registry.nix has no key "tokn".');
  });

  test('for a machine that there is not are said to be for none', () => {
    const found = environment({
      'flake.nix':
        '{ outputs = { self, clan-core }: { clan = clan-core.lib.clan { inherit self; inventory.machines.lea = { }; }; }; }',
      [REGISTRY]: registryOf(ENTRIES),
      [MATRIX]: '{\n  lea = [ "token" ];\n}\n',
      [SPEC]: '{ shared = [ ]; machines.laa = [ ]; }',
    });
    expect(said(found)).toEqual([`null: ${SPEC} has steps for "laa", and there is no such machine.`]);
  });

  test('are left out where the machine lacks a key; of its own that is said', () => {
    const spec = (shared: string, own: string) =>
      `${HELPERS} {\n  shared = [ ${shared} ];\n  machines.lea = [ ${own} ];\n}`;
    const shared = steps(spec('(hydrate "token")', ''), '[ "account" ]');
    expect([shared.steps, said(shared)]).toEqual([[], ['ACCOUNT: "account/key" is not generated yet.']]);
    const own = steps(spec('', '(hydrate "token")'), '[ "account" ]');
    expect(own.steps).toEqual([]);
    expect(said(own)).toContain(
      'TOKEN: lib/session-vars-spec.nix sets it from the key "token", which lea does not have.',
    );
    const open = steps(spec('(hydrate "token")', ''), '[ "account" ] ++ (import <more>)');
    expect(said(open)).toContain('TOKEN: It is not known whether lea has the key "token".');
  });

  test.each([
    ['{ kind = "guess"; name = "X"; }', 'X: There is no kind of step "guess".'],
    ['{ kind = "compose"; name = "A-B"; parts = [ ]; }', 'A-B: "A-B" is not a valid name for a variable.'],
    ['{ kind = "compose"; name = "X"; parts = [ <x> ]; }', 'X: Its contents are not known without Nix.'],
    ['(import <x>)', `null: ${SPEC}: A step of the session is not known without Nix.`],
  ])('%s is no step, and that is said', (step, note) => {
    const found = steps(`{ shared = [ ${step} ]; machines = { }; }`);
    expect(found.steps).toEqual([]);
    expect(said(found)).toContain(note);
  });

  test.each([['{ keys }: { }'], ['{ shared = 1; machines = { }; }'], ['{'], ['throw "no"']])(
    'of another thing, %j, there are none',
    spec => {
      const found = steps(spec);
      expect([found.steps, said(found)]).toEqual([[], ['ACCOUNT: "account/key" is not generated yet.']]);
    },
  );
});

test('machines that only the matrix names can be asked about, lists that rows share cannot', () => {
  const workspace = createWorkspace({
    root: folder({
      [REGISTRY]: registryOf(entry('token', 'envVar = "TOKEN";')),
      [MATRIX]: 'rec {\n  common = [ "token" ];\n  lea = common;\n}\n',
    }),
    engine,
  });
  expect(environmentMachines(workspace.fleet())).toEqual(['lea']);
});

/** An environment of these values, in the order of the list. */
function environmentFrom(values: readonly string[]): Environment {
  const variables = values.map((value, index) => ({
    name: `V${index}`,
    value,
    secret: false,
    key: 'k',
    generator: 'g',
    file: 'f',
  }));
  return { machine: 'lea', variables, steps: [], session: null, notes: [] };
}

const AWKWARD = [
  '',
  ' ',
  "it's",
  '"quoted"',
  '$HOME `id` $(id) ${x}',
  'back\\slash \\n \\u{41}',
  'two\nlines\n',
  '\ttab\rreturn',
  'ümläut 🦊',
  '!history',
  "''",
  "'\\''",
  '\u0001\u001b[31m',
  '-n',
  '# no comment',
];

/** A session that reads a file, and one that is not there; that puts variables together, and some that are not there. */
function sessionReading(path: string): Environment {
  const hydrate = (name: string) => ({ kind: 'hydrate', name, from: `${name}_FILE`, keys: [] }) as const;
  const compose = (name: string, parts: readonly (string | { readonly variable: string })[]) =>
    ({ kind: 'compose', name, parts, keys: [] }) as const;
  const file = { ...environmentFrom([path]).variables[0], name: 'TOKEN_FILE' } as Environment['variables'][0];
  return {
    machine: 'lea',
    variables: [file, { ...file, name: 'GONE_FILE', value: `${path}.gone` }],
    steps: [
      hydrate('TOKEN'),
      hydrate('GONE'),
      hydrate('NEVER'),
      compose('URL', ['it\'s "$x"/', { variable: 'TOKEN' }, '/', { variable: 'TOKEN_FILE' }]),
      compose('HALF', ['x', { variable: 'GONE' }]),
      compose('TEXT', ['a', 'b']),
      compose('NOTHING', []),
    ],
    session: null,
    notes: [],
  };
}

const TOKEN = 'se$cret `x` \'"\\ ümläut ';
const NAMES = ['TOKEN', 'GONE', 'NEVER', 'URL', 'HALF', 'TEXT', 'NOTHING'];
const afterwards = (path: string) => [
  TOKEN,
  'unset',
  'unset',
  `it's "$x"/${TOKEN}/${path}`,
  'unset',
  'ab',
  '',
];

test.each(['bash', 'dash'].filter(shell => spawnSync(shell, ['-c', ':']).error === undefined))(
  '%s reads files and puts variables together when a session starts',
  shell => {
    const path = join(folder({ token: `${TOKEN}\n\n` }), 'token');
    const values = NAMES.map(name => `"\${${name}-unset}"`).join(' ');
    const script = `set -eu\n${environmentText(sessionReading(path), 'bash')}printf '%s\\0' ${values}\n`;
    const read = execFileSync(shell, ['-c', script], { encoding: 'utf8' });
    expect(read.split('\0').slice(0, -1)).toEqual(afterwards(path));
  },
);

describe('bash', () => {
  /** What bash itself makes of the text. */
  function asBashReads(environment: Environment): string[] {
    const names = environment.variables.map(({ name }) => `"$${name}"`).join(' ');
    const script = `${environmentText(environment, 'bash')}printf '%s\\0' ${names}\n`;
    const read = execFileSync('bash', ['-c', script], { encoding: 'utf8' });
    return read.split('\0').slice(0, -1);
  }

  test('reads every value back', () => {
    expect(asBashReads(environmentFrom(AWKWARD))).toEqual(AWKWARD);
  });

  test('reads any value back', () => {
    const text = fc.string({ unit: 'grapheme', maxLength: 30 }).map(value => value.replaceAll('\0', ''));
    fc.assert(
      fc.property(fc.array(text, { minLength: 20, maxLength: 20 }), values => {
        expect(asBashReads(environmentFrom(values))).toEqual(values);
      }),
      { numRuns: 15 },
    );
  });
});

const hasNushell = spawnSync('nu', ['--version']).error === undefined;

/** An extra: a real nushell is nowhere a matter of course. */
const nushell = () =>
  describe('nushell', () => {
    test('reads every value back', () => {
      const environment = environmentFrom(AWKWARD);
      const names = environment.variables.map(({ name }) => `$env.${name}`).join(' ');
      const script = `${environmentText(environment, 'nushell')}[${names}] | to json --raw\n`;
      const read = execFileSync('nu', ['--no-config-file', '-c', script], { encoding: 'utf8' });
      expect(JSON.parse(read)).toEqual(AWKWARD);
    });

    test('reads files and puts variables together when a session starts', () => {
      const path = join(folder({ token: `${TOKEN}\n\n` }), 'token');
      const values = NAMES.map(name => `($env.${name}? | default unset)`).join(' ');
      const script = `${environmentText(sessionReading(path), 'nushell')}[${values}] | to json --raw\n`;
      const read = execFileSync('nu', ['--no-config-file', '-c', script], { encoding: 'utf8' });
      expect(JSON.parse(read)).toEqual(afterwards(path));
    });
  });
if (hasNushell) nushell();
else console.log('Values are not read back by a real nushell: nu is not on PATH.');

test('nushell is given double quotes with backslashes, in which it reads all else as it stands', () => {
  const quoted = environmentText(environmentFrom(['a"b\\c\n$x (y)', "it's"]), 'nushell');
  expect(quoted).toBe('$env.V0 = "a\\"b\\\\c\\n$x (y)"\n$env.V1 = "it\'s"\n');
});

test('a note stays a comment, whatever the sources are called', () => {
  const note = { name: 'X', keys: [], text: 'first\nrm -rf /\u2028second' };
  expect(
    environmentText({ machine: 'lea', variables: [], steps: [], session: null, notes: [note] }, 'bash'),
  ).toBe('# X: first rm -rf / second\n');
});
