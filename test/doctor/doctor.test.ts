// The doctor: what it finds, what it misses, what it advises, and what it never shows.
import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { encryptedYaml, VALUE } from '../../server/src/checks/examples/sops-examples.ts';
import { type ActionNames, IN_EDITOR, IN_TERMINAL } from '../../server/src/doctor/actions.ts';
import { examine } from '../../server/src/doctor/examine.ts';
import { type Entry, hasProblems } from '../../server/src/doctor/report.ts';
import { examinationText } from '../../server/src/doctor/text.ts';
import { generateKeyPair } from '../../server/src/store/age/crypt.ts';
import { examinedIn } from '../../server/src/workspace/doctor-view.ts';
import { loadEngine } from '../../server/src/workspace/engine.ts';
import { createWorkspace } from '../../server/src/workspace/workspace.ts';
import { varsmith } from '../cli/support.ts';
import { AGENIX, SOPS } from '../editor/secret-fleets.ts';
import { folder } from '../workspace/support.ts';

const engine = await loadEngine();

const FLEET = {
  '.clan-flake': '',
  'flake.nix':
    '{ outputs = { clan-core, self, ... }: { clan = clan-core.lib.clan { inherit self; inventory.machines.lea = { }; }; }; }',
  'machines/lea/configuration.nix': '{ clan.core.vars.generators.mail.files.password = { }; }',
};
const STORED = { 'vars/per-machine/lea/mail/password/secret': '{}', 'sops/machines/lea/key.json': '[]' };

interface Around {
  readonly env?: Readonly<Record<string, string>>;
  readonly home?: string;
  readonly trusted?: boolean;
  readonly names?: ActionNames;
}

async function examined(texts: Readonly<Record<string, string>>, around: Around = {}) {
  const workspace = createWorkspace({ root: folder(texts), engine });
  const problems = workspace.problems.map(({ message }) => message);
  const { env = {}, home = folder({}), trusted = true, names = IN_TERMINAL } = around;
  return examine(examinedIn(workspace, problems), { env, home, platform: 'linux', trusted, names }, '1.2.3');
}

async function entryOf(
  name: string,
  texts: Readonly<Record<string, string | null>>,
  around: Around = {},
): Promise<Entry | undefined> {
  const there = Object.entries(texts).filter((one): one is [string, string] => one[1] !== null);
  const { sections } = await examined(Object.fromEntries(there), around);
  return sections.flatMap(({ entries }) => entries).find(one => one.name === name);
}

test('the root is told with what it was recognised by', async () => {
  expect((await entryOf('root', FLEET))?.text).toMatch(/, recognised by \.clan-flake$/);
  expect((await entryOf('root', { 'flake.nix': '{ }' }))?.text).toMatch(/, recognised by flake\.nix$/);
  expect(await entryOf('root', { 'a.nix': '{ }' })).toMatchObject({ standing: 'absent' });
});

test('machines, generators and what is stored are counted', async () => {
  expect((await entryOf('machines', FLEET))?.text).toBe('1: lea');
  expect((await entryOf('generators', FLEET))?.text).toMatch(/^1 declared here/);
  expect((await entryOf('stored vars', { ...FLEET, ...STORED }))?.text).toBe('1 secret, 0 public files');
  expect(await entryOf('machines', { 'flake.nix': '{ }' })).toMatchObject({ standing: 'unknown' });
});

test('what cannot be analysed is listed by reason, with a count and a place', async () => {
  const found = await entryOf('not analysable', {
    ...FLEET,
    'flake.nix': FLEET['flake.nix'].replace('machines.lea = { }', 'machines = import clan-core.x'),
  });
  expect(found?.standing).toBe('unknown');
  expect(found?.details.join('\n')).toMatch(
    /^Not all machines can be determined without Nix: .+\. \(flake\.nix:1\)$/m,
  );
  expect(await entryOf('not analysable', FLEET)).toMatchObject({ standing: 'found' });
});

test('files that Nix refuses are a problem, with their places', async () => {
  const broken = { ...FLEET, 'flake.nix': `${FLEET['flake.nix']}}` };
  expect(await entryOf('refused by Nix', broken)).toMatchObject({
    standing: 'problem',
    details: [expect.stringMatching(/^flake\.nix:\d+$/)],
  });
  expect(await entryOf('refused by Nix', FLEET)).toBeUndefined();
});

test('the backend is told with what it was told by', async () => {
  expect((await entryOf('backend', { ...FLEET, ...STORED }))?.text).toBe(
    'sops, judging by the files on disk',
  );
  const set = FLEET['flake.nix'].replace('inherit self;', 'inherit self; vars.settings.secretStore = "age";');
  expect((await entryOf('backend', { ...FLEET, 'flake.nix': set }))?.text).toBe(
    'age, according to the configuration',
  );
  expect((await entryOf('backend', FLEET))?.text).toBe('not configured; sops would be used');
});

test('a store that clan does not have any more, or never had, is a problem', async () => {
  const stored = (name: string) => ({
    ...FLEET,
    'flake.nix': FLEET['flake.nix'].replace(
      'inherit self;',
      `inherit self; vars.settings.secretStore = "${name}";`,
    ),
  });
  const gone = await entryOf('backend', stored('vm'));
  expect(gone).toMatchObject({ standing: 'problem', text: 'vm, according to the configuration' });
  expect(gone?.details.join()).toContain('clan no longer has the secret store "vm"');
  expect((await entryOf('backend', stored('sopss')))?.details.join()).toContain(
    'There is no secret store "sopss"',
  );
});

test("what machines set comes before the clan's, and where they differ that is said", async () => {
  const flake = FLEET['flake.nix'].replace(
    'inherit self; inventory.machines.lea = { };',
    'inherit self; vars.settings.secretStore = "sops"; inventory.machines = { lea = { }; noa = { }; };',
  );
  const age = '{ clan.core.vars.settings.secretStore = "age"; }';
  const texts = { ...FLEET, 'flake.nix': flake, 'machines/lea/configuration.nix': age };
  expect(await entryOf('backend', texts)).toMatchObject({
    standing: 'problem',
    text: 'machines differ: age, sops',
  });
  expect(await entryOf('backend', { ...texts, 'machines/noa/configuration.nix': age })).toMatchObject({
    standing: 'found',
    text: 'age, according to the configuration',
  });
});

test("a store of one's own is told with its command, and has keys of its own", async () => {
  const set = FLEET['flake.nix'].replace(
    'inherit self;',
    'inherit self; vars.settings.secretStore = "custom";',
  );
  const without = { ...FLEET, 'flake.nix': set };
  expect(await entryOf('backend', without)).toMatchObject({
    standing: 'problem',
    advice: expect.stringContaining('varsmith.json'),
  });
  const named = { ...without, 'varsmith.json': '{ "store": { "command": ["./tools/our-store", "main"] } }' };
  expect((await entryOf('backend', named))?.text).toBe(
    'a custom store: ./tools/our-store main, according to varsmith.json',
  );
  expect((await entryOf('your keys', named))?.text).toContain('manages its own keys');
});

test("whether the store's command is allowed is told, and what to do where it is not", async () => {
  const [root, home] = [
    folder({
      ...FLEET,
      'varsmith.json': '{ "store": { "command": ["./our-store", "main"] } }',
      'our-store': '#!/bin/sh\n',
    }),
    folder({}),
  ];
  const seen = async () => {
    const workspace = createWorkspace({ root, engine });
    const around = { env: {}, home, platform: 'linux', names: IN_TERMINAL, trusted: true };
    const { sections } = await examine(examinedIn(workspace, []), around, '1.2.3');
    return sections.flatMap(({ entries }) => entries).find(one => one.name === "store's command");
  };
  expect(await seen()).toMatchObject({
    standing: 'problem',
    advice: expect.stringContaining('`varsmith allow`'),
  });
  expect((await varsmith(['allow'], { cwd: root, env: { HOME: home } })).code).toBe(0);
  expect(await seen()).toMatchObject({ standing: 'found', text: 'allowed for this folder' });
  writeFileSync(join(root, 'our-store'), '#!/bin/sh\necho another\n');
  expect((await seen())?.standing).toBe('problem');
  expect(await entryOf("store's command", FLEET)).toBeUndefined();
});

test('a mistake in the settings is a problem', async () => {
  const found = await entryOf('settings', { ...FLEET, 'varsmith.json': '{ "exclud": [] }' });
  expect(found?.standing).toBe('problem');
  expect(found?.details.join()).toContain('exclud');
  expect(await entryOf('settings', { ...FLEET, 'varsmith.json': '{ "enable": false }' })).toMatchObject({
    standing: 'problem',
  });
});

test('a key is shown by its place and its public half, and whose it is', async () => {
  const { secret, recipient } = await generateKeyPair();
  const home = folder({ '.config/sops/age/keys.txt': `# mine\n${secret}\n` });
  const place = join(home, '.config/sops/age/keys.txt');
  const stranger = await entryOf(place, FLEET, { home });
  expect(stranger).toMatchObject({ standing: 'found', text: `${recipient}, no user in sops/users` });
  const known = {
    ...FLEET,
    'sops/users/ada/key.json': JSON.stringify([{ publickey: recipient, type: 'age' }]),
  };
  expect((await entryOf(place, known, { home }))?.text).toBe(`${recipient}, user "ada" in sops/users`);
});

test('no part of a secret is shown, whatever state the keys are in', async () => {
  const { secret } = await generateKeyPair();
  const damaged = secret.replace(/.$/, last => (last === 'Q' ? 'P' : 'Q'));
  const env = {
    SOPS_AGE_KEY: `${damaged}\nhalf of ${secret.slice(0, 30)}`,
    SOPS_AGE_KEY_CMD: 'printf top-secret',
    SOPS_AGE_KEY_FILE: '/nowhere/key',
  };
  const found = await examined(FLEET, { env, home: folder({ '.ssh/id_ed25519': 'not-a-key hidden' }) });
  const text = JSON.stringify(found) + examinationText(found);
  for (const part of [secret.slice(0, 25), damaged.slice(20, 40), 'top-secret', 'hidden'])
    expect(text).not.toContain(part);
  expect(text).toContain('its checksum does not match');
  expect(text).toContain('SOPS_AGE_KEY_FILE names /nowhere/key, which cannot be read');
});

test('without a key nothing is a problem, as in CI: places are named, and what cannot be done', async () => {
  const home = folder({});
  const found = await entryOf('your keys', { ...FLEET, ...STORED }, { home });
  expect(found?.standing).toBe('absent');
  expect(found?.text).toContain('you can neither read nor change');
  expect(found?.details[0]).toContain(`${home}/.config/sops/age/keys.txt`);
  expect(found?.advice).toContain('varsmith keygen');
  expect(await entryOf('your keys', FLEET, { home })).toMatchObject({ standing: 'absent' });
});

test('commands are called as they are where the answer is read, and what they do is told as data', async () => {
  for (const [names, key, generate] of [
    [IN_TERMINAL, '`varsmith keygen`', '`varsmith generate`'],
    [IN_EDITOR, '"Varsmith: Create Key…"', '"Varsmith: Generate Vars…"'],
  ] as const) {
    const found = await examined(FLEET, { names });
    const entries = found.sections.flatMap(section => section.entries);
    expect(entries.filter(({ action }) => action !== undefined)).toMatchObject([
      { name: 'stored vars', action: 'generate', advice: `${generate} generates what is missing.` },
      { name: 'your keys', action: 'key', advice: `Create one before the first secret: ${key}.` },
    ]);
  }
});

/** A folder with a program that notes that it was run. */
function program(name: string, says: string): { readonly path: string; readonly ran: string } {
  const path = folder({});
  const ran = join(path, 'ran');
  mkdirSync(path, { recursive: true });
  writeFileSync(join(path, name), `#!/bin/sh\n: > ${ran}\necho '${says}'\n`);
  chmodSync(join(path, name), 0o755);
  return { path, ran };
}

test('a program is found on the path, and says its version', async () => {
  const { path } = program('clan', 'clan 25.11\nmore');
  const found = await entryOf('clan', FLEET, { env: { PATH: path } });
  expect(found).toMatchObject({ standing: 'found', text: `${path}/clan (clan 25.11)` });
});

test('a program that needs its environment says its version, and is handed no key', async () => {
  const { path } = program('clan', '');
  writeFileSync(
    join(path, 'clan'),
    '#!/bin/sh\n[ -n "$CLAN_LIBRARIES" ] && echo "clan 25.11$SOPS_AGE_KEY"\n',
  );
  const { secret } = await generateKeyPair();
  const env = { PATH: path, CLAN_LIBRARIES: '/opt/clan', SOPS_AGE_KEY: secret };
  expect((await entryOf('clan', FLEET, { env }))?.text).toBe(`${path}/clan (clan 25.11)`);
});

test('a program that is not there is told with the folders it was looked for in', async () => {
  const path = folder({});
  const found = await entryOf('clan', FLEET, { env: { PATH: `${path}:relative` } });
  expect(found).toMatchObject({ standing: 'absent', text: 'not found' });
  expect(found?.details.at(-1)).toMatch(new RegExp(`^Looked in: ${path}, /`));
  expect(found?.details.at(-1)).not.toContain('relative');
});

test('in an untrusted workspace nothing is run and no key is looked for', async () => {
  const { path, ran } = program('clan', 'clan 25.11');
  const { secret } = await generateKeyPair();
  const around = { env: { PATH: path, SOPS_AGE_KEY: secret }, trusted: false };
  expect((await entryOf('clan', FLEET, around))?.text).toContain('not trusted');
  expect((await entryOf('your keys', FLEET, around))?.text).toContain('not trusted');
  expect(existsSync(ran)).toBe(false);
});

test('secrets of sops-nix are counted, and what is missing or not encrypted is a problem', async () => {
  const common = { 'hosts/server/default.nix': '{ }', 'modules/gone.nix': '{ }' };
  expect(await entryOf('sops-nix', { ...SOPS, ...common })).toMatchObject({
    standing: 'found',
    text: '3 secrets in 2 files',
  });
  const plain = { ...SOPS, 'secrets/users.yaml': 'git: hunter2\n' };
  const found = await entryOf('sops-nix', plain);
  expect(found).toMatchObject({ standing: 'problem' });
  expect(found?.details).toEqual([
    'hosts/server/nothing.yaml: there is no such file',
    'secrets/users.yaml: it is not encrypted',
  ]);
  expect(JSON.stringify(await examined(plain))).not.toContain('hunter2');
  expect(await entryOf('sops-nix', FLEET)).toBeUndefined();
});

test('secrets of agenix are counted', async () => {
  expect((await entryOf('agenix', AGENIX))?.text).toBe('1 secret in 1 file');
  expect(await entryOf('agenix', { ...AGENIX, 'secrets/db.age': null })).toMatchObject({
    standing: 'problem',
    details: ['secrets/db.age: there is no such file'],
  });
});

test('of a key it is said how many files of sops-nix it opens', async () => {
  const { secret, recipient } = await generateKeyPair();
  const own = encryptedYaml(`git: ${VALUE}\n`, [recipient]);
  const around = { env: { SOPS_AGE_KEY: secret } };
  const found = await entryOf('SOPS_AGE_KEY', { ...SOPS, 'secrets/users.yaml': own }, around);
  expect(found?.text).toBe(`${recipient}; opens 1 of 2 files of sops-nix`);
  expect(found?.advice).toBeNull();
});

test('what git does not track of the flake is a problem, with the command that adds it', async () => {
  const root = folder({
    ...FLEET,
    'machines/lea/configuration.nix': '{ imports = [ ../../mail.nix ]; }',
    'mail.nix': '{ clan.core.vars.generators.mail.files.password = { }; }',
  });
  const git = (...args: string[]) => execFileSync('git', args, { cwd: root });
  git('init', '-q');
  git('add', 'flake.nix', 'machines');
  const doctor = async () => {
    const { stdout } = await varsmith(['doctor', root, '--json'], { env: { HOME: folder({}) } });
    const entries = JSON.parse(stdout).sections.flatMap(
      ({ entries }: { entries: readonly Entry[] }) => entries,
    ) as Entry[];
    return entries.find(({ name }) => name === 'not in git');
  };
  expect(await doctor()).toEqual({
    ...{ name: 'not in git', standing: 'problem' },
    text: '1 path that the flake needs; Nix does not see it',
    ...{ details: ['mail.nix'], advice: '`git add mail.nix` is enough; nothing has to be committed.' },
    ...{ action: 'track', paths: ['mail.nix'] },
  });
  git('add', 'mail.nix');
  expect(await doctor()).toBeUndefined();
});

test('the command line prints it, as text and as data, and ends with 1 where something will not work', async () => {
  const root = folder({ ...FLEET, 'varsmith.json': '{ "exclud": [] }' });
  const { code, stdout } = await varsmith(['doctor', root], { env: { HOME: folder({}) } });
  expect(stdout).toContain(`  ✓ root: ${root}, recognised by .clan-flake\n`);
  expect(stdout).toContain('  ✗ settings: ');
  expect(code).toBe(1);
  const data = JSON.parse(
    (await varsmith(['doctor', root, '--format', 'json'], { env: { HOME: folder({}) } })).stdout,
  );
  expect(data).toMatchObject({ schemaVersion: 1, root, version: '1.2.3' });
  expect(hasProblems(data)).toBe(true);
});
