import { chmodSync, existsSync, readdirSync, statSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ARCHITECTURES, FILTERED } from '../../../scripts/lib/seccomp.mjs';
import { findSandbox } from '../../../server/src/host/sandbox/find-sandbox.ts';
import { DEFAULT_LIMITS, type Limits } from '../../../server/src/host/sandbox/limits.ts';
import { holdsTrace, runScript, type Script } from '../../../server/src/host/sandbox/run-script.ts';
import { openSharedSandbox, type SharedSandbox } from '../../../server/src/host/sandbox/shared-sandbox.ts';
import { describeIf } from '../../conditionally.ts';
import { testFolder } from '../folders.ts';

const PATH = ['/usr/bin', '/bin'];
const CANARY = 'canary-91b2-in-plain';
const found = await findSandbox(process.platform, PATH);
const hasSandbox = 'sandbox' in found;

/** Perl can make any call by its number. */
const canCall = process.arch in FILTERED && existsSync('/usr/bin/perl');

let shared: SharedSandbox;

const bytes = (entries: Readonly<Record<string, string>>) =>
  new Map(Object.entries(entries).map(([name, text]) => [name, Buffer.from(text)]));

function run(text: string | Script['text'], more: Partial<Script> = {}) {
  return runScript({
    text: typeof text === 'string' ? [text] : text,
    commands: new Map(),
    path: PATH,
    bash: '/bin/bash',
    inputs: new Map(),
    prompts: new Map(),
    outputs: [],
    sandbox: 'sandbox' in found ? found.sandbox : null,
    show: [],
    timeLimitMs: 60_000,
    limits: { ...DEFAULT_LIMITS, fileMiB: 1 },
    shared,
    ...more,
  });
}

const textOf = (outputs: ReadonlyMap<string, Buffer>) =>
  Object.fromEntries([...outputs].map(([name, content]) => [name, content.toString()]));

/** Without `cat` there are no shells that start scripts, and each sandbox is made alone. */
const WAYS = [
  { way: 'in a room of all', cat: '/bin/cat' },
  { way: 'alone', cat: null },
];

describe.each(WAYS)('$way', ({ cat }) => {
  beforeAll(async () => {
    shared = await openSharedSandbox({
      bash: '/bin/bash',
      cat,
      sandbox: 'sandbox' in found ? found.sandbox : null,
      limits: DEFAULT_LIMITS,
    });
  });

  afterAll(() => shared.close());

  describe('a script', () => {
    it('reads its inputs and prompts, and its files are taken as bytes', async () => {
      const { outputs, process: ended } = await run(
        'cat "$in/ca/key" "$prompts/name" > "$out/both"; printf "\\0\\377" > "$out/raw"; mkdir $out/sub; echo x > $out/sub/f',
        {
          inputs: new Map([['ca', bytes({ key: 'k\n' })]]),
          prompts: bytes({ name: 'no newline' }),
          outputs: ['both', 'raw', 'sub/f'],
        },
      );
      expect(ended).toMatchObject({ end: 'exit', code: 0 });
      expect(textOf(outputs)).toMatchObject({ both: 'k\nno newline', 'sub/f': 'x\n' });
      expect(outputs.get('raw')).toEqual(Buffer.from([0, 255]));
    });

    it('is told of what it did not write, and of what nobody asked for', async () => {
      const { outputs, missing, undeclared } = await run('echo 1 > $out/a; echo 2 > $out/b; mkdir $out/c', {
        outputs: ['a', 'c', 'd'],
      });
      expect([...outputs.keys()]).toEqual(['a']);
      expect([missing, undeclared]).toEqual([['c', 'd'], { names: ['b'], more: 0 }]);
    });

    it('tells few of many names, and looks into folders only as deep as paths go', async () => {
      const { undeclared } = await run('cd $out; for i in {1..500}; do : > n$i; done');
      expect([undeclared.names.length, undeclared.names[0], undeclared.more]).toEqual([10, 'n1', 490]);
      const deep =
        'cd $out; echo ok > a; for i in {1..250}; do mkdir ddddddddddddddddddd; cd ddddddddddddddddddd; done; : > f';
      const { outputs, undeclared: below, process: ended } = await run(deep, { outputs: ['a'] });
      expect([ended.code, [...outputs.keys()], below.more]).toEqual([0, ['a'], 0]);
      expect(below.names).toEqual([expect.stringMatching(/^(?:d{19}\/)+$/)]);
    });

    it.each([
      ['set -$(printf x); :', true],
      ['eval "set -o xtr""ace"; :', true],
      ['exec 5>&1; set -x; BASH_XTRACEFD=5; :', true],
      ['echo : > other; bash -$(printf x) other', true],
      ['env; export -p; set', false],
      ['echo "+ not traced"', false],
    ])('is known to be traced by what it says: %s', async (text, traced) => {
      expect(holdsTrace((await run(`${text}\nfalse`)).process)).toBe(traced);
    });

    it('ends at the first command that fails, and where a variable is not set', async () => {
      expect((await run('false | cat; echo on > $out/a', { outputs: ['a'] })).process.code).toBe(1);
      const { process: unset } = await run('echo $prompts');
      expect(unset.code).not.toBe(0);
      expect(unset.stderr.toString()).toContain('prompts: unbound variable');
    });

    it('has no standard input to wait for', async () => {
      expect((await run('cat > $out/a', { outputs: ['a'] })).outputs.get('a')?.length).toBe(0);
    });

    it('sees nothing of the environment', async () => {
      process.env.VARSMITH_TEST_CANARY = CANARY;
      try {
        const { outputs } = await run('env > $out/env', { outputs: ['env'] });
        expect(textOf(outputs).env).not.toContain(CANARY);
      } finally {
        delete process.env.VARSMITH_TEST_CANARY;
      }
    });

    it('does not pass on what a link leads to', async () => {
      const { outputs, missing } = await run('ln -s /etc/passwd $out/a; ln -s /etc $out/b', {
        outputs: ['a', 'b/passwd'],
      });
      expect([outputs.size, missing]).toEqual([0, ['a', 'b/passwd']]);
    });

    it('cannot have a link taken for the folder of its files', async () => {
      const outside = testFolder({ key: CANARY });
      chmodSync(outside, 0o755);
      const { outputs, missing } = await run(`rmdir $out; ln -s ${outside} $out`, { outputs: ['key'] });
      expect([outputs.size, missing]).toEqual([0, ['key']]);
      expect(statSync(outside).mode & 0o777).toBe(0o755);
    });

    it('cannot be given files outside of its folders', async () => {
      await expect(run('', { outputs: ['../../x'] })).rejects.toThrow('"../../x" is not the name of a file.');
      await expect(run('', { prompts: bytes({ '../x': '' }) })).rejects.toThrow('is not the name of a file.');
    });
  });

  describe('limits', () => {
    it('a script that takes too long is ended, with all that it started', async () => {
      const { process: ended } = await run('sleep 600 & sleep 600 & wait', { timeLimitMs: 300 });
      expect(ended).toMatchObject({ end: 'timeout', code: null });
    });

    it('a cancelled one as well', async () => {
      const cancel = new AbortController();
      const running = run('echo started >&2; sleep 600', { signal: cancel.signal });
      cancel.abort();
      expect((await running).process.end).toBe('cancelled');
    });

    it('what it leaves running does not keep it from ending', async () => {
      expect((await run('sleep 600 & echo done > $out/a', { outputs: ['a'] })).process).toMatchObject({
        end: 'exit',
        code: 0,
      });
    });

    const small = { ...DEFAULT_LIMITS, fileMiB: 10 / 1024 };

    it('output beyond the limit is dropped, and files cannot grow beyond it', async () => {
      const loud = await run('head -c 100000 /dev/zero', { limits: small });
      expect([loud.process.stdout.length, loud.process.truncated]).toEqual([10_240, true]);
      const large = await run('head -c 100000 /dev/zero > $out/a', {
        limits: small,
        outputs: ['a'],
      });
      expect(large.process.code).not.toBe(0);
    });
  });

  describe('secrecy', () => {
    it('nothing stays behind, however a script ends', async () => {
      // Other tests have folders of their own at the same time, in other processes.
      const mine = `varsmith-${process.pid}.`;
      const traces = () =>
        ['/dev/shm', tmpdir()].flatMap(folder => {
          try {
            const own = readdirSync(folder).filter(name => name.startsWith(mine));
            // A shared sandbox's folder stays as long as it does, and nothing of a script in it.
            return own.flatMap(name => [
              name,
              ...readdirSync(join(folder, name)).filter(part => part.startsWith('part-')),
            ]);
          } catch {
            return [];
          }
        });
      const before = traces();
      const prompts = bytes({ secret: CANARY });
      const cancel = new AbortController();
      const runs = [
        run('cp $prompts/secret $out/a; chmod 000 $out', { prompts, outputs: ['a'] }),
        run('exit 3', { prompts }),
        run('sleep 600', { prompts, timeLimitMs: 200 }),
        run('sleep 600', { prompts, signal: cancel.signal }),
      ];
      cancel.abort();
      await Promise.all(runs);
      expect(traces().filter(name => !before.includes(name))).toEqual([]);
    });
  });

  describeIf(hasSandbox, 'the sandbox', () => {
    it('has no network, no home, and its own /tmp', async () => {
      const outside = testFolder({ file: CANARY });
      const { outputs } = await run(
        `(exec 3<>/dev/tcp/127.0.0.1/80) 2>/dev/null && echo network > $out/net || echo none > $out/net
       ls /tmp > $out/tmp; ls / > $out/root; cat ${outside}/file > $out/leak 2>/dev/null || echo hidden > $out/leak
       tail -n +3 /proc/net/dev | cut -d: -f1 | tr -d ' ' > $out/devices; id -un > $out/user; pwd > $out/pwd`,
        { outputs: ['net', 'tmp', 'root', 'leak', 'devices', 'user', 'pwd'] },
      );
      const seen = textOf(outputs);
      expect(seen).toMatchObject({
        net: 'none\n',
        tmp: 'vars\n',
        leak: 'hidden\n',
        devices: 'lo\n',
        user: 'vars\n',
      });
      expect(seen.root).not.toMatch(/^(home|root|var|run)$/m);
      expect(seen.pwd).toBe('/tmp/vars/work\n');
    });

    it.skipIf(!existsSync('/usr/bin/keytool'))(
      'starts what has its settings below /etc, such as Java',
      async () => {
        const { process: ended, outputs } = await run(
          `keytool -genkeypair -alias a -keyalg EC -dname CN=a -keystore $out/store -storepass abcdef 2>/dev/null
         keytool -list -keystore $out/store -storepass abcdef > $out/list`,
          { outputs: ['store', 'list'] },
        );
        expect([ended.code, ended.stderr.toString()]).toEqual([0, '']);
        expect(textOf(outputs).list).toContain('PrivateKeyEntry');
      },
    );

    it('has nothing below /etc but what programs need', async () => {
      const { outputs } = await run('ls -A /etc > $out/etc; ls -A /etc/* > $out/all 2>&1 || true', {
        outputs: ['etc', 'all'],
      });
      const known =
        /^(passwd|alternatives|ssl|pki|ca-certificates|crypto-policies|java\S*|ld\.so\.(cache|conf|conf\.d)|localtime)$/;
      const names = (textOf(outputs).etc ?? '').trim().split('\n');
      expect(names.filter(name => !known.test(name))).toEqual([]);
    });

    it.skipIf(!canCall)('makes no call to the kernel that leads out or deep into it', async () => {
      const [name] = FILTERED[process.arch as 'x64' | 'arm64'];
      const { refused, absent, byFamily, byFlags } = ARCHITECTURES[name as 'x86_64'];
      const calls = [
        ...Object.entries({ ...refused, ...absent }).map(([call, number]) => [call, number, 0]),
        ['unshare', byFlags.unshare, 0x10000000],
        ...['unix 1', 'inet 2', 'inet6 10', 'netlink 16', 'alg 38', 'vsock 40'].map(one => {
          const [family, number] = one.split(' ');
          return [family, byFamily.socket, number];
        }),
      ];
      const { process: ended, outputs } = await run(
        `${calls.map(([call, number, first]) => `perl -e '$r = syscall(${number}, ${first}, 1, 0, 0, 0); printf "%s %s\\n", "${call}", $r < 0 ? $!+0 : "made"' >> $out/calls`).join('\n')}
         openssl genpkey -algorithm ed25519 > $out/key; getent hosts localhost > $out/host || true`,
        { outputs: ['calls', 'key', 'host'] },
      );
      expect([ended.code, ended.stderr.toString()]).toEqual([0, '']);
      const said = Object.fromEntries(
        (textOf(outputs).calls ?? '')
          .trim()
          .split('\n')
          .map(line => line.split(' ')),
      );
      const all = (names: readonly string[], what: number | string) =>
        Object.fromEntries(names.map(one => [one, `${what}`]));
      expect(said).toEqual({
        ...all([...Object.keys(refused), 'unshare'], constants.errno.EPERM),
        ...all(Object.keys(absent), constants.errno.ENOSYS),
        ...all(['netlink', 'alg', 'vsock'], constants.errno.EAFNOSUPPORT),
        ...all(['unix', 'inet', 'inet6'], 'made'),
      });
    });

    it('tells nothing of the keys of the login', async () => {
      const { outputs } = await run(
        'for file in /proc/keys /proc/key-users; do cat $file >> $out/seen 2>/dev/null || echo closed >> $out/seen; done',
        { outputs: ['seen'] },
      );
      expect(textOf(outputs).seen).toBe('closed\nclosed\n');
    });

    it.skipIf(!existsSync('/usr/bin/perl'))('takes no more of the machine than it may', async () => {
      const tried = async (text: string, limits: Partial<Limits>) => {
        const { process: ended } = await run(text, { limits: { ...DEFAULT_LIMITS, ...limits } });
        return `${ended.code} ${ended.stdout}`;
      };
      const grow = `perl -e '$x = "a" x (300 << 20); print "grown"' || printf ended`;
      expect(await tried(grow, {})).toBe('0 grown');
      expect(await tried(grow, { memoryMiB: 100 })).toBe('0 ended');
      const fork = `perl -e 'for (1..40) { my $p = fork; defined $p or exit 9; if (!$p) { sleep 600 } } print "forked"'`;
      expect(await tried(fork, {})).toBe('0 forked');
      const isCounted = 'sandbox' in found && found.sandbox.guards.countsProcesses;
      expect(await tried(fork, { processes: 20 })).toBe(isCounted ? '9 ' : '0 forked');
      expect(await tried('ulimit -Hn; ulimit -c', { openFiles: 99 })).toBe('0 99\n0\n');
    });

    it('fills no memory by its own folders', async () => {
      const fill = (folder: string) => `for i in 1 2 3; do head -c 600000 /dev/zero > ${folder}/$i; done`;
      const limits = { ...DEFAULT_LIMITS, temporaryMiB: 1 };
      const sandbox = 'sandbox' in found ? found.sandbox : null;
      const small = await openSharedSandbox({ bash: '/bin/bash', cat, sandbox, limits });
      for (const folder of ['/tmp', '/dev/shm']) {
        expect((await run(fill(folder))).process.code).toBe(0);
        const { process: full } = await run(fill(folder), { shared: small });
        expect([full.code, full.stderr.toString()]).toEqual([1, expect.stringContaining('No space left')]);
      }
      await small.close();
    });

    it('writes nowhere but to its own folders', async () => {
      const { process: ended } = await run(
        'for folder in / /dev /etc /usr /proc /tmp/vars/bin; do : 2>/dev/null > $folder/made && echo $folder; done || true',
      );
      expect([ended.code, ended.stdout.toString()]).toEqual([0, '']);
    });

    it('changes no setting of the kernel', async () => {
      // What is there is written back: where a write succeeds, nothing is another than before.
      const { process: ended, outputs } = await run(
        `
        for setting in /proc/sys/kernel/core_pattern /proc/sys/vm/overcommit_memory /proc/self/oom_score_adj; do
          read -r value < "$setting" || continue
          if printf %s "$value" 2>/dev/null > "$setting"; then echo "$setting"; fi
        done > "$out/written" 2>/dev/null`,
        { outputs: ['written'] },
      );
      expect([ended.code, textOf(outputs)]).toEqual([0, { written: '' }]);
    });

    it('shows the system read-only', async () => {
      const { process: ended } = await run('echo x > /usr/varsmith-test');
      expect(ended.stderr.toString()).toContain('Read-only file system');
    });

    it('ends processes that leave their group', async () => {
      const { process: ended } = await run('setsid sleep 600 & disown; sleep 600', { timeLimitMs: 300 });
      expect(ended.end).toBe('timeout');
    });
  });
});

describe('where there is no sandbox', () => {
  it('the reason is given', async () => {
    expect(await findSandbox('win32', PATH)).toEqual({ problem: 'there is none for win32' });
    expect(await findSandbox('linux', [])).toEqual({
      problem: 'bubblewrap (the command "bwrap") is not installed',
    });
  });

  it('a script runs all the same when that is asked for', async () => {
    shared = await openSharedSandbox({
      bash: '/bin/bash',
      cat: '/bin/cat',
      sandbox: null,
      limits: DEFAULT_LIMITS,
    });
    const { outputs } = await run('echo "${PWD##*/}" > $out/a', { sandbox: null, outputs: ['a'] });
    expect(textOf(outputs)).toEqual({ a: 'work\n' });
    await shared.close();
  });
});
