// `varsmith init`: a whole pipeline that checks cleanly, that Nix evaluates, and whose sessions are those of `varsmith env`.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { registryOf } from '../../../server/src/checks/examples/pipeline-examples.ts';
import { exampleFiles } from '../../editor/support.ts';
import { describeWithNix, evaluate, parse } from '../../examples/nix.ts';
import { formattingMistakes } from '../../nix/formatting.ts';
import { folder, write } from '../../workspace/support.ts';
import { varsmith } from '../support.ts';

const FILES = [
  '.gitattributes',
  'flake.nix',
  'lib/hjem-session-variables.nix',
  'lib/home-session-variables.nix',
  'lib/machine-env-matrix.nix',
  'lib/machine-session.nix',
  'lib/secret-registry.nix',
  'lib/secrets.nix',
  'lib/session-vars-render.nix',
  'lib/session-vars-spec.nix',
  'lib/session-vars.nix',
  'lib/vars-generators.nix',
  'machines/example/configuration.nix',
];

const FLAKE = `{
  outputs =
    { self, clan-core }:
    {
      clan = clan-core.lib.clan {
        inherit self;
        inventory.machines.lea = { };
        inventory.machines.tove = { };
      };
    };
}
`;

/** The files below a folder with their texts. */
function filesIn(root: string): Record<string, string> {
  const found = readdirSync(root, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry => join(entry.parentPath, entry.name).slice(root.length + 1))
    .filter(path => !path.startsWith('.git/'));
  return Object.fromEntries(found.sort().map(path => [path, readFileSync(join(root, path), 'utf8')]));
}

/** What is reported of this severity and above. */
async function findings(root: string, severity = 'warning'): Promise<unknown[]> {
  const { stdout } = await varsmith(['check', root, '--format', 'json', '--severity', severity]);
  return JSON.parse(stdout).findings;
}

describe('in an empty folder', () => {
  test('the whole pipeline is laid, and nothing is found in it', async () => {
    const root = folder({});
    const { code, stdout, stderr } = await varsmith(['init', root]);
    expect(code).toBe(0);
    expect(stdout.trimEnd().split('\n').sort()).toEqual(FILES.map(path => `new  ${path}`));
    expect(stderr).toContain('made 13 files.');
    expect(stderr).toContain('created a git repository');
    expect(stderr).toContain('Next: create your key with `varsmith keygen`');
    expect(Object.keys(filesIn(root))).toEqual(FILES);
    expect(await findings(root, 'hint')).toEqual([]);
  });

  test('its machine is the only one to choose', async () => {
    const root = folder({});
    await varsmith(['init', root]);
    const { stderr } = await varsmith(['env', 'elsewhere', root]);
    expect(stderr).toContain('There is no machine "elsewhere". There is only example.');
  });

  test('check, plan and doctor agree about it', async () => {
    const root = folder({});
    await varsmith(['init', root]);
    const cwd = join(root, 'machines');
    expect((await varsmith(['check'], { cwd })).stdout).toMatch(/^Nothing found in 12 files/);
    const { code, stdout, stderr } = await varsmith(['plan'], { cwd, env: { HOME: folder({}) } });
    expect(code).toBe(0);
    expect(stdout).toContain('3 generators to run');
    expect(stdout + stderr).not.toMatch(/note:|problem:/);
    const looked = await varsmith(['doctor', '--format', 'json'], { cwd, env: { HOME: folder({}) } });
    const entries = JSON.parse(looked.stdout).sections.flatMap(
      ({ entries }: { entries: readonly { name: string; text: string; standing: string }[] }) => entries,
    );
    const said = (name: string) => entries.find((one: { name: string }) => one.name === name);
    expect(said('root').text).toContain('recognised by flake.nix');
    expect(said('clan-core').standing).toBe('found');
    expect(said('machines').text).toBe('1: example');
    expect(said('generators').text).toContain('3 declared here');
    expect(said('not analysable').standing).toBe('found');
  });

  test('git knows the new files, and nothing is staged or committed', async () => {
    const root = folder({});
    await varsmith(['init', root]);
    const git = (...args: string[]) => execFileSync('git', args, { cwd: root, encoding: 'utf8' });
    expect(git('ls-files').trimEnd().split('\n').sort()).toEqual(FILES);
    expect(git('diff', '--cached', '--name-only')).toBe('');
    expect(git('check-attr', 'text', 'merge', '--', 'vars/shared/ca/key/secret')).toBe(
      'vars/shared/ca/key/secret: text: unset\nvars/shared/ca/key/secret: merge: unset\n',
    );
  });

  test('--no-git makes no repository', async () => {
    const root = folder({});
    const { stderr } = await varsmith(['init', root, '--no-git']);
    expect(stderr).not.toContain('repository');
    expect(existsSync(join(root, '.git'))).toBe(false);
  });

  test('a repository above is not competed with', async () => {
    const above = folder({ 'fleet/README.md': '# Fleet\n' });
    execFileSync('git', ['init', '-q'], { cwd: above });
    const { stderr } = await varsmith(['init', join(above, 'fleet')]);
    expect(stderr).not.toContain('repository');
    expect(existsSync(join(above, 'fleet/.git'))).toBe(false);
    const known = execFileSync('git', ['ls-files'], { cwd: above, encoding: 'utf8' });
    expect(known).toContain('fleet/lib/secret-registry.nix');
  });

  test('a second time changes nothing', async () => {
    const root = folder({});
    await varsmith(['init'], { cwd: root });
    const before = filesIn(root);
    const { code, stdout, stderr } = await varsmith(['init'], { cwd: root });
    expect(code).toBe(0);
    expect(stdout.trimEnd().split('\n').sort()).toEqual(FILES.map(path => `kept ${path}`));
    expect(stderr).toBe('varsmith: everything already exists.\n');
    expect(filesIn(root)).toEqual(before);
  });

  test('a key that is misspelt in the steps is found there', async () => {
    const root = folder({});
    await varsmith(['init', root]);
    const path = 'lib/session-vars-spec.nix';
    write(root, path, readFileSync(join(root, path), 'utf8').replace('hydrate "example"', 'hydrate "tokn"'));
    expect(await findings(root)).toMatchObject([{ rule: 'registry/unknown-key', file: path }]);
  });

  test('a dry run makes nothing', async () => {
    const root = folder({});
    const { stdout, stderr } = await varsmith(['init', root, '--dry-run']);
    expect(stdout).toContain('new  lib/secret-registry.nix\n');
    expect(stderr).toBe('varsmith: would make 13 files.\n');
    expect(readdirSync(root)).toEqual([]);
  });

  test('the Nix is formatted as nixfmt does, as far as our own checks know', async () => {
    const root = folder({});
    await varsmith(['init', root, '--machine', 'web-01', '--system', 'aarch64-darwin']);
    for (const [path, text] of Object.entries(filesIn(root)).filter(([path]) => path.endsWith('.nix')))
      expect(formattingMistakes(text), path).toEqual([]);
  });

  test('the machine is called and built as it is told', async () => {
    const root = folder({});
    await varsmith(['init', root, '--machine', 'web-01', '--system', 'aarch64-linux']);
    const { stdout } = await varsmith(['inspect', root, '--format', 'json']);
    expect(JSON.parse(stdout).machines).toMatchObject([{ name: 'web-01', system: 'aarch64-linux' }]);
    expect(await findings(root)).toEqual([]);
  });
});

describe('a plain clan', () => {
  const PLAIN = ['.gitattributes', 'flake.nix', 'machines/example/configuration.nix'];

  test.each(['x86_64-linux', 'aarch64-darwin'])(
    'for %s has one generator, and nothing is found',
    async system => {
      const root = folder({});
      const { code, stdout, stderr } = await varsmith(['init', root, '--plain', '--system', system]);
      expect(code).toBe(0);
      expect(stdout.trimEnd().split('\n').sort()).toEqual(PLAIN.map(path => `new  ${path}`));
      expect(stderr).toContain('made 3 files.');
      expect(stderr).not.toContain('registry');
      expect(await findings(root, 'hint')).toEqual([]);
      for (const [path, text] of Object.entries(filesIn(root)).filter(([path]) => path.endsWith('.nix')))
        expect(formattingMistakes(text), path).toEqual([]);
      const { stdout: read } = await varsmith(['inspect', root, '--format', 'json']);
      const { generators } = JSON.parse(read) as { generators: { name: string; machines: string[] }[] };
      // clan-core itself adds others to machines of NixOS.
      expect(generators.find(({ name }) => name === 'example-password')?.machines).toEqual(['example']);
      const plan = await varsmith(['plan', root], { env: { HOME: folder({}) } });
      expect(plan.stdout).toContain('example-password');
    },
  );

  test('takes a machine of any name, and a second time changes nothing', async () => {
    const root = folder({});
    await varsmith(['init', root, '--plain', '--machine', 'in']);
    const before = filesIn(root);
    expect(before['flake.nix']).toContain('"in".machineClass');
    const { code, stderr } = await varsmith(['init', root, '--plain', '--machine', 'in']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: 'varsmith: everything already exists.\n' });
    expect(filesIn(root)).toEqual(before);
  });

  test('is not made beside machines that are there', async () => {
    const { code, stderr } = await varsmith(['init', folder({ 'flake.nix': FLAKE }), '--plain']);
    expect(code).not.toBe(0);
    expect(stderr).toContain('already has machines (lea, tove)');
  });

  test('keeps a flake that is there, and says that it declares no clan', async () => {
    const root = folder({ 'flake.nix': '{ outputs = _: { }; }\n' });
    const { stdout, stderr } = await varsmith(['init', root, '--plain']);
    expect(stdout).toContain('kept flake.nix\n');
    expect(stderr).toContain('flake.nix declares no clan yet');
  });
});

describe('what is there', () => {
  test('is kept and named', async () => {
    const root = folder({ 'lib/secrets.nix': '"mine"\n' });
    const { stdout } = await varsmith(['init', root]);
    expect(stdout).toContain('kept lib/secrets.nix\n');
    expect(readFileSync(join(root, 'lib/secrets.nix'), 'utf8')).toBe('"mine"\n');
    expect(existsSync(join(root, 'lib/secret-registry.nix'))).toBe(true);
  });

  test('is not built upon where it is another thing than is needed', async () => {
    const root = folder({
      'lib/session-vars-spec.nix': '{ }\n',
      'lib/session-vars.nix': '{ }\n',
    });
    const { stdout, stderr } = await varsmith(['init', root]);
    expect(stdout).not.toContain('hjem');
    expect(stderr).toContain(
      'lib/machine-session.nix is left out: it would need lib/session-vars-spec.nix to be a set of steps, `shared` and `machines`.',
    );
    await varsmith(['init', root]);
    write(root, 'lib/session-vars-spec.nix', '{\n  shared = [ ];\n  machines = { };\n}\n');
    const again = await varsmith(['init', root]);
    expect(again.stderr).toContain(
      'lib/hjem-session-variables.nix is left out: it would need lib/session-vars.nix as Varsmith writes it.',
    );
    expect(await findings(root)).not.toContainEqual(expect.objectContaining({ severity: 'error' }));
  });

  test('a machine with the name of a keyword stands in quotes, also in what is left to do', async () => {
    const root = folder({ 'flake.nix': FLAKE.replaceAll('machines.lea', 'machines."in"') });
    const { stderr } = await varsmith(['init', root]);
    expect(stderr).toContain('(import ./lib/machine-env-matrix.nix)."in"; inherit pkgs;');
    expect(await findings(root)).toEqual([]);
  });

  test('helpers that nothing would use are not made', async () => {
    const root = folder({ 'lib/session-vars-render.nix': 'steps: { }\n' });
    const { stdout } = await varsmith(['init', root]);
    expect(stdout).not.toContain('lib/session-vars.nix');
    expect(stdout).not.toContain('lib/machine-session.nix');
    expect(stdout).toContain('new  lib/vars-generators.nix');
  });

  test('machines that take their rows are not told to', async () => {
    const root = folder(exampleFiles('fleet'));
    const { stderr } = await varsmith(['init', root, '--dry-run']);
    expect(stderr).toContain('lib/machine-session.nix is left out');
    expect(stderr).not.toContain('take its row');
  });

  test('a registry of its own gets a matrix and steps without the examples', async () => {
    const root = folder({
      'lib/secret-registry.nix': registryOf(
        '  own = mkPromptedSecret {\n    generator = "own";\n    envVar = "OWN";\n  };\n',
      ),
    });
    const { code } = await varsmith(['init', root]);
    expect(code).toBe(0);
    expect(readFileSync(join(root, 'lib/machine-env-matrix.nix'), 'utf8')).toContain('\n  example = [ ];\n');
    expect(readFileSync(join(root, 'lib/session-vars-spec.nix'), 'utf8')).toContain('  shared = [ ];\n');
    expect(await findings(root)).not.toContainEqual(expect.objectContaining({ severity: 'error' }));
  });

  test('a fleet with machines gets rows for them and no further machine', async () => {
    const root = folder({ 'flake.nix': FLAKE });
    const { stdout, stderr } = await varsmith(['init', root]);
    expect(stdout).not.toContain('machines/');
    expect(stderr).toContain('Let each machine take its row');
    const matrix = readFileSync(join(root, 'lib/machine-env-matrix.nix'), 'utf8');
    expect(matrix).toMatch(/ {2}lea = \[\n {4}"example"\n/);
    expect(matrix).toContain('\n  tove = [ ];\n');
    expect(await findings(root)).toEqual([]);
  });

  test('a registry of another name is not competed with', async () => {
    const root = folder({
      'nix/registry.nix':
        '{\n  a = {\n    generator = "a";\n    envVar = "A";\n    fileAttr = "key";\n    secret = true;\n    files.key.secret = true;\n    script = "echo a > $out/key";\n  };\n}\n',
    });
    const { code, stderr } = await varsmith(['init', root]);
    expect(code).toBe(1);
    expect(stderr).toContain('This fleet already has a registry: nix/registry.nix.');
    expect(readdirSync(root)).toEqual(['nix']);
  });

  test('a folder that leads out of the root is not written to', async () => {
    const outside = folder({});
    const root = folder({});
    symlinkSync(outside, join(root, 'lib'));
    const { code, stderr } = await varsmith(['init', root]);
    expect(code).toBe(1);
    expect(stderr).toContain('leads out of');
    expect(readdirSync(outside)).toEqual([]);
  });
});

test.each([
  [['--system', 'riscv'], 2, '"riscv" is not a value of --system'],
  [['--machine', '../evil'], 1, '"../evil" cannot be the name of a machine'],
])('%j is a mistake', async (args, expected, message) => {
  const root = folder({});
  const { code, stderr } = await varsmith(['init', root, ...args]);
  expect(code).toBe(expected);
  expect(stderr).toContain(message);
  expect(readdirSync(root)).toEqual([]);
});

interface Evaluated {
  readonly generators: Readonly<Record<string, unknown>>;
  readonly system: string;
  readonly bash: string;
  readonly nushell: string;
  readonly hjem: Readonly<Record<string, string>>;
  readonly home: Readonly<Record<string, string>>;
  readonly homeNushell: string;
  readonly homeBash: string;
  readonly hjemNushell: string;
  readonly hjemBash: string;
  readonly path: string;
  readonly vmPath: string;
  readonly passwordCommand: string;
}

const ACCOUNTS = ['plain', '', 'it\'s "$HOME" `id` \\n ${x}\ttab\r\nlast\n', 'ümläut 🦊'];

describeWithNix('Nix', () => {
  test.each(FILES.filter(path => path.endsWith('.nix')))('reads %s', async path => {
    const root = folder({});
    await varsmith(['init', root]);
    await expect(parse(join(root, path))).resolves.toBeUndefined();
  });

  test.each(['x86_64-linux', 'aarch64-linux'].flatMap(system => ACCOUNTS.map(account => [system, account])))(
    'on %s makes the sessions that `varsmith env` prints, with %j',
    async (system = '', account = '') => {
      const root = folder({});
      await varsmith(['init', root, '--system', system]);
      mkdirSync(join(root, 'vars'));
      write(root, 'vars/per-machine/example/example-account/name/value', account);
      const machine = await evaluate<Evaluated>(
        `{ harness, file, root, machine }: import (/. + file) { inherit harness root machine; }`,
        {
          harness: join(__dirname, '../../mini-fleet/harness'),
          file: join(__dirname, '../../editor/pipeline-machine.nix'),
          root,
          machine: 'example',
        },
      );
      expect(machine.system).toBe(system);
      expect(machine.bash).toBe((await varsmith(['env', 'example', root])).stdout);
      expect(machine.nushell).toBe((await varsmith(['env', 'example', root, '--shell', 'nushell'])).stdout);
      expect(machine.homeNushell).toBe(machine.nushell);
      expect(machine.hjemNushell).toBe(machine.nushell);
      expect(machine.bash.endsWith(machine.homeBash)).toBe(true);
      expect(machine.hjemBash).toBe(machine.homeBash);
      expect(machine.homeBash).toContain('export EXAMPLE_API_KEY\n');
      expect(machine.homeBash).toContain('  export EXAMPLE_URL=');
      const token = '/run/secrets/vars/per-machine/example/example-api-key/key';
      const variables = {
        EXAMPLE_ACCOUNT: account,
        EXAMPLE_PASSWORD_FILE: '/run/secrets/vars/per-machine/example/example-password/password',
        EXAMPLE_API_KEY_FILE: token,
      };
      expect(machine.hjem).toEqual(variables);
      expect(machine.home).toEqual(variables);
      expect(machine.path).toBe(token);
      expect(machine.vmPath).toBe('/mnt/per-machine/example/example-api-key/key');
      expect(machine.passwordCommand).toBe(`/packages/coreutils/bin/cat ${token}`);
    },
  );

  test.each([
    ['x86_64-linux', 'nixos'],
    ['aarch64-darwin', 'darwin'],
  ] as const)('evaluates the flake with a machine of %s', async (system, kind) => {
    const root = join(folder({}), 'My Fleet!');
    mkdirSync(root);
    await varsmith(['init', root, '--machine', 'web-01', '--system', system]);
    write(root, 'vars/per-machine/web-01/example-account/name/value', 'x');
    const made = await evaluate<Record<string, unknown>>(
      `{ harness, file, root }: import (/. + file) { inherit harness root; }`,
      {
        harness: join(__dirname, '../../mini-fleet/harness'),
        file: join(__dirname, '../../editor/pipeline-flake.nix'),
        root,
      },
    );
    expect(made).toEqual({
      nixos: {},
      darwin: {},
      name: 'My-Fleet',
      [kind]: {
        'web-01': {
          hostPlatform: system,
          generators: ['example-account', 'example-api-key', 'example-password'],
          session: expect.stringContaining('EXAMPLE_API_KEY_FILE'),
        },
      },
    });
  });

  test('makes the generators that the registry describes', async () => {
    const root = folder({});
    await varsmith(['init', root]);
    write(root, 'vars/per-machine/example/example-account/name/value', 'x');
    const { generators } = await evaluate<Evaluated>(
      `{ harness, file, root, machine }: import (/. + file) { inherit harness root machine; }`,
      {
        harness: join(__dirname, '../../mini-fleet/harness'),
        file: join(__dirname, '../../editor/pipeline-machine.nix'),
        root,
        machine: 'example',
      },
    );
    expect(generators).toEqual({
      'example-account': {
        files: ['name'],
        prompts: { name: 'line' },
        runtimeInputs: [],
        script: 'cat "$prompts/name" > "$out/name"\n',
        share: false,
      },
      'example-password': {
        files: ['password'],
        prompts: {},
        runtimeInputs: ['openssl'],
        script: 'openssl rand -base64 32 | tr -d \'\\n\' > "$out/password"\n',
        share: false,
      },
      'example-api-key': {
        files: ['key'],
        prompts: { key: 'hidden' },
        runtimeInputs: [],
        script: 'cat "$prompts/key" > "$out/key"\n',
        share: false,
      },
    });
  });
});
