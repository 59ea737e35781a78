// `varsmith env`: the session variables of a machine.
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { varsmith } from '../support.ts';

const FLEET = join(__dirname, '../../../examples/fleet');

test('bash and nushell', async () => {
  const bash = await varsmith(['env', 'lea', FLEET]);
  expect(bash.code).toBe(0);
  expect(bash.stdout.split('\n').slice(0, 2)).toEqual([
    '# CLOUDFLARE_ACCOUNT_ID: "cloudflare-account/id" is not generated yet.',
    "export DEEPSEEK_API_KEY_FILE='/run/secrets/vars/per-machine/lea/deepseek-api-key/key'",
  ]);
  const nushell = await varsmith(['env', FLEET, '--machine', 'lea', '--shell', 'nushell']);
  expect(nushell.stdout).toContain(
    '\n$env.DEEPSEEK_API_KEY_FILE = "/run/secrets/vars/per-machine/lea/deepseek-api-key/key"\n',
  );
});

test('json', async () => {
  const { stdout } = await varsmith(['env', 'lea', '--shell', 'json'], { cwd: FLEET });
  const { schemaVersion, machine, variables, notes } = JSON.parse(stdout);
  expect({ schemaVersion, machine }).toEqual({ schemaVersion: 1, machine: 'lea' });
  expect(variables[0]).toEqual({
    name: 'DEEPSEEK_API_KEY_FILE',
    value: '/run/secrets/vars/per-machine/lea/deepseek-api-key/key',
    secret: true,
    key: 'deepseek',
    generator: 'deepseek-api-key',
    file: 'key',
  });
  expect(notes).toEqual([
    {
      name: 'CLOUDFLARE_ACCOUNT_ID',
      keys: ['cloudflare-account-id'],
      text: '"cloudflare-account/id" is not generated yet.',
    },
  ]);
});

test.each([
  ['DEEPSEEK_API_KEY_FILE', 0, 'DEEPSEEK_API_KEY_FILE is set on lea.\n  lea selects the key "deepseek"'],
  [
    'anthropic',
    1,
    'ANTHROPIC_API_KEY_FILE is not set on lea.\n  The key "anthropic" is not selected on lea;',
  ],
  ['NTFY_URL', 1, 'NTFY_URL is not set on lea.\n  Only the sessions of tove'],
])('--explain %s ends with %i and says why', async (name, code, text) => {
  const found = await varsmith(['env', 'lea', FLEET, '--explain', name]);
  expect([found.code, found.stdout]).toEqual([code, expect.stringContaining(text)]);
});

test('--all lists what is not set', async () => {
  const text = await varsmith(['env', 'lea', FLEET, '--all']);
  expect(text.stdout).toMatch(/\nexport [\s\S]*\n\n# Not set on lea:\n(# {3}.*\n)+$/);
  expect((await varsmith(['env', 'lea', FLEET])).stdout).not.toContain('Not set');
  const { absent, variables } = JSON.parse((await varsmith(['env', 'lea', FLEET, '--all', '--json'])).stdout);
  expect(variables).not.toEqual([]);
  expect(absent).toContainEqual({
    variable: 'ANTHROPIC_API_KEY_FILE',
    set: false,
    reasons: [expect.objectContaining({ kind: 'not-selected', machines: ['emily', 'noa', 'tove'] })],
  });
});

test('--explain as JSON', async () => {
  for (const how of [['--format', 'json'], ['--json'], ['--shell', 'json']]) {
    const { code, stdout } = await varsmith(['env', 'lea', FLEET, '--explain', 'anthropic', ...how]);
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({
      schemaVersion: 1,
      machine: 'lea',
      name: 'anthropic',
      variable: 'ANTHROPIC_API_KEY_FILE',
      set: false,
      reasons: [
        {
          kind: 'not-selected',
          keys: ['anthropic'],
          file: 'lib/secret-registry.nix',
          line: expect.any(Number),
          column: 3,
        },
      ],
    });
  }
});

test.each([
  [['env', 'lea', FLEET, '--explain', ''], '--explain needs the name of a variable, or of a key.'],
  [['env', 'lea', FLEET, '--explain', 'X', '--format', 'xml'], '"xml"'],
  [['env', FLEET, '-m', 'lee'], 'There is no machine "lee". Did you mean "lea"?'],
  [['env', FLEET, '-m', 'zora'], 'There is no machine "zora". There are emily, lea, noa and tove.'],
  [['env', FLEET], 'Which machine? Name one: '],
  [['env'], 'Which machine? Name one: '],
  [['env', 'lea', FLEET, 'more'], '"more".'],
  [['env', FLEET, 'more', '-m', 'lea'], '"more".'],
])('%j is a mistake of usage', async (args, message) => {
  const { code, stdout, stderr } = await varsmith(args, { cwd: FLEET });
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toContain(message);
});
