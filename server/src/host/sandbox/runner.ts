/**
 * Starts programs from small processes that live as long as they are needed, since the system copies the tables of the
 * process that starts one, and those of ours are large: that takes as long as many a script. Each is a Bash that runs
 * one program after the other, in its own process group, and is gone with everything in it as soon as we are.
 *
 * Only for programs that leave nothing running behind, such as sandboxes with processes of their own: what writes
 * after its end would write into the output of the next.
 */

import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { accessSync, constants, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Writable } from 'node:stream';
import { HostFailure } from '../host-failure.ts';
import {
  asUser,
  CANCELLED,
  killGroup,
  type ProcessOptions,
  type ProcessResult,
} from '../programs/process.ts';
import { type MarkedStream, markedStream } from './marked-output.ts';
import { handOver } from './other-user.ts';

export type RunnerOptions = Pick<ProcessOptions, 'timeLimitMs' | 'outputLimitBytes' | 'signal'>;

export interface Runners {
  /**
   * Runs a program with an empty environment and without standard input, next to others that run.
   *
   * @param program absolute path
   * @returns null where nothing can be run like this: an older Bash, or a system that is short of something
   * @throws HostFailure `unavailable`: there is no such program
   */
  run(program: string, args: readonly string[], options: RunnerOptions): Promise<ProcessResult | null>;
  /** Ends them all, when nothing runs any more. */
  close(): Promise<void>;
}

/**
 * What each of them does. What Node gives to write into are sockets, which cannot be opened by name: a script that writes
 * to `/dev/stderr` would fail. So there are pipes before them, and `cat` behind those. Descriptor 3 tells of our end: a second process waits for it, since the first one waits for
 * programs; then it is that of the file which is handed to them, `$3`. What Bash itself says, as of a program that was killed, is not for the program's output.
 *
 * A line of standard input is a mark, to be written behind the output; the words of the program lie in the file `$0`,
 * each ended by NUL. Where the file cannot be read, the runner ends itself rather than run the last program again.
 */
const RUNNER = `
if [ -n "$2" ]; then exec 4> >(exec -a cat "$2" >&2) > >(exec -a cat "$2"); else exec 4>&2; fi
exec 2>/dev/null
mapfile -d '' -t words </dev/null || exit
export -n PWD OLDPWD SHLVL
{ read -r -u 3; kill -KILL 0; } <&- >&- 4>&- &
exec 3<&-
printf %s000 "$1"
while read -r mark; do
  words=(exit)
  mapfile -d '' -t words <"$0"
  if [ -n "$3" ]; then "\${words[@]}" </dev/null 2>&4 4>&- 3<"$3"; else "\${words[@]}" </dev/null 2>&4 4>&-; fi
  printf -v mark %s%03d "$mark" "$?"
  printf %s "$mark"
  printf %s "$mark" >&4
done
`;

interface Runner {
  readonly child: ChildProcess;
  /** Where the words of the next program are laid. */
  readonly file: string;
  readonly stdin: Writable;
  readonly stdout: MarkedStream;
  readonly stderr: MarkedStream;
  /** Fulfilled with the signal that ended it, when it has ended and all has been read. */
  readonly ended: Promise<string | null>;
}

export interface RunnersOptions {
  /** Absolute path. */
  readonly bash: string;
  /** Absolute path of `cat`; null where there is none, and then programs cannot open their outputs by name. */
  readonly cat: string | null;
  /** What Bash is started with, such as a sandbox that all programs are to run in; may be empty. */
  readonly before: readonly string[];
  /** Absolute path of a folder for files of theirs, which hold arguments. */
  readonly folder: string;
  /** Where they themselves see it. */
  readonly seen: string;
  /** A file, as they see it, that each program finds open as its descriptor 3. */
  readonly third?: string;
  /** Number of the user to run as; null: as ourselves. */
  readonly user?: number | null;
}

export function makeRunners({ bash, cat, before, folder, seen, third, user }: RunnersOptions): Runners {
  const idle: Runner[] = [];
  const all = new Set<Runner>();
  let isUsable = true;
  // Several that live side by side may have the same folder.
  const id = randomBytes(4).toString('hex');
  let started = 0;

  async function runnerFor(): Promise<Runner | null> {
    const idleRunner = idle.pop();
    if (idleRunner !== undefined || !isUsable) return idleRunner ?? null;
    const file = `runner-${id}-${started++}`;
    const words = [...before, bash, ...NO_STARTUP, '-c', RUNNER, `${seen}/${file}`];
    const path = join(folder, file);
    writeFileSync(path, '', { mode: 0o600 });
    if (typeof user === 'number') handOver(path, user);
    const runner = await startRunner(words, [cat ?? '', third ?? ''], path, user ?? null);
    if (runner === null) {
      isUsable = false;
      return null;
    }
    all.add(runner);
    void runner.ended.then(() => {
      all.delete(runner);
      if (idle.includes(runner)) idle.splice(idle.indexOf(runner), 1);
    });
    return runner;
  }

  return {
    async run(program, args, options) {
      if (options.signal?.aborted) return CANCELLED;
      const runner = await runnerFor();
      if (runner === null) return null;
      const result = await runWith(runner, [program, ...args], options);
      if (result.end === 'exit') idle.push(runner);
      if (result.code === 126 || result.code === 127) mustBeProgram(program);
      return result;
    },
    async close() {
      isUsable = false;
      await Promise.all(
        [...all].map(runner => {
          runner.stdin.end();
          (runner.child.stdio[3] as Writable).end();
          return runner.ended;
        }),
      );
    },
  };
}

const NO_STARTUP = ['--norc', '--noprofile'];

/** Returns null where it does not come up. */
async function startRunner(
  [command = '', ...words]: readonly string[],
  more: readonly [cat: string, third: string],
  file: string,
  user: number | null,
): Promise<Runner | null> {
  const mark = newMark();
  let child: ChildProcess;
  try {
    child = spawn(command, [...words, mark, ...more], {
      cwd: '/',
      env: {},
      stdio: ['pipe', 'pipe', 'pipe', 'pipe'],
      detached: true,
      ...asUser(user),
    });
  } catch {
    return null;
  }
  const ended = new Promise<string | null>(resolve => {
    child.on('error', () => resolve(null));
    child.on('exit', () => killGroup(child.pid));
    child.on('close', (_, signal) => resolve(signal));
  });
  const { stdin, stdout, stderr } = child;
  if (stdin === null || stdout === null || stderr === null) return null;
  // It may be gone before it has read what is written to it; its end says so.
  for (const stream of [stdin, child.stdio[3]]) stream?.on('error', () => undefined);
  const runner: Runner = {
    child,
    file,
    ended,
    stdin,
    stdout: markedStream(stdout),
    stderr: markedStream(stderr),
  };
  const isReady = await Promise.race([runner.stdout.next(mark, 0).then(() => true), ended.then(() => false)]);
  return isReady ? runner : null;
}

/** @throws HostFailure where another program has ended the runner */
async function runWith(
  runner: Runner,
  words: readonly string[],
  { timeLimitMs, outputLimitBytes, signal }: RunnerOptions,
): Promise<ProcessResult> {
  let end: 'timeout' | 'cancelled' | null = null;
  const stop = (why: 'timeout' | 'cancelled') => {
    end ??= why;
    killGroup(runner.child.pid);
  };
  const onAbort = () => stop('cancelled');
  const timer = setTimeout(() => stop('timeout'), timeLimitMs);
  signal?.addEventListener('abort', onAbort, { once: true });
  try {
    if (signal?.aborted) onAbort();
    const mark = newMark();
    const outputs = Promise.all([
      runner.stdout.next(mark, outputLimitBytes),
      runner.stderr.next(mark, outputLimitBytes),
    ]);
    writeFileSync(runner.file, `${words.join('\0')}\0`, { mode: 0o600 });
    runner.stdin.write(`${mark}\n`);
    const done = await Promise.race([outputs, runner.ended]);
    if (done === null || typeof done === 'string') return stopped(runner, end, done);
    const [stdout, stderr] = done;
    // It was stopped in the moment in which it ended: the runner goes with it.
    if (end !== null) return stopped(runner, end, null);
    const truncated = stdout.truncated || stderr.truncated;
    const code = Number(stdout.note);
    return { end: 'exit', code, signal: null, stdout: stdout.bytes, stderr: stderr.bytes, truncated };
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', onAbort);
  }
}

function stopped(
  { stdout, stderr }: Runner,
  end: 'timeout' | 'cancelled' | null,
  signal: string | null,
): ProcessResult {
  if (end === null)
    throw new HostFailure(
      'other',
      `The process that starts scripts was ended (${signal ?? 'by itself'}), and the script with it. Try again.`,
    );
  const [out, err] = [stdout.cut(), stderr.cut()];
  const truncated = out.truncated || err.truncated;
  return { end, code: null, signal, stdout: out.bytes, stderr: err.bytes, truncated };
}

/** Bash gives codes of its own for what it cannot start; a program may give the same. */
function mustBeProgram(path: string): void {
  try {
    accessSync(path, constants.X_OK);
  } catch {
    throw new HostFailure('unavailable', `The command "${path}" was not found.`);
  }
}

/** Nothing that runs can know it. */
function newMark(): string {
  return randomBytes(16).toString('hex');
}
