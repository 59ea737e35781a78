// What all commands have in common: JSON asked for either way, names that there are not, colours, exit codes.
import { cpSync, mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Ajv from 'ajv/dist/2020';
import { afterAll, describe, expect, test } from 'vitest';
import { rules } from '../../server/src/checks/rules/index.ts';
import { exitCodesPage } from '../../server/src/cli/exit-codes.ts';
import { helpOf } from '../../server/src/cli/output/help.ts';
import { varsmith } from './support.ts';

const DOCS = join(__dirname, '../../docs');

/** Commands that store take its lock before they look at names. */
const fleet = realpathSync(mkdtempSync(join(tmpdir(), 'varsmith-usage-')));
cpSync(join(__dirname, '../../examples/broken-fleet'), fleet, { recursive: true });
afterAll(() => rmSync(fleet, { recursive: true, force: true }));

describe('JSON', () => {
  test.each([
    ['check', fleet],
    ['inspect', fleet],
    ['graph', fleet],
    ['doctor', fleet],
    ['plan', fleet],
    ['list', fleet],
    ['access', fleet],
    ['env', 'tove', fleet],
    ['rules', fleet],
    ['explain', 'registry/unknown-key'],
    ['explain', 'registry'],
  ])('is the same by --json and by --format json: %s', async (...args) => {
    const shortly = await varsmith([...args, '--json']);
    const atLength = await varsmith([...args, '--format', 'json']);
    expect(shortly.stderr).not.toContain('option');
    const data = JSON.parse(shortly.stdout);
    expect(data.schemaVersion).toBe(1);
    expect([atLength.code, JSON.parse(atLength.stdout)]).toEqual([
      shortly.code,
      data.summary?.milliseconds === undefined
        ? data
        : { ...data, summary: { ...data.summary, milliseconds: expect.any(Number) } },
    ]);
  });

  test('is asked for once', async () => {
    const { code, stderr } = await varsmith(['check', fleet, '--json', '--format', 'sarif']);
    expect([code, stderr]).toEqual([
      2,
      'varsmith: --json means --format json: remove --json or --format sarif.\n',
    ]);
  });

  test('or text are the formats of commands without others', async () => {
    const { code, stderr } = await varsmith(['plan', fleet, '--format', 'yaml']);
    expect([code, stderr]).toEqual([
      2,
      'varsmith: "yaml" is not a value of --format: it takes text, json.\n',
    ]);
  });

  test('of rules is as its schema says', async () => {
    const schema = JSON.parse(readFileSync(join(DOCS, 'schemas/rules.schema.json'), 'utf8'));
    const validate = new Ajv({ strict: true }).compile(schema);
    const all = JSON.parse((await varsmith(['rules', fleet, '--json'])).stdout);
    validate(all);
    expect(validate.errors).toBeNull();
    expect(all.rules.map((one: { id: string }) => one.id)).toEqual(rules.map(({ id }) => id));
    const { rule } = JSON.parse((await varsmith(['explain', 'store/missing', '--json'])).stdout);
    validate({ schemaVersion: 1, rule });
    expect(validate.errors).toBeNull();
    expect(rule).toMatchObject({ id: 'store/missing', bad: expect.any(Array) });
    expect(rule.url).toContain('store');
  });
});

describe('a name that there is not', () => {
  test.each([
    ['get', 'tvoe', 'x/y', fleet],
    ['set', 'tvoe', 'x/y', fleet],
    ['list', fleet, '-m', 'tvoe'],
    ['plan', fleet, '-m', 'tvoe'],
    ['generate', fleet, '-m', 'tvoe'],
    ['generate', fleet, '-m', 'tvoe', '--json'],
    ['generate', fleet, '-m', 'tvoe', '--dry-run'],
    ['verify', fleet, '-m', 'tvoe'],
    ['fix', fleet, '-m', 'tvoe'],
    ['access', fleet, '-m', 'tvoe'],
    ['try', 'x', fleet, '-m', 'tvoe'],
    ['graph', fleet, '--machine', 'tvoe'],
    ['deploy', 'tvoe', fleet],
    ['env', 'tvoe', fleet],
  ])('is a wrong use: machine, %s', async (...args) => {
    const { code, stdout, stderr } = await varsmith(args, { env: { HOME: '/nonexistent' } });
    expect([code, stdout, stderr]).toEqual([
      2,
      '',
      'varsmith: There is no machine "tvoe". Did you mean "tove"?\n',
    ]);
  });

  test.each([
    ['try', 'wiregaurd', fleet],
    ['graph', fleet, '-g', 'wiregaurd'],
  ])('is a wrong use: generator, %s', async (...args) => {
    const { code, stderr } = await varsmith(args, { env: { HOME: '/nonexistent' } });
    expect([code, stderr]).toEqual([
      2,
      'varsmith: There is no generator "wiregaurd". Did you mean "wireguard"?\n',
    ]);
  });

  test.each(['list', 'plan', 'verify', 'generate', 'fix'])(
    'may be a machine in the place of the folder: %s',
    async command => {
      const { code, stderr } = await varsmith([command, 'tove'], { cwd: fleet });
      expect([code, stderr]).toEqual([
        2,
        'varsmith: There is no folder "tove". Did you mean `--machine tove`?\n',
      ]);
    },
  );

  test.each([
    ['list', 'wireguard', ' Did you mean `--generator wireguard`?'],
    ['list', 'nowhere', ''],
    ['check', 'tove', ''],
  ])('may be a generator, or nothing: %s %s', async (command, name, advice) => {
    const { code, stderr } = await varsmith([command, name], { cwd: fleet });
    expect([code, stderr]).toEqual([2, `varsmith: There is no folder "${name}".${advice}\n`]);
  });
});

test('generate --dry-run says what plan says', async () => {
  const planned = await varsmith(['plan', fleet, '-m', 'tove']);
  expect(planned.stdout).not.toBe('');
  expect(await varsmith(['generate', fleet, '-m', 'tove', '--dry-run'])).toEqual(planned);
});

test.each([
  [{}, false, false],
  [{}, true, true],
  [{ TERM: 'dumb' }, true, false],
  [{ FORCE_COLOR: '1' }, false, true],
  [{ FORCE_COLOR: '3', TERM: 'dumb' }, false, true],
  [{ FORCE_COLOR: '' }, false, false],
  [{ FORCE_COLOR: '0' }, true, false],
  [{ FORCE_COLOR: 'false' }, true, false],
  [{ FORCE_COLOR: '1', NO_COLOR: '1' }, true, false],
  [{ NO_COLOR: '' }, true, true],
])('colours with %j, terminal: %s', async (env, terminal, coloured) => {
  const { stdout } = await varsmith(['explain', 'store/missing'], { env, terminal });
  expect(stdout.includes('\u001b[1m')).toBe(coloured);
});

test('docs/exit-codes.md is as the code says', () => {
  expect(readFileSync(join(DOCS, 'exit-codes.md'), 'utf8')).toBe(exitCodesPage());
  expect(helpOf(null)).toContain(
    'Exit codes: 0 nothing found, 1 findings or a failed operation, 2 wrong usage or unreadable input.',
  );
});
