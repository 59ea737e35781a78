/**
 * Starts programs from small helper processes, since the system copies the page tables of the process that starts
 * another, and ours are large: this takes as long as many scripts. Each helper is a Bash that runs programs in
 * sequence in its own process group, and ends with everything in it as soon as this process does.
 * Only for programs that leave no processes behind, such as sandboxes with their own process namespace, since later
 * output would be attributed to the next program.
 */

import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { accessSync, constants, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Writable } from 'node:stream';
import { HostFailure } from '../host-failure.ts';
import { atEnd } from '../programs/ending.ts';
import {
  asUser,
  CANCELLED,
  killGroup,
  type ProcessOptions,
  type ProcessResult,
} from '../programs/process.ts';
import { closeDescriptors } from './descriptors.ts';
import { type MarkedStream, markedStream } from './marked-output.ts';
import { changeOwner } from './other-user.ts';

export type RunnerOptions = Pick<ProcessOptions, 'timeLimitMs' | 'outputLimitBytes' | 'signal'>;

export interface Runners {
  /**
   * Runs a program with an empty environment and without standard input, in parallel to others.
   * @param program absolute path
   * @returns null if this way is unavailable: an older Bash, or a system short of resources
   * @throws HostFailure `unavailable` if there is no such program
   */
  run(program: string, args: readonly string[], options: RunnerOptions): Promise<ProcessResult | null>;
  /** Ends all helpers, once nothing is running any more. */
  close(): Promise<void>;
}

/**
 * The script of a helper. Descriptor 3 signals the end of this process; a second process waits for it, since the first
 * one waits for programs, and then descriptor 3 becomes the file `$3`. Bash's own messages, such as about a killed
 * program, are kept out of the program's output.
 * Node's output streams are sockets, which cannot be opened by name, so a script that writes to `/dev/stderr` would
 * fail. Therefore `cat` forwards the output from pipes. Each program has pipes of its own (4 and 5), whose size and
 * permissions it can change, and opens them anew, so that flags that it sets do not affect the mark. The next ones are
 * created before they are needed.
 * Each line of standard input is a mark to write after the output; the words of the program are in the file `$0`,
 * each terminated by NUL. If the file is unreadable, the helper exits instead of running the previous program again.
 */
const RUNNER = `
${closeDescriptors(3)}
exec 6>&2 2>/dev/null
mapfile -d '' -t words </dev/null || exit
export -n PWD OLDPWD SHLVL
{ read -r -u 3; kill -KILL 0; } <&- >&- 6>&- &
exec 3<&-
pipes() {
  exec 4> >(exec -a cat "$cat" 4>&- 5>&- 6>&-) 5> >(exec -a cat "$cat" >&6 4>&- 5>&- 6>&-)
}
cat=$2 third=$3
pipes
printf %s000 "$1"
while read -r mark; do
  words=(exit)
  mapfile -d '' -t words <"$0"
  "\${words[@]}" </dev/null >/proc/self/fd/4 2>/proc/self/fd/5 3<"\${third:-/dev/null}" 4>&- 5>&- 6>&-
  printf -v mark %s%03d "$mark" "$?"
  printf %s "$mark" >&4
  printf %s "$mark" >&5
  pipes
done
`;

interface Runner {
  readonly child: ChildProcess;
  /** The file with the words of the next program. */
  readonly file: string;
  readonly stdin: Writable;
  readonly stdout: MarkedStream;
  readonly stderr: MarkedStream;
  /** Resolves with the signal that ended the helper, after its output has been read. */
  readonly ended: Promise<string | null>;
}

export interface RunnersOptions {
  /** Absolute path. */
  readonly bash: string;
  /** Absolute path of `cat`, without which there are no helpers. */
  readonly cat: string | null;
  /** The command that starts Bash, such as a sandbox for all programs; may be empty. */
  readonly before: readonly string[];
  /** Absolute path of a folder for the helpers' files, which contain arguments. */
  readonly folder: string;
  /** The same folder as seen by the helpers. */
  readonly seen: string;
  /** A file, as seen by the helpers, that each program has open as descriptor 3. */
  readonly third?: string;
  /** The user id to run as; `null` for the current user. */
  readonly user?: number | null;
}

export function makeRunners({ bash, cat, before, folder, seen, third, user }: RunnersOptions): Runners {
  const idle: Runner[] = [];
  const all = new Set<Runner>();
  let isUsable = true;
  // Several groups of helpers may share a folder.
  const id = randomBytes(4).toString('hex');
  let started = 0;

  async function runnerFor(): Promise<Runner | null> {
    const idleRunner = idle.pop();
    if (idleRunner !== undefined || !isUsable || cat === null) return idleRunner ?? null;
    const file = `runner-${id}-${started++}`;
    const words = [...before, bash, ...NO_STARTUP, '-c', RUNNER, `${seen}/${file}`];
    const path = join(folder, file);
    writeFileSync(path, '', { mode: 0o600 });
    if (typeof user === 'number') changeOwner(path, user);
    const runner = await startRunner(words, [cat, third ?? ''], path, user ?? null);
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

/** Returns a new helper, or `null` if it does not start. */
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
  const isOver = atEnd(() => killGroup(child.pid));
  const ended = new Promise<string | null>(resolve => {
    child.on('error', () => resolve(null));
    child.on('exit', () => killGroup(child.pid));
    child.on('close', (_, signal) => resolve(signal));
  });
  void ended.then(isOver);
  const { stdin, stdout, stderr } = child;
  if (stdin === null || stdout === null || stderr === null) return null;
  // It may end before it has read its input, which its exit shows.
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

/**
 * Runs a program in a helper.
 * @throws HostFailure if another program has killed the helper
 */
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
    // It was stopped just as it ended, so the helper is ended as well.
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

/**
 * Checks that a program can be executed. Bash has its own exit codes for a failure to start, which programs may use
 * as well.
 */
function mustBeProgram(path: string): void {
  try {
    accessSync(path, constants.X_OK);
  } catch {
    throw new HostFailure('unavailable', `The command "${path}" was not found.`);
  }
}

/** Returns a mark that no running program can know. */
function newMark(): string {
  return randomBytes(16).toString('hex');
}
