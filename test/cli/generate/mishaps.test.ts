/**
 * Systems and moments that generation is not made for: no memory file system, a full disk, a tree that cannot be
 * written to, others who write at the same time, and `kill -9` at every step that is seen from outside.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { describe, expect, it } from 'vitest';
import { findSandbox } from '../../../server/src/host/sandbox/find-sandbox.ts';
import { contentsOf } from '../../host/folders.ts';
import { isWhole, strideOf } from '../../support/runs.ts';
import { write } from '../../workspace/support.ts';
import { fleet, type GeneratingFleet } from '../generating-fleet.ts';
import { type OutsideFleet, OWN_KINDS, outsideFleet } from '../outside-stores.ts';
import { buildProgram, everythingIn, programPath, start, temporary } from '../program.ts';

const found = await findSandbox(process.platform, ['/usr/bin', '/bin']);
const bwrap = 'sandbox' in found && found.sandbox.kind === 'bwrap' ? found.sandbox.path : null;

buildProgram();

const GENERATOR =
  'g = { files.secret = { }; files.open.secret = false; script = "printf canary-mishap > $out/secret; head -c 100000 /dev/zero | tr \'\\\\0\' x > $out/open"; };';

/**
 * Runs the program where some of the system is another one.
 *
 * @param mounts arguments of bubblewrap
 * @param args perhaps with what is on standard input before them
 */
function runIn(
  made: GeneratingFleet & Partial<OutsideFleet>,
  mounts: readonly string[],
  ...args: readonly (string | { readonly input: string })[]
) {
  const words = args.filter(one => typeof one === 'string');
  const box = ['--dev-bind', '/', '/', ...mounts, '--', process.execPath, programPath(), ...words];
  const { status, stdout, stderr } = spawnSync(bwrap as string, box, {
    cwd: made.root,
    encoding: 'utf8',
    ...args.find(one => typeof one !== 'string'),
    env: {
      HOME: made.home,
      PATH: process.env.PATH,
      TMPDIR: temporary(made),
      GIT_CONFIG_GLOBAL: join(made.home, '.gitconfig'),
      ...made.env,
    },
  });
  return { code: status, stdout, stderr };
}

// What is mounted here takes bubblewrap; scripts then run without a box of their own.
if (bwrap !== null)
  describe('a system', () => {
    it('without a file system in memory keeps plaintexts in a folder of its own, and says so', async () => {
      const made = await fleet({ m: GENERATOR });
      const shm = join(made.home, '../shm');
      mkdirSync(shm);
      const { code, stderr } = runIn(made, ['--bind', shm, '/dev/shm'], 'generate', '--no-sandbox');
      expect([code, stderr]).toEqual([
        0,
        expect.stringContaining('secrets were on a disk while programs read them'),
      ]);
      expect(everythingIn(shm) + everythingIn(temporary(made))).toBe('');
      expect((await made.run(['get', 'm', 'g/secret'])).stdout).toBe('canary-mishap');
    });

    it.each([
      [
        'what a script has failed over',
        'g = { files.s = { }; script = "false"; };',
        ['generate', '--no-sandbox'],
      ],
      ['what is only tried', GENERATOR, ['try', 'g', '--no-sandbox']],
    ])('without one says so of %s too', async (_, generator, args) => {
      const made = await fleet({ m: generator });
      const shm = join(made.home, '../shm');
      mkdirSync(shm);
      expect(runIn(made, ['--bind', shm, '/dev/shm'], ...args).stderr).toContain('secrets were on a disk');
    });

    it.each(Object.values(OWN_KINDS))('without one says so of what $name is handed', async kind => {
      const made = await outsideFleet(kind, { m: 'g = { files.x = { }; };' });
      const shm = join(made.home, '../shm');
      mkdirSync(shm);
      const set = (...mounts: readonly string[]) =>
        runIn(made, mounts, { input: 'canary-mishap' }, 'set', 'm', 'g/x');
      const { code, stderr } = set('--bind', shm, '/dev/shm');
      expect([code, stderr]).toEqual([0, expect.stringContaining('secrets were on a disk')]);
      expect(everythingIn(shm) + everythingIn(temporary(made))).toBe('');
      expect(set().stderr).toBe('');
    });

    it('with a full disk changes nothing', async () => {
      const made = await fleet({ m: GENERATOR });
      mkdirSync(join(made.root, 'vars'));
      const full = ['--size', '16384', '--tmpfs', join(made.root, 'vars')];
      const { code, stderr } = runIn(made, full, 'generate', '--no-sandbox');
      expect([code, stderr]).toEqual([1, expect.stringContaining('the disk is full. Nothing was changed.')]);
      expect(stderr).not.toContain('canary');
      expect(made.git('log', '--format=%s')).not.toContain('vars: update');
      expect((await made.run(['generate', '--no-sandbox'])).code).toBe(0);
    });

    it('that is read-only says so', async () => {
      const made = await fleet({ m: GENERATOR });
      const { code, stderr } = runIn(made, ['--ro-bind', made.root, made.root], 'generate', '--no-sandbox');
      expect([code, stderr]).toEqual([1, expect.stringContaining('the file system is read-only.')]);
    });

    it('that is read-only says so before anything was ever generated there', async () => {
      const made = await fleet({ m: GENERATOR }, { user: null });
      const { code, stderr } = runIn(made, ['--ro-bind', made.root, made.root], 'keygen');
      expect([code, stderr]).toEqual([
        1,
        expect.stringMatching(/Cannot take the lock .*: the file system is read-only\./),
      ]);
    });
  });

describe('somebody else', () => {
  /** Without a box, a script can do what another program might do meanwhile. */
  const meddling = (what: string) =>
    `a = { files.x.secret = false; files.s = { }; script = "echo a > $out/x; echo a > $out/s"; };
     meddler = { files.y = { }; script = "${what}; echo y > $out/y"; };
     b = { dependencies = [ "a" "meddler" ]; files.z.secret = false; script = "cat $in/a/x > $out/z"; };`;

  it('who takes away what a generator needs is noticed before it runs', async () => {
    const made = await fleet({ m: 'a = { files.x.secret = false; script = "echo a > $out/x"; };' });
    await made.run(['generate', '--no-sandbox']);
    const value = join(made.root, 'vars/per-machine/m/a/x/value');
    made.machine(
      'm',
      `a = { files.x.secret = false; script = "echo a > $out/x"; };
       meddler = { files.y = { }; script = "rm ${value}; echo y > $out/y"; };
       b = { dependencies = [ "a" "meddler" ]; files.z = { }; script = "cat $in/a/x > $out/z"; };`,
    );
    const { code, stderr } = await made.run(['generate', '--no-sandbox']);
    expect([code, stderr]).toEqual([
      1,
      expect.stringContaining('Generator "b" (machine m) needs a/x, which no longer exists.'),
    ]);
    expect(existsSync(join(made.root, 'vars/per-machine/m/b'))).toBe(false);
  });

  it.each([
    ['a public value', 'a/x/value'],
    ['a secret', 'a/s/secret'],
  ])('who stores %s in the meantime does not lose it', async (_, path) => {
    const made = await fleet({ m: '' });
    const theirs = join(made.root, 'vars/per-machine/m', path);
    // What is stored first is stored while the other one runs.
    made.machine(
      'm',
      meddling(`mkdir -p ${join(theirs, '..')}; echo theirs > ${theirs}`).replace(
        'a = {',
        'a = { dependencies = [ "meddler" ];',
      ),
    );
    const { code, stderr } = await made.run(['generate', '--no-sandbox']);
    expect([code, stderr]).toEqual([
      1,
      expect.stringContaining(`vars/per-machine/m/${path} was changed in the meantime.`),
    ]);
    expect(contentsOf(made.root)[`vars/per-machine/m/${path}`]).toBe('theirs\n');
  });
});

/** What no run leaves in git's folder. */
const isLeft = (path: string) => path.startsWith('varsmith/') || path.includes('index.lock');

describe('kill -9', () => {
  it('at any call of git leaves each value old or new, and the next run goes on', async () => {
    const made = await fleet({
      m: 'a = { files.s = { }; files.x.secret = false; script = "printf canary-mishap > $out/s; echo 1 > $out/x"; };',
    });
    const base = join(made.home, '..');
    const git = execFileSync('sh', ['-c', 'command -v git'], { encoding: 'utf8' }).trim();
    write(
      base,
      'bin/git',
      `#!/bin/sh
count=$(($(cat ${base}/count 2>/dev/null || echo 0) + 1))
echo $count > ${base}/count
# The call does not come about: a program that lives on alone would change the repository while it is looked at.
[ "$count" = "$(cat ${base}/at)" ] && { kill -9 "$PPID"; exit 1; }
exec ${git} "$@"
`,
    );
    chmodSync(join(base, 'bin/git'), 0o755);
    const killed = { ...made, env: { PATH: `${base}/bin:${process.env.PATH}` } };
    let moments = 0;
    for (let at = 1; ; at++) {
      write(base, 'at', String(at));
      rmSync(join(base, 'count'), { force: true });
      const run = await start(killed, 'generate', '--no-sandbox', '-g', 'a', '--yes').ended;
      if (run.code === 0) break;
      expect(run.code).toBe('SIGKILL');
      moments++;
      const seen = contentsOf(made.root);
      for (const [path, text] of Object.entries(seen))
        if (/^vars\/.*\/secret$/.test(path)) expect(JSON.parse(text).sops.mac).toMatch(/^ENC/);
      expect(everythingIn(made.root).replace(/printf canary-mishap/g, '')).not.toContain('canary');
      // Whatever it left, somebody who runs it again has everything.
      const next = await start(made, 'generate', '--no-sandbox').ended;
      expect([next.code, next.output]).toEqual([0, expect.any(String)]);
      expect((await start(made, 'verify').ended).code).toBe(0);
      expect(made.git('status', '--porcelain')).toBe('');
      expect(Object.keys(contentsOf(join(made.root, '.git'))).filter(isLeft)).toEqual([]);
      expect((await made.run(['get', 'm', 'a/s'])).stdout).toBe('canary-mishap');
    }
    // Finding the repository, and each step of a commit.
    expect(moments).toBeGreaterThanOrEqual(4);
  });

  it('at one operation after the other of a first run leaves nothing that the next one does not complete', async () => {
    const built = await build({
      entryPoints: [join(import.meta.dirname, '../../host/files/crashing-program.ts')],
      ...{ bundle: true, platform: 'node', format: 'esm', write: false },
    });
    const stride = strideOf(13);
    let killed = 0;
    for (let at = 3; ; at += stride) {
      const made = await fleet({
        m: 'a = { files.s = { }; files.x.secret = false; script = "echo 1 > $out/s; echo 1 > $out/x"; };',
      });
      const script = join(made.home, 'hook.mjs');
      writeFileSync(script, built.outputFiles[0]?.text ?? '');
      const env = {
        ...{ CRASH_AT: String(at), NODE_OPTIONS: `--import=${script}` },
        VARSMITH_NO_CODE_CACHE: '1',
      };
      const { code } = await start({ ...made, env }, 'generate', '--no-sandbox').ended;
      if (code === 0) break;
      expect([code, at]).toEqual(['SIGKILL', at]);
      killed++;
      const next = await made.run(['generate', '--no-sandbox']);
      expect([at, next.code, next.stderr]).toEqual([at, 0, expect.any(String)]);
      expect([at, made.git('status', '--porcelain')]).toEqual([at, '']);
      expect([at, Object.keys(contentsOf(join(made.root, '.git'))).filter(isLeft)]).toEqual([at, []]);
      expect([at, (await made.run(['verify'])).code]).toEqual([at, 0]);
    }
    expect(killed).toBeGreaterThan(isWhole ? 3 : 0);
  });
});
