// `varsmith add secret`, `new generator` and `new service`: the same edits, written to the files.
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { folder } from '../../workspace/support.ts';
import { varsmith } from '../support.ts';

function exampleFleet(): string {
  const root = folder({});
  cpSync(join(__dirname, '../../../examples/fleet'), root, { recursive: true });
  return root;
}

const textOf = (root: string, path: string) => readFileSync(join(root, path), 'utf8');
const REGISTRY = 'lib/secret-registry.nix';

test('a secret is added to the registry and to the rows, and nothing is found afterwards', async () => {
  const root = exampleFleet();
  const args = ['add', 'secret', 'openai', root, '--machines', 'lea', '--machine', 'noa', '-m', 'tove'];
  const { code, stdout, stderr } = await varsmith([...args, '--description', 'OpenAI API key']);
  expect({ code, stdout, stderr }).toEqual({
    code: 0,
    stdout: 'changed lib/machine-env-matrix.nix\nchanged lib/secret-registry.nix\n',
    stderr: '',
  });
  expect(textOf(root, REGISTRY)).toContain('    description = "OpenAI API key";\n');
  expect(textOf(root, 'lib/machine-env-matrix.nix').match(/"openai"/g)).toHaveLength(3);
  expect((await varsmith(['check', root, '--severity', 'hint'])).code).toBe(0);
  const env = await varsmith(['env', 'tove', root]);
  expect(env.stdout).toContain(
    "export OPENAI_API_KEY_FILE='/run/secrets/vars/per-machine/tove/openai-api-key/key'\n",
  );
});

test('git is told of a new file where there is a repository, and none is begun', async () => {
  const root = exampleFleet();
  const made = () => varsmith(['new', 'generator', 'fresh', root]);
  expect(await made()).toMatchObject({
    code: 0,
    stderr: 'varsmith: Import modules/fresh.nix in the machines that should have it.\n',
  });
  expect(existsSync(join(root, '.git'))).toBe(false);
  const git = (...args: string[]) => execFileSync('git', args, { cwd: root, encoding: 'utf8' });
  git('init', '-q');
  rmSync(join(root, 'modules/fresh.nix'));
  expect(await made()).toMatchObject({ code: 0 });
  expect(git('ls-files')).toBe('modules/fresh.nix\n');
});

test('a machine imports the file of a new generator', async () => {
  const root = exampleFleet();
  const { code, stderr } = await varsmith(['new', 'generator', 'fresh', root, '--machine', 'lea']);
  expect({ code, stderr }).toEqual({
    code: 0,
    stderr: 'varsmith: modules/fresh.nix is imported by lea.\n',
  });
  expect((await varsmith(['check', root, '--severity', 'hint'])).code).toBe(0);
  const { stdout } = await varsmith(['inspect', root, '--format', 'json']);
  const { generators } = JSON.parse(stdout) as { generators: { name: string; machines: string[] }[] };
  expect(generators.find(({ name }) => name === 'fresh')?.machines).toEqual(['lea']);
});

test('the names, the domain and the variable can be said', async () => {
  const root = exampleFleet();
  const args = ['--category', 'api-key', '--domain', 'search', '--generator', 'kagi-key', '--env', 'KAGI'];
  const { code } = await varsmith(['add', 'secret', 'kagi', root, ...args, '-m', 'lea']);
  expect(code).toBe(0);
  expect(textOf(root, REGISTRY)).toContain(`  kagi = mkPromptedSecret {
    generator = "kagi-key";
    envVar = "KAGI";
    description = "Kagi API key";
    domain = "search";
    kind = "api-key";
  };
`);
});

test('on a terminal what is left open is asked, with what the other entries suggest', async () => {
  const root = exampleFleet();
  const clear = '\u0015';
  const typed = [`${clear}Mistral API Key\r`, '\r', '\r'];
  const { code, stderr } = await varsmith(['add', 'secret', 'kagi', root, '-m', 'lea'], { typed });
  expect({ code, stderr }).toMatchObject({ code: 0 });
  expect(stderr).toContain('Domain: ai');
  expect(stderr).toContain('Environment variable (empty for none): KAGI_API_KEY');
  expect(textOf(root, REGISTRY)).toContain('    description = "Mistral API Key";\n    domain = "ai";\n');
});

test('with --yes nothing is asked, and --no-env is in no variable', async () => {
  const root = exampleFleet();
  const { code, stderr } = await varsmith(['add', 'secret', 'kagi', root, '--yes', '--no-env'], {
    typed: [],
  });
  expect(code).toBe(0);
  expect(stderr).not.toContain('Description');
  expect(textOf(root, REGISTRY)).not.toContain('KAGI');
});

test('of a secret without machines it is said that none has it', async () => {
  const { code, stderr } = await varsmith(['add', 'secret', 'openai', exampleFleet()]);
  expect(code).toBe(0);
  expect(stderr).toContain(
    'No machine has it yet: add "openai" to the rows of its machines in lib/machine-env-matrix.nix',
  );
});

test('in a new fleet the first secret is named as the example is', async () => {
  const root = folder({ 'flake.nix': '{ outputs = _: { }; }\n' });
  await varsmith(['init', root]);
  await varsmith(['add', 'secret', 'openai', root, '-m', 'example', '--domain', 'ai']);
  expect(textOf(root, REGISTRY)).toContain(`  openai = mkPromptedSecret {
    generator = "openai-api-key";
    envVar = "OPENAI_API_KEY";
    description = "Openai API key";
    domain = "ai";
    kind = "api-key";
  };
`);
});

test('a file that would be new is a diff from nothing', async () => {
  const root = folder({ 'flake.nix': '{ }\n' });
  const { stdout } = await varsmith(['new', 'generator', 'web', root, '--dry-run']);
  expect(stdout).toContain('--- /dev/null\n+++ b/modules/web.nix\n');
});

test('a dry run shows the change and makes none', async () => {
  const root = exampleFleet();
  const before = textOf(root, REGISTRY);
  const { stdout } = await varsmith(['add', 'secret', 'db', root, '--kind', 'password', '--dry-run']);
  expect(stdout).toContain('--- a/lib/secret-registry.nix\n+++ b/lib/secret-registry.nix\n');
  expect(stdout).toContain('+  db = mkGeneratedSecret {\n');
  expect(textOf(root, REGISTRY)).toBe(before);
});

test('a generator gets a file of its own, in a folder that is made', async () => {
  const root = folder({ 'flake.nix': '{ }\n' });
  const { code, stdout, stderr } = await varsmith(['new', 'generator', 'web', root, '--template', 'ssh-key']);
  expect({ code, stdout }).toEqual({ code: 0, stdout: 'new     modules/web.nix\n' });
  expect(stderr).toContain('Import modules/web.nix');
  expect(textOf(root, 'modules/web.nix')).toContain('  clan.core.vars.generators.web = {\n');
});

test('a service', async () => {
  const root = folder({ 'flake.nix': '{ }\n' });
  const { stderr } = await varsmith(['new', 'service', 'chat', root, '--per', 'machine']);
  expect(stderr).toContain('modules.chat = ./services/chat;');
  expect(textOf(root, 'services/chat/default.nix')).toContain('  perMachine =\n');
});

test.each([
  [['add'], 'Specify what to add'],
  [['add', 'machine', 'x'], 'Specify what to add'],
  [['add', 'secret', 'x', '--kind', 'magic'], '"magic" is not a value of --kind'],
  [['add', 'secret', 'x', '--env', 'X', '--no-env'], '--env and --no-env cannot be combined'],
  [['new', 'generator'], 'Specify what to write'],
  [['new', 'generator', 'x', '--per', 'machine'], 'There is no option "--per".'],
  [['new', 'service', 'x', '--template', 'magic'], '"magic" is not a value of --template'],
])('%j is a mistake of usage', async (args, message) => {
  const { code, stderr } = await varsmith(args, { cwd: folder({ 'flake.nix': '{ }\n' }) });
  expect(code).toBe(2);
  expect(stderr).toContain(message);
});

test('what is refused is said, and nothing is written', async () => {
  const root = folder({ 'flake.nix': '{ }\n' });
  const { code, stdout, stderr } = await varsmith(['add', 'secret', 'x', root]);
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toContain('There is no registry here.');
  expect(existsSync(join(root, 'lib'))).toBe(false);
});
