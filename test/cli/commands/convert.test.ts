/** `varsmith convert`: secrets of sops-nix and agenix become vars with their values, or nothing changes. */
import { execFileSync } from 'node:child_process';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { encryptTo, generateKeyPair } from '../../../server/src/store/age/crypt.ts';
import { sealSecret } from '../../../server/src/store/sops/sops-secret.ts';
import { hasAge } from '../../store/independent-reader.ts';
import { write } from '../../workspace/support.ts';
import { everyText, type SopsFleet, sopsFleet } from '../sops-fleet.ts';

const CANARY = 'canary-c41b-do-not-print';
const LINES = `-----BEGIN KEY-----\n${CANARY}\n-----END KEY-----\n`;
const LEA = 'machines/lea/configuration.nix';
const NOA = 'machines/noa/configuration.nix';
const COMMON = 'modules/common.nix';
const SECRETS = 'secrets/common.yaml';

const LEA_TEXT = `{ config, ... }:
{
  imports = [ ../../modules/common.nix ];
  sops.secrets."api/token" = {
    owner = "nginx";
    mode = "0440";
    restartUnits = [ "nginx.service" ];
    sopsFile = ../../secrets/lea.yaml;
  };
  sops.secrets.other.sopsFile = ../../secrets/lea.yaml;
  services.a.file = config.sops.secrets."api/token".path;
}
`;
const NOA_TEXT = `{ imports = [ ../../modules/common.nix ]; }
`;
const COMMON_TEXT = `{ config, ... }:
{
  sops.defaultSopsFile = ../secrets/common.yaml;
  sops.secrets = {
    password.neededForUsers = true;
    key = { };
  };
  users.users.ada.hashedPasswordFile = config.sops.secrets.password.path;
  services.b.key = config.sops.secrets.key.path;
}
`;

const two = (files: Readonly<Record<string, string>> = {}) =>
  sopsFleet(
    { [LEA]: LEA_TEXT, [NOA]: NOA_TEXT, [COMMON]: COMMON_TEXT, ...files },
    {
      'secrets/lea.yaml': { 'api/token': CANARY, other: 'o' },
      [SECRETS]: { password: 'p', key: LINES },
    },
  );

const get = async (made: SopsFleet, machine: string, id: string) =>
  (await made.run(['get', machine, id])).stdout;

const status = (made: SopsFleet) => made.git('status', '--porcelain').split('\n').filter(Boolean).sort();

describe('what was converted', { timeout: 300_000 }, () => {
  const filesOf = (made: SopsFleet) =>
    made.git('ls-files', '-s') +
    made
      .git('ls-files')
      .split('\n')
      .filter(path => existsSync(join(made.root, path)) && !lstatSync(join(made.root, path)).isSymbolicLink())
      .map(path => (path === '' ? '' : made.text(path)))
      .join('\n');

  it.each([
    ['stash', 'stash'],
    ['reset', 'reset', '--hard'],
    ['restore', 'restore', '--staged', '--worktree', '.'],
    ['checkout', 'checkout', '-f', 'HEAD'],
  ])('is taken back whole by git %s', async (_name, ...args) => {
    const made = await two();
    const before = filesOf(made);
    expect((await made.run(['convert', '--all'])).code).toBe(0);
    const [staged, after] = [status(made), filesOf(made)];
    made.git(...args);
    expect(status(made)).toEqual([]);
    expect(filesOf(made)).toBe(before);
    if (args[0] !== 'stash') return;
    made.git('stash', 'pop', '--index');
    expect([status(made), filesOf(made)]).toEqual([staged, after]);
  });
});

describe('a conversion that is taken back', { timeout: 300_000 }, () => {
  /** The files and links of the work tree, with what they hold, and the folders. */
  const everything = (made: SopsFleet) =>
    readdirSync(made.root, { recursive: true, encoding: 'utf8' })
      .filter(path => !/^\.git(\/|$)/.test(path))
      .sort()
      .map(path => {
        const at = join(made.root, path);
        const stats = lstatSync(at);
        const held = stats.isSymbolicLink()
          ? readlinkSync(at)
          : stats.isFile()
            ? readFileSync(at, 'utf8')
            : '';
        return `${path} ${stats.mode.toString(8)} ${held}`;
      });

  it("leaves everything as it was, with changes of one's own", async () => {
    const made = await two();
    write(made.root, LEA, made.text(LEA).replace('{ config, ... }:', '# Mine.\n{ config, ... }:'));
    write(made.root, 'notes.md', 'mine\n');
    const before = everything(made);
    expect((await made.run(['convert', '--all'])).code).toBe(0);
    expect(everything(made)).not.toEqual(before);
    const { code, stdout, stderr } = await made.run(['convert', '--undo']);
    expect({ code, stderr }).toEqual({
      code: 0,
      stderr:
        'varsmith: The conversion was taken back: modules, encrypted files and vars are as they were before it.\n',
    });
    expect(stdout).toContain(`restored ${LEA}\n`);
    expect(everything(made)).toEqual(before);
    expect(status(made)).toEqual([`?? notes.md`, `M  ${LEA}`].sort());
    const again = await made.run(['convert', '--undo', '--json']);
    expect([again.code, again.stdout]).toEqual([1, expect.stringContaining('no conversion to take back')]);
    expect((await made.run(['convert', '--all'])).code).toBe(0);
  });

  it('is refused once a file of it has changed, and what came beside it stays', async () => {
    const made = await two();
    await made.run(['convert', 'api/token']);
    const converted = made.text(LEA);
    write(made.root, LEA, `${converted}# More.\n`);
    const after = everything(made);
    const refused = await made.run(['convert', '--undo']);
    expect([refused.code, refused.stderr]).toEqual([
      1,
      expect.stringContaining(`${LEA} has changed since then`),
    ]);
    expect(everything(made)).toEqual(after);
    write(made.root, LEA, converted);
    write(made.root, 'vars/per-machine/lea/mine/value', 'mine');
    expect((await made.run(['convert', '--undo'])).code).toBe(0);
    expect(made.text('vars/per-machine/lea/mine/value')).toBe('mine');
    expect(existsSync(join(made.root, 'vars/per-machine/lea/api-token'))).toBe(false);
  });
});

describe('a secret of sops-nix', () => {
  it('becomes a var of its machine, and leaves its file', async () => {
    const made = await two();
    const { code, stdout, stderr } = await made.run(['convert', 'api/token']);
    expect([code, stderr]).toEqual([
      0,
      'varsmith: 1 secret converted, nothing committed: review with "git diff --cached", take it back with "varsmith convert --undo". Until they are deployed, the machines have the old values.\n',
    ]);
    expect(stdout).toBe(`made a key for machine lea, which had none
stored per-machine/lea/api-token/api-token for lea, from secrets/lea.yaml (api/token)
changed ${LEA}
took what was converted out of secrets/lea.yaml
`);
    expect(made.text(LEA)).toBe(`{ config, ... }:
{
  imports = [ ../../modules/common.nix ];
  clan.core.vars.generators.api-token = {
    files.api-token = {
      owner = "nginx";
      mode = "0440";
      restartUnits = [ "nginx.service" ];
      group = config.users.users.nginx.group;
    };
    prompts.api-token = {
      type = "hidden";
      persist = true;
    };
  };
  sops.secrets.other.sopsFile = ../../secrets/lea.yaml;
  services.a.file = config.clan.core.vars.generators.api-token.files.api-token.path;
}
`);
    expect(await get(made, 'lea', 'api-token/api-token')).toBe(CANARY);
    expect(await made.values('secrets/lea.yaml')).toEqual({ other: 'o' });
    expect(
      (await made.run(['plan'])).stdout + (await made.run(['verify', '-m', 'lea'])).stdout,
    ).not.toContain('missing');
    expect(everyText(made.root)).not.toContain(CANARY);
    // What people write they commit themselves; all of it is staged, so that a flake sees it, and git takes it back.
    expect(made.git('log', '--format=%s', '-1').trim()).toBe('secrets');
    expect(status(made).filter(line => !/^[AMD] {2}/.test(line))).toEqual([]);
    const findings = await made.run(['check', '--format', 'json']);
    expect(JSON.parse(findings.stdout).findings.filter((one: { file: string }) => one.file === LEA)).toEqual(
      [],
    );
  });

  it('of several machines is stored once for all of them', async () => {
    const made = await two();
    const run = await made.run(['convert', '--file', SECRETS]);
    expect([run.code, run.stdout]).toEqual([
      0,
      `made a key for machine lea, which had none
made a key for machine noa, which had none
stored shared/key/key for lea, noa, from ${SECRETS} (key)
stored shared/password/password for lea, noa, from ${SECRETS} (password)
changed ${COMMON}
removed ${SECRETS}
`,
    ]);
    expect(run.stderr).toContain(
      `${SECRETS} is removed; its rule is in .sops.yaml:4: remove it if nothing else needs it.`,
    );
    expect(made.text(COMMON)).toBe(`{ config, ... }:
{
  clan.core.vars.generators.key = {
    share = true;
    prompts.key = {
      type = "multiline-hidden";
      persist = true;
    };
  };
  clan.core.vars.generators.password = {
    share = true;
    files.password.neededFor = "users";
    prompts.password = {
      type = "hidden";
      persist = true;
    };
  };
  users.users.ada.hashedPasswordFile = config.clan.core.vars.generators.password.files.password.path;
  services.b.key = config.clan.core.vars.generators.key.files.key.path;
}
`);
    expect(existsSync(join(made.root, SECRETS))).toBe(false);
    for (const machine of ['lea', 'noa']) expect(await get(made, machine, 'key/key')).toBe(LINES);
    expect(existsSync(join(made.root, 'vars/shared/key/key/machines/noa'))).toBe(true);
    expect((await made.run(['generate', '--no-sandbox'])).stdout).toContain('Nothing to generate.');
  });

  it('is only shown in a dry run, without its value', async () => {
    const made = await two();
    const { code, stdout, stderr } = await made.run(['convert', '--all', '--dry-run']);
    expect(code).toBe(0);
    expect(stdout).toContain('+  clan.core.vars.generators.api-token = {');
    expect(stdout).toContain('would store shared/key/key for lea, noa, from');
    expect(stdout).toContain('would remove secrets/common.yaml');
    expect(stdout + stderr).not.toContain(CANARY);
    expect(status(made)).toEqual([]);
    const data = JSON.parse((await made.run(['convert', '--all', '--dry-run', '--json'])).stdout);
    expect(data.converted.map((one: { name: string }) => one.name)).toEqual([
      'api/token',
      'key',
      'other',
      'password',
    ]);
    expect(data.kept).toEqual([]);
  });

  it('of one machine alone, and under a name of its own', async () => {
    const made = await two();
    expect((await made.run(['convert', 'api/token', '--name', 'nginx-token', '--keep-old'])).code).toBe(0);
    expect(await get(made, 'lea', 'nginx-token/nginx-token')).toBe(CANARY);
    expect(Object.keys(await made.values('secrets/lea.yaml'))).toContain('api/token');
    const run = await made.run(['convert', '--machine', 'noa', '--json']);
    expect(JSON.parse(run.stdout).converted.map((one: { name: string }) => one.name)).toEqual([
      'key',
      'password',
    ]);
  });

  it('in a file that is one value', async () => {
    const made = await two({
      [NOA]:
        '{ config, ... }: {\n  sops.secrets.blob = { sopsFile = ../../secrets/blob; format = "binary"; };\n  a = config.sops.secrets.blob.path;\n}\n',
    });
    await made.run(['add', 'sops', 'x', '--file', 'secrets/blob', '--module', COMMON], { input: LINES });
    made.git('checkout', '-q', 'HEAD', '--', COMMON);
    expect((await made.run(['convert', 'blob'])).code).toBe(0);
    expect(await get(made, 'noa', 'blob/blob')).toBe(LINES);
    expect(existsSync(join(made.root, 'secrets/blob'))).toBe(false);
  });

  it('under a condition that holds', async () => {
    const made = await two({
      [NOA]: `{ config, lib, ... }: {
  options.my.web.enable = lib.mkEnableOption "web";
  config = lib.mkMerge [
    { my.web.enable = true; }
    (lib.mkIf config.my.web.enable {
      sops.secrets.other.sopsFile = ../../secrets/lea.yaml;
    })
  ];
}
`,
      [LEA]: NOA_TEXT,
    });
    const { code, stderr } = await made.run(['convert', 'other']);
    expect([code, stderr]).toEqual([0, expect.stringContaining('1 secret converted')]);
    expect(await get(made, 'noa', 'other/other')).toBe('o');
  });
});

describe('a secret that clan keeps in sops/secrets', () => {
  const MODULE = `{ config, ... }:
{
  sops.secrets.mail.owner = "postfix";
  services.a.file = config.sops.secrets.mail.path;
}
`;

  /** As `clan secrets set --machine` leaves it. */
  async function clans(machines: readonly string[], files: Readonly<Record<string, string>>) {
    const made = await sopsFleet(files);
    for (const machine of ['lea', 'noa'])
      if (files[`machines/${machine}/configuration.nix`]?.includes('seed'))
        await made.run(['set', machine, 'seed/x'], { input: 'x' });
    for (const machine of machines)
      link(made, `sops/secrets/mail/machines/${machine}`, `../../../machines/${machine}`);
    link(made, 'sops/secrets/mail/users/ada', '../../../users/ada');
    const sealed = await sealSecret(Buffer.from(CANARY), {
      ...{ recipients: [made.recipient], now: new Date(0), command: null },
    });
    write(made.root, 'sops/secrets/mail/secret', sealed);
    made.git('add', '-A');
    made.git('commit', '-qm', 'clan');
    return made;
  }

  const link = (made: SopsFleet, path: string, target: string) => {
    mkdirSync(join(made.root, path, '..'), { recursive: true });
    symlinkSync(target, join(made.root, path));
  };

  const SEED = 'clan.core.vars.generators.seed = { files.x = { }; script = "date > $out/x"; };';

  it('is converted from there, with its folder', async () => {
    const made = await clans(['lea'], { [LEA]: MODULE.replace('  services', `  ${SEED}\n  services`) });
    const { code, stdout, stderr } = await made.run(['convert', 'mail']);
    expect([code, stdout, stderr]).toEqual([
      0,
      expect.stringContaining('removed sops/secrets/mail'),
      expect.stringContaining('1 secret converted'),
    ]);
    expect(await get(made, 'lea', 'mail/mail')).toBe(CANARY);
    expect(existsSync(join(made.root, 'sops/secrets/mail'))).toBe(false);
    expect(made.text(LEA)).toContain('files.mail.owner = "postfix";');
  });

  it('stays where clan gives it to others too', async () => {
    const files = { [LEA]: MODULE.replace('  services', `  ${SEED}\n  services`), [NOA]: `{ ${SEED} }\n` };
    const made = await clans(['lea', 'noa'], files);
    const { code, stderr } = await made.run(['convert', 'mail']);
    expect([code, stderr]).toEqual([
      0,
      expect.stringContaining('sops/secrets/mail/secret stays: clan also gives it to machine noa.'),
    ]);
    expect(existsSync(join(made.root, 'sops/secrets/mail/secret'))).toBe(true);
  });

  it('is not converted where a machine reads it that does not declare it', async () => {
    const reading = `{ config, ... }: { ${SEED} services.a.file = config.sops.secrets.mail.path; }\n`;
    const made = await clans(['lea', 'noa'], {
      [LEA]: MODULE.replace('  services', `  ${SEED}\n  services`),
      [NOA]: reading,
    });
    const { code, stderr } = await made.run(['convert', 'mail']);
    expect([code, stderr]).toEqual([
      1,
      expect.stringContaining('is read on machine noa, which clan gives it without a declaration'),
    ]);
  });

  it('is declared where all read it, if no module does', async () => {
    const common = '{ config, ... }:\n{\n  services.a.file = config.sops.secrets.mail.path;\n}\n';
    const machine = `{\n  imports = [ ../../modules/common.nix ];\n  ${SEED}\n}\n`;
    const reading = machine
      .replace('{', '{ config, ... }: {')
      .replace('  clan', '  b = config.sops.secrets.mail.path;\n  clan');
    const files = { [LEA]: machine, [NOA]: reading, [COMMON]: common };
    const made = await clans(['lea', 'noa'], files);
    const { code, stderr } = await made.run(['convert', '--all']);
    expect([code, stderr]).toEqual([0, expect.stringContaining('1 secret converted')]);
    expect(made.text(COMMON)).toBe(`{ config, ... }:
{
  services.a.file = config.clan.core.vars.generators.mail.files.mail.path;

  clan.core.vars.generators.mail = {
    share = true;
    prompts.mail = {
      type = "hidden";
      persist = true;
    };
  };
}
`);
    expect(made.text(NOA)).toContain('b = config.clan.core.vars.generators.mail.files.mail.path;');
    for (const one of ['lea', 'noa']) expect(await get(made, one, 'mail/mail')).toBe(CANARY);
    expect(existsSync(join(made.root, 'sops/secrets/mail'))).toBe(false);
  });

  it('and read by machines that have no module in common stays', async () => {
    const reading = `{ config, ... }: { ${SEED} services.a.file = config.sops.secrets.mail.path; }\n`;
    const made = await clans(['lea', 'noa'], { [LEA]: reading, [NOA]: reading });
    expect((await made.run(['convert', '--all'])).stderr).toContain(
      'write sops.secrets.mail = { }; into a module of all machines that read it',
    );
  });
});

describe('a secret of agenix', () => {
  const MODULE = `{ config, ... }:
{
  age.secrets.wifi = { file = ../../secrets/wifi.age; owner = "ada"; };
  services.a.file = config.age.secrets.wifi.path;
}
`;
  const agenix = (recipient: string) =>
    sopsFleet({
      [LEA]: MODULE,
      'secrets/secrets.nix': `{\n  "wifi.age".publicKeys = [ "${recipient}" ];\n}\n`,
    });

  it('is opened with an age key', async () => {
    const other = await generateKeyPair();
    const made = await agenix(other.recipient);
    write(made.root, 'secrets/wifi.age', await encryptTo([other.recipient], Buffer.from(CANARY), null));
    write(made.home, 'own-key', other.secret);
    made.git('add', '-A');
    const closed = await made.run(['convert', 'wifi']);
    expect([closed.code, closed.stderr]).toEqual([1, expect.stringContaining('--identity FILE')]);
    expect(made.text(LEA)).toBe(MODULE);
    const { code, stdout, stderr } = await made.run(['convert', 'wifi', '-i', join(made.home, 'own-key')]);
    expect([code, stdout]).toEqual([0, expect.stringContaining('removed secrets/wifi.age')]);
    expect(stderr).toContain('its rule is in secrets/secrets.nix:2');
    expect(made.text(LEA)).toContain('files.wifi.owner = "ada";');
    expect(made.text(LEA)).toContain('config.clan.core.vars.generators.wifi.files.wifi.path');
    expect(await get(made, 'lea', 'wifi/wifi')).toBe(CANARY);
    expect(everyText(made.root)).not.toContain(CANARY);
  });

  it.skipIf(!hasAge)('is opened with an ssh key, by the age command', async () => {
    const made = await agenix('ssh');
    mkdirSync(join(made.home, '.ssh'));
    const key = join(made.home, '.ssh/id_ed25519');
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', key]);
    const file = execFileSync('age', ['-R', `${key}.pub`], { input: CANARY });
    writeFileSync(join(made.root, 'secrets/wifi.age'), file);
    made.git('add', '-A');
    const none = { PATH: join(made.home, 'nowhere') };
    const without = await made.run(['convert', 'wifi', '--dry-run'], { env: none });
    expect([without.code, without.stderr]).toEqual([1, expect.stringContaining('needs the "age" command')]);
    const { code } = await made.run(['convert', 'wifi']);
    expect(code).toBe(0);
    expect(await get(made, 'lea', 'wifi/wifi')).toBe(CANARY);
  });
});

describe('stays as it is, with the reason,', () => {
  const module = (body: string) => `{ config, lib, pkgs, ... }:\n{\n${body}\n}\n`;
  const own = 'sopsFile = ../../secrets/lea.yaml;';
  it.each([
    [
      'a secret in a template',
      `  sops.secrets.other.${own}\n  sops.templates.t.content = "x=\${config.sops.placeholder.other}";`,
      /"other" is used in a template as sops\.placeholder, which has no equivalent for vars \(.*:4\)/,
    ],
    [
      'one with a path of its own',
      `  sops.secrets.other = { ${own} path = "/x"; };`,
      /"other" sets "path", which a var does not have/,
    ],
    [
      'one that is read by its path',
      `  sops.secrets.other.${own}\n  services.a.file = "/run/secrets/other";`,
      /"other" is read by its path, \/run\/secrets\/other \(.*:4\)/,
    ],
    [
      'one that is handed on',
      `  sops.secrets.other.${own}\n  services.a = config.sops.secrets.other;`,
      /"other" is passed on as a whole/,
    ],
    [
      'one whose options are computed',
      `  sops.secrets.other = lib.genAttrs [ "sopsFile" ] (_: ../../secrets/lea.yaml);`,
      /"other" is /,
    ],
    [
      'one without a key',
      `  sops.secrets.late.${own}`,
      /"late" has the key "late", which secrets\/lea\.yaml does not have/,
    ],
    [
      'one that is called like a generator',
      `  sops.secrets.other.${own}\n  clan.core.vars.generators.other = { files.x = { }; script = "date > $out/x"; };`,
      /"other" would have the same name as an existing generator, "other"/,
    ],
    [
      'a whole file',
      `  sops.secrets.other = { ${own} key = ""; };`,
      /"other" is the whole of secrets\/lea\.yaml/,
    ],
    [
      'one whose name clan does not take',
      `  sops.secrets."a@b" = { ${own} key = "other"; };`,
      /"a@b" cannot be the name of a generator.*choose one with --name/,
    ],
  ])('%s', async (_, body, message) => {
    const made = await two({ [LEA]: module(body) });
    const named = /"([^"]+)"/.exec(message.source.replaceAll('\\', ''))?.[1] ?? '';
    const { code, stderr } = await made.run(['convert', named]);
    expect([code, stderr]).toEqual([1, expect.stringMatching(message)]);
    expect(stderr).toContain('Nothing was changed.');
    expect(status(made)).toEqual([]);
    // Beside others it is left out.
    const all = await made.run(['convert', '--all', '--dry-run']);
    expect([all.code, all.stderr]).toEqual([0, expect.stringMatching(message)]);
  });

  it('a value of bytes that are no text', async () => {
    const made = await two({
      [NOA]:
        '{ config, ... }: {\n  sops.secrets.blob = { sopsFile = ../../secrets/blob; format = "binary"; };\n}\n',
    });
    const input = Buffer.from([0xff, 0xfe, 0]);
    await made.run(['add', 'sops', 'x', '--file', 'secrets/blob', '--module', COMMON], { input });
    made.git('checkout', '-q', 'HEAD', '--', COMMON);
    const { code, stderr } = await made.run(['convert', 'blob']);
    expect([code, stderr]).toEqual([1, expect.stringContaining('"blob" is not text in secrets/blob')]);
    expect(existsSync(join(made.root, 'vars'))).toBe(false);
  });

  it('a damaged file', async () => {
    const made = await two();
    const text = made.text('secrets/lea.yaml');
    for (const broken of [text.slice(0, text.length / 2), text.replace('data:', 'data:AA')]) {
      write(made.root, 'secrets/lea.yaml', broken);
      const { code, stderr } = await made.run(['convert', 'other']);
      expect([code, stderr]).toEqual([1, expect.stringContaining('secrets/lea.yaml')]);
      expect(stderr).not.toContain(CANARY);
      expect([made.text(LEA), made.text('secrets/lea.yaml')]).toEqual([LEA_TEXT, broken]);
    }
  });

  it.each(['damaged', 'for somebody else'])(
    'a file that is %s, beside others that are converted',
    async how => {
      const made = await two();
      const text =
        how === 'damaged'
          ? made.text('secrets/lea.yaml').replace('data:', 'data:AA')
          : (await two()).text('secrets/lea.yaml');
      write(made.root, 'secrets/lea.yaml', text);
      const dry = await made.run(['convert', '--all', '--dry-run', '--json']);
      expect([dry.code, JSON.parse(dry.stdout).unreadable]).toEqual([0, ['secrets/lea.yaml']]);
      const { code, stdout, stderr } = await made.run(['convert', '--all']);
      expect([code, stderr]).toEqual([1, expect.stringContaining('Left as it is: "other" cannot be read: ')]);
      expect(stderr).toContain(
        '1 file could not be read (secrets/lea.yaml): what is kept there is left as it is.',
      );
      expect(stdout).toContain('stored shared/password/password for lea, noa');
      expect([made.text(LEA), made.text('secrets/lea.yaml')]).toEqual([LEA_TEXT, text]);
      expect(await get(made, 'noa', 'password/password')).toBe('p');
      // With nothing else to convert it fails as it does for one that is named.
      const alone = await made.run(['convert', '--all']);
      expect([alone.code, alone.stderr]).toEqual([1, expect.stringContaining('secrets/lea.yaml')]);
    },
  );

  it('what others still read', async () => {
    const made = await two({
      [NOA]:
        '{\n  imports = [ ../../modules/common.nix ];\n  sops.secrets.again = { key = "key"; path = "/x"; };\n}\n',
    });
    const { code, stderr } = await made.run(['convert', 'key']);
    expect([code, stderr]).toEqual([
      0,
      expect.stringContaining(`The key "key" of ${SECRETS} stays: "again" reads it (${NOA}:3).`),
    ]);
    expect(Object.keys(await made.values(SECRETS))).toEqual(['password', 'key']);
  });

  it('a name that is not there, with the nearest', async () => {
    const made = await two();
    const { code, stderr } = await made.run(['convert', 'api/tokn']);
    expect([code, stderr]).toEqual([2, expect.stringContaining('Did you mean "api/token"?')]);
  });

  it('a value that is stored already', async () => {
    const made = await two();
    const place = 'vars/per-machine/lea/other/other/secret';
    write(made.root, place, '{}');
    const { code, stderr } = await made.run(['convert', 'other']);
    expect([code, stderr]).toEqual([1, expect.stringContaining('where another value is stored already')]);
    expect(readFileSync(join(made.root, place), 'utf8')).toBe('{}');
  });

  it('unless it is the same value, as a run leaves it that was cut off', async () => {
    const made = await two();
    await made.run(['convert', 'api/token', '--keep-old']);
    made.git('checkout', '-q', 'HEAD', '--', LEA);
    const { code, stderr } = await made.run(['convert', 'api/token']);
    expect([code, stderr]).toEqual([0, expect.stringContaining('1 secret converted')]);
    expect(await made.values('secrets/lea.yaml')).toEqual({ other: 'o' });
  });

  it('everything where there is no clan', async () => {
    const made = await two({ 'flake.nix': '{ outputs = _: { nixosConfigurations.lea = 1; }; }\n' });
    const { code, stderr } = await made.run(['convert', '--all']);
    expect([code, stderr]).toEqual([1, expect.stringContaining('There is no clan here that reads vars')]);
  });
});
