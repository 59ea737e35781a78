import { spawn } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { findSandbox, type SandboxProgram } from '../../../server/src/host/sandbox/find-sandbox.ts';
import { DEFAULT_LIMITS } from '../../../server/src/host/sandbox/limits.ts';
import { isRoot } from '../../../server/src/host/sandbox/other-user.ts';
import { runScript, type Script } from '../../../server/src/host/sandbox/run-script.ts';
import { makeRunners } from '../../../server/src/host/sandbox/runner.ts';
import { openSharedSandbox } from '../../../server/src/host/sandbox/shared-sandbox.ts';
import { describeIf } from '../../conditionally.ts';
import { testFolder } from '../folders.ts';

const BASH = '/bin/bash';
const LIMITS = { timeLimitMs: 60_000, outputLimitBytes: 100_000 };
const found = await findSandbox(process.platform, ['/usr/bin', '/bin']);
const sandbox: SandboxProgram | null = 'sandbox' in found ? found.sandbox : null;

function runnersHere() {
  const folder = testFolder();
  const runners = makeRunners({ bash: BASH, cat: '/bin/cat', before: [], folder, seen: folder });
  onTestFinished(() => runners.close());
  const bash = (text: string, more: Partial<typeof LIMITS & { signal: AbortSignal }> = {}) =>
    runners.run(BASH, ['--norc', '-c', text], { ...LIMITS, ...more });
  return { runners, bash, folder };
}

/** A process that has ended, though perhaps nobody has asked for its code yet. */
function isGone(pid: number): boolean {
  try {
    return / Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/\(.*\)/, ''));
  } catch {
    return true;
  }
}

/** Waits for a file that a script writes as a whole. */
async function pidsIn(file: string): Promise<number[]> {
  await vi.waitUntil(() => existsSync(file), { timeout: 240_000 });
  return readFileSync(file, 'utf8').trim().split(' ').map(Number);
}

const WITH_PIDS = (file: string) =>
  `sleep 600 & echo "$$ $! $PPID" > ${file}.new; mv ${file}.new ${file}; wait`;

describe('a runner', () => {
  it('gives each program its own output and code, one after the other', async () => {
    const { bash } = runnersHere();
    const first = await bash('echo out; echo err >&2; exit 7');
    const second = await bash('printf "no end of line"');
    expect(first).toMatchObject({ end: 'exit', code: 7, signal: null, truncated: false });
    expect([first?.stdout.toString(), first?.stderr.toString()]).toEqual(['out\n', 'err\n']);
    expect([second?.stdout.toString(), second?.stderr.toString()]).toEqual(['no end of line', '']);
  });

  it('gives outputs that a program may open by name', async () => {
    const result = await runnersHere().bash(
      'echo out > /dev/stdout; echo one > /dev/stderr; echo two >> /dev/stderr',
    );
    expect([result?.code, result?.stdout.toString(), result?.stderr.toString()]).toEqual([
      0,
      'out\n',
      'one\ntwo\n',
    ]);
  });

  it('gives each program pipes of its own, whose state nobody after it sees', async () => {
    const { runners } = runnersHere();
    const perl = (text: string) => runners.run('/usr/bin/perl', ['-MFcntl', '-e', text], LIMITS);
    const state =
      'printf STDOUT "%o %d %d %o\\n", fcntl($_, 3, 0), fcntl($_, 11, 0), fcntl($_, 1032, 0), (stat $_)[2] for *STDOUT, *STDERR;';
    const before = (await perl(state))?.stdout.toString();
    const changed = await perl(
      `for (*STDOUT, *STDERR) { fcntl($_, F_SETFL, fcntl($_, F_GETFL, 0) | O_NONBLOCK); fcntl($_, 10, 37); fcntl($_, 1031, 8192); chmod 0, $_ } ${state}`,
    );
    expect([changed?.code, changed?.stdout.toString()]).toEqual([
      0,
      expect.not.stringContaining(before ?? ''),
    ]);
    expect((await perl(state))?.stdout.toString()).toBe(before);
    const long = await perl('for (*STDOUT, *STDERR) { print $_ "x" x 90_000 or die; close $_ or die }');
    expect([long?.code, long?.stdout.length, long?.stderr.length]).toEqual([0, 90_000, 90_000]);
  });

  it('is none where nothing can forward outputs', async () => {
    const folder = testFolder();
    const runners = makeRunners({ bash: BASH, cat: null, before: [], folder, seen: folder });
    expect(await runners.run('/bin/true', [], LIMITS)).toBeNull();
  });

  it('runs many side by side', async () => {
    const { bash } = runnersHere();
    const numbers = Array.from({ length: 20 }, (_, i) => i);
    const results = await Promise.all(numbers.map(i => bash(`echo ${i}; exit ${i}`)));
    expect(results.map(one => [one?.code, one?.stdout.toString()])).toEqual(numbers.map(i => [i, `${i}\n`]));
  });

  it('hands on arguments of any kind, and bytes of any kind', async () => {
    const { runners, bash } = runnersHere();
    const args = ['', ' ', '-n', "it's", '"$HOME"', '`id`', 'two\nlines', '\\', '*', 'ä€😀', '$(exit 1)'];
    const echo = await runners.run(BASH, ['-c', 'printf "%s\\0" "$@"', 'x', ...args], LIMITS);
    expect(echo?.stdout.toString().split('\0').slice(0, -1)).toEqual(args);
    const raw = await bash('printf "\\0\\377\\n\\0"');
    expect(raw?.stdout).toEqual(Buffer.from([0, 255, 10, 0]));
  });

  it('gives nothing of our environment, and no standard input to wait for', async () => {
    process.env.VARSMITH_TEST_CANARY = 'canary-5d';
    onTestFinished(() => void delete process.env.VARSMITH_TEST_CANARY);
    const { runners } = runnersHere();
    const env = await runners.run('/usr/bin/env', [], LIMITS);
    expect(env?.stdout.toString()).toBe('_=/usr/bin/env\n');
    expect((await runners.run('/bin/cat', [], LIMITS))?.stdout.length).toBe(0);
  });

  it.each([999, 1000, 1001, 1034, 1035, 100_000])('cuts output of %i bytes at the limit', async size => {
    const { bash } = runnersHere();
    const text = `head -c ${size} /dev/zero | tr "\\0" x; head -c 10 /dev/zero >&2`;
    const cut = await bash(text, { outputLimitBytes: 1000 });
    expect(cut?.stdout).toEqual(Buffer.alloc(Math.min(size, 1000), 'x'));
    expect([cut?.truncated, cut?.stderr.length]).toEqual([size > 1000, 10]);
    expect((await bash('echo next'))?.stdout.toString()).toBe('next\n');
  });

  it('that is cancelled, or takes too long, ends the program with all that it has started', async () => {
    const { bash, folder } = runnersHere();
    const cancel = new AbortController();
    const running = bash(`echo said; ${WITH_PIDS(join(folder, 'a'))}`, { signal: cancel.signal });
    const pids = await pidsIn(join(folder, 'a'));
    cancel.abort();
    expect(await running).toMatchObject({ end: 'cancelled', code: null });
    await vi.waitUntil(() => pids.every(isGone), { timeout: 240_000 });
    expect(await bash('sleep 600', { timeLimitMs: 100 })).toMatchObject({ end: 'timeout', code: null });
    expect((await bash('echo on'))?.stdout.toString()).toBe('on\n');
  });

  it('is not even asked where it was cancelled before', async () => {
    const { bash } = runnersHere();
    expect((await bash('exit 0', { signal: AbortSignal.abort() }))?.end).toBe('cancelled');
  });

  it('that somebody ends is named, and the next program has another', async () => {
    const { bash } = runnersHere();
    await bash('true');
    await expect(bash('kill -KILL $PPID; sleep 600')).rejects.toThrow(
      'The process that starts scripts was ended (SIGKILL), and the script with it. Try again.',
    );
    expect((await bash('echo on'))?.stdout.toString()).toBe('on\n');
  });

  it('says nothing by itself of a program that dies of a signal', async () => {
    const { bash } = runnersHere();
    const died = await bash('echo last words; kill -KILL $$');
    expect([died?.code, died?.stdout.toString(), died?.stderr.toString()]).toEqual([137, 'last words\n', '']);
  });

  it('names a program that does not exist', async () => {
    const { runners } = runnersHere();
    await expect(runners.run('/no/such/program', [], LIMITS)).rejects.toThrow(
      'The command "/no/such/program" was not found.',
    );
  });

  it('is none where there is no Bash that can be one', async () => {
    const folder = testFolder({ 'old-bash': '#!/bin/sh\nexit 2\n' });
    for (const bash of [join(folder, 'nothing'), '/bin/false']) {
      const runners = makeRunners({ bash, cat: '/bin/cat', before: [], folder, seen: folder });
      expect(await runners.run('/bin/true', [], LIMITS)).toBeNull();
      await runners.close();
    }
  });

  it.skipIf(!existsSync('/proc/self/stat'))('is gone with its program when we are killed', async () => {
    const folder = testFolder();
    const child = join(folder, 'child.mjs');
    const built = await build({
      entryPoints: [join(__dirname, 'runner-child.ts')],
      bundle: true,
      platform: 'node',
      format: 'esm',
      write: false,
    });
    writeFileSync(child, built.outputFiles[0]?.text ?? '');
    const started = spawn(process.execPath, [child, folder, BASH, WITH_PIDS(join(folder, 'pids'))]);
    const pids = await pidsIn(join(folder, 'pids'));
    started.kill('SIGKILL');
    expect(pids).toHaveLength(3);
    await vi.waitUntil(() => pids.every(isGone), { timeout: 240_000 });
  });
});

describeIf(sandbox !== null, 'a workshop', () => {
  async function workshopHere() {
    const shared = await openSharedSandbox({ bash: BASH, cat: '/bin/cat', sandbox, limits: DEFAULT_LIMITS });
    let isOpen = true;
    const close = async () => {
      if (isOpen) await shared.close();
      isOpen = false;
    };
    onTestFinished(close);
    const run = (text: string, more: Partial<Script> = {}) =>
      runScript({
        text: [text],
        commands: new Map(),
        path: ['/usr/bin', '/bin'],
        bash: BASH,
        inputs: new Map(),
        prompts: new Map(),
        outputs: [],
        sandbox,
        show: [],
        timeLimitMs: 60_000,
        limits: { ...DEFAULT_LIMITS, fileMiB: 1 },
        shared,
        ...more,
      });
    return { run, close };
  }

  it('shows a script nothing of those before and beside it', async () => {
    const { run } = await workshopHere();
    const leave = 'echo canary > /tmp/left; echo canary > /dev/shm/left; echo canary > $out/left';
    await run(leave);
    const cancel = new AbortController();
    const beside = run(`${leave}; sleep 600`, { signal: cancel.signal });
    const { process: looked } = await run(
      '(find / -name left -not -path "/proc/*" 2>/dev/null || true); ls -A /tmp /dev/shm',
    );
    cancel.abort();
    expect([looked.code, looked.stdout.toString()]).toEqual([0, '/dev/shm:\n\n/tmp:\nvars\n']);
    expect((await beside).process.end).toBe('cancelled');
  });

  it('hears nothing of what a script has left running', async () => {
    const { run } = await workshopHere();
    await run('(trap "" HUP; while :; do echo noise; done) & echo done');
    const quiet = await run('echo quiet');
    expect(quiet.process.stdout.toString()).toBe('quiet\n');
  });

  it.skipIf(!sandbox?.guards.lastNamespace)(
    'lets no script make a user namespace, also without a filter',
    async () => {
      const unfiltered = sandbox && { ...sandbox, guards: { ...sandbox.guards, filter: null } };
      for (const cat of ['/bin/cat', null]) {
        const shared = await openSharedSandbox({
          bash: BASH,
          cat,
          sandbox: unfiltered,
          limits: DEFAULT_LIMITS,
        });
        onTestFinished(() => shared.close());
        const { run } = await workshopHere();
        const { process: tried } = await run('unshare --user true', { shared, sandbox: unfiltered });
        expect([tried.code, tried.stderr.toString()]).toEqual([
          1,
          expect.stringContaining('No space left on device'),
        ]);
      }
    },
  );

  it.skipIf(!isRoot()).each(['/bin/cat', null])(
    'of root runs scripts as nobody (their output by %s)',
    async cat => {
      const shared = await openSharedSandbox({ bash: BASH, cat, sandbox, limits: DEFAULT_LIMITS });
      onTestFinished(() => shared.close());
      const scratch = shared.scratch();
      for (const name of ['bin', 'work', 'out']) mkdirSync(join(scratch.path, name));
      const own = { scratch: scratch.path, bin: shared.bin(new Map()), readOnly: [], shown: [] };
      const command = [BASH, '-c', ': > ../out/file'];
      await shared.runSandboxed(sandbox?.path as string, own, { env: {}, command }, LIMITS);
      expect(sandbox?.user).toBeGreaterThan(60_000);
      expect(statSync(join(scratch.path, 'out/file')).uid).toBe(sandbox?.user);
      // What only root may read of the system's folders, in a file that everybody has.
      const { run } = await workshopHere();
      const shadow = testFolder({ key: 'canary' });
      chmodSync(join(shadow, 'key'), 0o600);
      chmodSync(shadow, 0o755);
      const shown = await run(`cat ${shadow}/key || echo closed`, { shared, show: [shadow] });
      expect(shown.process.stdout.toString()).toBe('closed\n');
    },
  );

  it.skipIf(!isRoot())('of root says which folder is closed to scripts, and what to do', async () => {
    const { run } = await workshopHere();
    const folder = testFolder({ 'closed/store/tool': '' });
    chmodSync(folder, 0o755);
    chmodSync(join(folder, 'closed'), 0o700);
    await expect(run('true', { show: [join(folder, 'closed/store')] })).rejects.toThrow(
      `who cannot access ${folder}/closed/store: ${folder}/closed is closed to others. Run Varsmith as an ordinary user`,
    );
  });

  it.skipIf(!isRoot())('of root shows files of the repository that only root may read', async () => {
    const { run } = await workshopHere();
    const root = testFolder({
      'make.sh': 'echo made',
      'parts/a': 'one',
      'parts/link': '',
    });
    rmSync(join(root, 'parts/link'));
    symlinkSync('a', join(root, 'parts/link'));
    for (const path of ['make.sh', 'parts/a']) chmodSync(join(root, path), 0o600);
    for (const path of ['parts', '']) chmodSync(join(root, path), 0o700);
    const { process: made } = await run('', {
      text: [
        'bash ',
        { from: join(root, 'make.sh'), root },
        '; cat ',
        { from: join(root, 'parts'), root },
        '/link',
      ],
    });
    expect(made.stdout.toString()).toBe('made\none');
  });

  it('shows files of the repository in a box of its own', async () => {
    const { run } = await workshopHere();
    const root = testFolder({ 'make.sh': 'echo made' });
    const { process: made } = await run('', {
      text: ['bash ', { from: join(root, 'make.sh'), root }],
    });
    expect([made.code, made.stdout.toString()]).toEqual([0, 'made\n']);
  });

  it('gives each script the commands that are its own', async () => {
    const { run } = await workshopHere();
    const commands = new Map([['say', '/bin/echo']]);
    const seen = await run('say hello', { commands, path: [] });
    expect(seen.process.stdout.toString()).toBe('hello\n');
    expect((await run('say hello', { path: [] })).process.code).toBe(127);
  });
});
