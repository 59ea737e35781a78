/** `varsmith add sops`: a value encrypted into a file and declared, or nothing at all. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { generateKeyPair } from '../../../server/src/store/age/crypt.ts';
import {
  hasAge,
  readSopsIndependently,
  readSopsValuesIndependently,
} from '../../store/independent-reader.ts';
import { write } from '../../workspace/support.ts';
import { everyText, sopsFleet } from '../sops-fleet.ts';

const CANARY = 'canary-92fe-do-not-print';
const MODULE = `{ config, ... }:
{
  sops.defaultSopsFile = ../../secrets/lea.yaml;
  sops.secrets."api/token".owner = "nginx";
  services.a.file = config.sops.secrets."api/token".path;
}
`;
const FILE = 'machines/lea/configuration.nix';
const SECRETS = 'secrets/lea.yaml';

const lea = () => sopsFleet({ [FILE]: MODULE }, { [SECRETS]: { 'api/token': 't', other: 'o' } });

describe('a secret of sops-nix', () => {
  it('goes into the file and the module of the others', async () => {
    const made = await lea();
    const run = await made.run(['add', 'sops', 'api/key'], { input: CANARY });
    expect(run).toEqual({
      code: 0,
      stdout: `changed ${SECRETS}\nchanged ${FILE}\n`,
      stderr: '',
    });
    expect(await made.values(SECRETS)).toEqual({ 'api/token': 't', 'api/key': CANARY, other: 'o' });
    expect(made.text(FILE)).toContain(
      '  sops.secrets."api/token".owner = "nginx";\n  sops.secrets."api/key" = { };\n',
    );
    expect(everyText(made.root)).not.toContain(CANARY);
    // What people write they commit themselves: it is staged.
    expect(made.git('status', '--porcelain').split('\n').filter(Boolean)).toEqual([
      `M  ${FILE}`,
      `M  ${SECRETS}`,
    ]);
    if (hasAge) {
      const key = readFileSync(join(made.home, '.config/sops/age/keys.txt'), 'utf8');
      expect(readSopsValuesIndependently(made.text(SECRETS), key)['api/key']).toBe(CANARY);
    }
  });

  it('is typed in, hidden, and twice', async () => {
    const made = await lea();
    const { code, stdout, stderr } = await made.run(['add', 'sops', 'x'], {
      typed: [CANARY, '\u0004', CANARY, '\u0004'],
    });
    expect([code, (await made.values(SECRETS)).x]).toEqual([0, CANARY]);
    expect(stdout + stderr).not.toContain(CANARY);
  });

  it('is made at random', async () => {
    const made = await lea();
    expect((await made.run(['add', 'sops', 'x', '--random'])).code).toBe(0);
    expect((await made.values(SECRETS)).x).toMatch(/^[\w-]{43}$/);
  });

  it('has a key of another name', async () => {
    const made = await lea();
    expect((await made.run(['add', 'sops', 'x', '--key', 'deep/y', '--random'])).code).toBe(0);
    expect(Object.keys(await made.values(SECRETS))).toContain('deep/y');
    expect(made.text(FILE)).toContain('  sops.secrets.x = { key = "deep/y"; };\n');
  });

  it('gets a new file for those that the creation rule names', async () => {
    const made = await lea();
    const { code, stderr } = await made.run(['add', 'sops', 'db/password', '--file', './secrets/db.json'], {
      input: CANARY,
    });
    expect([code, stderr]).toEqual([0, '']);
    expect(await made.values('secrets/db.json')).toEqual({ 'db/password': CANARY });
    expect(made.text(FILE)).toContain(`
  sops.secrets."db/password" = {
    sopsFile = ../../secrets/db.json;
    format = "json";
  };
`);
    // A flake sees the new file.
    expect(made.git('ls-files', 'secrets')).toContain('secrets/db.json');
    const findings = await made.run(['check', '--format', 'lines']);
    expect(findings.stdout).not.toMatch(/db\/password|db\.json/);
  });

  it('gets a file by the rule of the folder above where the nearest has none, and as the rule says', async () => {
    const made = await lea();
    write(made.root, 'secrets/.sops.yaml', 'creation_rules:\n  - path_regex: ^secrets/other\n');
    const rules = made
      .text('.sops.yaml')
      .replace('key_groups:', 'encrypted_regex: ^(token|api)$\n    key_groups:');
    write(made.root, '.sops.yaml', rules);
    const refused = await made.run(['add', 'sops', 'x', '--file', 'secrets/new.yaml', '--random']);
    expect([refused.code, refused.stderr]).toEqual([
      1,
      expect.stringContaining('would leave "x" in plaintext'),
    ]);
    const { code } = await made.run(['add', 'sops', 'api/x', '--file', 'secrets/new.yaml', '--random']);
    expect([code, made.text('secrets/new.yaml')]).toEqual([
      0,
      expect.stringContaining('    encrypted_regex: "^(token|api)$"\n'),
    ]);
    expect(Object.keys(await made.values('secrets/new.yaml'))).toEqual(['api/x']);
  });

  it('of any bytes gets a file of its own', async () => {
    const made = await lea();
    const bytes = Buffer.from([0, 255, 10, 0]);
    const refused = await made.run(['add', 'sops', 'blob'], { input: bytes });
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('The value is not text')]);
    expect(made.git('status', '--porcelain')).toBe('');
    const { code } = await made.run(['add', 'sops', 'blob', '--file', 'secrets/blob'], { input: bytes });
    expect(code).toBe(0);
    expect(made.text(FILE)).toContain('sopsFile = ../../secrets/blob;\n    format = "binary";');
    const key = readFileSync(join(made.home, '.config/sops/age/keys.txt'), 'utf8');
    if (hasAge) expect(readSopsIndependently(made.text('secrets/blob'), key)).toEqual(bytes);
  });

  it('that is declared and not there gets its value', async () => {
    const made = await lea();
    write(made.root, FILE, MODULE.replace('services', 'sops.secrets.late = { };\n  services'));
    const { code, stderr } = await made.run(['add', 'sops', 'late'], { input: CANARY });
    expect([code, stderr]).toEqual([0, expect.stringContaining('is already declared in')]);
    expect((await made.values(SECRETS)).late).toBe(CANARY);
  });

  it('is only shown in a dry run', async () => {
    const made = await lea();
    const { code, stdout, stderr } = await made.run(['add', 'sops', 'x', '--dry-run']);
    expect([code, made.git('status', '--porcelain')]).toEqual([0, '']);
    expect(stdout).toContain('+  sops.secrets.x = { };');
    expect(stderr).toContain(`the key "x" would be written, encrypted, to ${SECRETS}.`);
    const data = JSON.parse((await made.run(['add', 'sops', 'x', '--dry-run', '--json'])).stdout);
    expect(data).toMatchObject({
      ...{ file: SECRETS, module: FILE, key: 'x', creates: false },
      choices: { files: [SECRETS], modules: [FILE] },
    });
  });
});

describe('nothing is changed', () => {
  it.each([
    ['where the name is taken', ['api/token'], /A secret "api\/token" already/],
    ['where another value is in the way', ['other/x'], /"other" is a value of the file/],
    ['by a name with a space', ['a b'], /A name has no spaces/],
    ['by a path that leads out', ['x', '--file', '../x.yaml'], /takes a path inside the root/],
    [
      'where no creation rule fits',
      ['x', '--file', 'x.yaml'],
      /No creation rule of \.sops\.yaml matches x\.yaml/,
    ],
    ['where sops-nix always provides the whole', ['x', '--file', 'secrets/x.env'], /as a whole/],
    ['where there is no such module', ['x', '--module', 'machines/lea/configuratoin.nix'], /Did you mean/],
    ['without a value', ['x'], /The value is empty/],
    ['by what would stay in plaintext', ['x_unencrypted'], /would leave "x_unencrypted" in plaintext/],
    ['without the key that is named', ['x', '-i', 'nowhere'], /cannot be read \(ENOENT\)/],
  ])('%s', async (_, args, message) => {
    const made = await lea();
    const { code, stderr } = await made.run(['add', 'sops', ...args], {
      input: message.source.includes('empty') ? '' : CANARY,
    });
    expect([code, stderr]).toEqual([expect.toSatisfy(n => n > 0), expect.stringMatching(message)]);
    expect(stderr).not.toContain(CANARY);
    expect(made.git('status', '--porcelain')).toBe('');
  });

  it('where no key opens the file, with a way in', async () => {
    const made = await lea();
    const other = await generateKeyPair();
    write(made.home, 'other', other.secret);
    const env = { SOPS_AGE_KEY_FILE: join(made.home, 'other'), HOME: join(made.home, 'nowhere') };
    const closed = await made.run(['add', 'sops', 'x'], { input: CANARY, env });
    expect([closed.code, closed.stderr]).toEqual([1, expect.stringContaining('--identity FILE')]);
    expect(closed.stderr).toContain(other.recipient);
    expect(made.git('status', '--porcelain')).toBe('');
    const key = join(made.home, '.config/sops/age/keys.txt');
    const opened = await made.run(['add', 'sops', 'x', '-i', key], { input: CANARY, env });
    expect([opened.code, opened.stderr]).toEqual([0, '']);
  });

  it('where the file is damaged', async () => {
    const made = await lea();
    const text = made.text(SECRETS);
    for (const broken of [
      text.slice(0, text.length / 2),
      text.replace('data:', 'data:AA'),
      'other: plain\n',
    ]) {
      write(made.root, SECRETS, broken);
      const { code, stderr } = await made.run(['add', 'sops', 'x'], { input: CANARY });
      expect([code, stderr]).toEqual([1, expect.stringContaining(SECRETS)]);
      expect([made.text(SECRETS), made.text(FILE)]).toEqual([broken, MODULE]);
    }
  });

  it('unless one module alone says where secrets are kept', async () => {
    const made = await lea();
    write(
      made.root,
      'machines/kim/configuration.nix',
      '{ sops.secrets.y.sopsFile = ../../secrets/lea.yaml; }\n',
    );
    expect((await made.run(['add', 'sops', 'x', '--random'])).code).toBe(0);
    expect(made.text(FILE)).toContain('sops.secrets.x = { };');
  });

  it('where nothing tells which module is meant', async () => {
    const made = await lea();
    const more = 'machines/kim/configuration.nix';
    write(made.root, more, MODULE);
    const { code, stderr } = await made.run(['add', 'sops', 'x', '--random']);
    expect([code, stderr]).toEqual([1, expect.stringContaining(`--module: ${more}, ${FILE}`)]);
    expect((await made.run(['add', 'sops', 'x', '--random', '--module', more])).code).toBe(0);
    expect(existsSync(join(made.root, more))).toBe(true);
  });
});
