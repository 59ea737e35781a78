/**
 * Starts another program and waits for it: with a limit of time and of output, with no standard input but what it is
 * handed, and in a process group of its own, so that ending it ends everything it has started. Knows nothing of what is
 * run.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { isAbsolute } from 'node:path';
import { Writable } from 'node:stream';
import { codeOf, HostFailure } from '../host-failure.ts';

export interface ProcessOptions {
  readonly cwd?: string;
  /** The whole environment: nothing is inherited. */
  readonly env: Readonly<Record<string, string>>;
  /** For standard input; without it, standard input is closed. */
  readonly input?: Uint8Array;
  /** A descriptor of an open file for standard input instead: what is in it arrives whole whatever becomes of us. */
  readonly inputFile?: number;
  /** Number of the user, and of the group, to run it as; only root may. */
  readonly user?: number | null;
  /** To be read from descriptor 3. */
  readonly third?: Uint8Array;
  readonly timeLimitMs: number;
  /** Of standard output and of standard error each; what comes after is dropped. */
  readonly outputLimitBytes: number;
  readonly signal?: AbortSignal;
}

export interface ProcessResult {
  /** `exit`: ended by itself, whatever its code. */
  readonly end: 'exit' | 'signal' | 'timeout' | 'cancelled';
  /** Null unless it ended by itself. */
  readonly code: number | null;
  readonly signal: string | null;
  readonly stdout: Buffer;
  readonly stderr: Buffer;
  /** Some output was dropped. */
  readonly truncated: boolean;
}

/**
 * @param command an absolute path: a bare name would be looked for in whatever folders `PATH` has, relative ones too
 * @throws HostFailure `unavailable`: there is no such command; `other`: it cannot be started
 */
export function runProcess(
  command: string,
  args: readonly string[],
  options: ProcessOptions,
): Promise<ProcessResult> {
  const { signal: abort, input, third, timeLimitMs, outputLimitBytes } = options;
  return new Promise((resolve, reject) => {
    if (abort?.aborted) {
      resolve(CANCELLED);
      return;
    }
    if (!isAbsolute(command)) {
      reject(new HostFailure('other', `The command "${command}" is not named by its absolute path.`));
      return;
    }
    let child: ChildProcess;
    try {
      child = spawn(command, args, {
        cwd: options.cwd,
        env: { ...options.env },
        stdio: [
          options.inputFile ?? (input === undefined ? 'ignore' : 'pipe'),
          'pipe',
          'pipe',
          ...(third === undefined ? [] : (['pipe'] as const)),
        ],
        detached: true,
        ...asUser(options.user),
      });
    } catch (error) {
      // Too many arguments, for one: only some of what can go wrong is told by an event.
      reject(startFailure(command, error));
      return;
    }
    let end: ProcessResult['end'] | null = null;
    const stop = (why: 'timeout' | 'cancelled') => {
      end ??= why;
      killGroup(child.pid);
    };
    const onAbort = () => stop('cancelled');
    const timer = setTimeout(() => stop('timeout'), timeLimitMs);
    abort?.addEventListener('abort', onAbort, { once: true });
    const done = () => {
      clearTimeout(timer);
      abort?.removeEventListener('abort', onAbort);
    };
    const [stdout, stderr] = [
      collect(child.stdout, outputLimitBytes),
      collect(child.stderr, outputLimitBytes),
    ];
    write(child.stdin, input);
    write(child.stdio[3], third);
    child.on('error', error => {
      done();
      reject(startFailure(command, error));
    });
    // What it left running must not hold the pipes open, nor go on.
    child.on('exit', () => killGroup(child.pid));
    child.on('close', (code, signal) => {
      done();
      resolve({
        end: end ?? (code === null ? 'signal' : 'exit'),
        code: end === null ? code : null,
        signal,
        stdout: stdout.bytes(),
        stderr: stderr.bytes(),
        truncated: stdout.truncated() || stderr.truncated(),
      });
    });
  });
}

/** What comes of a process that is not started, since it is no longer wanted. */
export const CANCELLED: ProcessResult = {
  end: 'cancelled',
  code: null,
  signal: null,
  stdout: Buffer.alloc(0),
  stderr: Buffer.alloc(0),
  truncated: false,
};

function startFailure(command: string, error: unknown): HostFailure {
  const code = codeOf(error);
  return code === 'ENOENT'
    ? new HostFailure('unavailable', `The command "${command}" was not found.`)
    : new HostFailure('other', `The command "${command}" cannot be started: ${code ?? 'unknown error'}.`);
}

/** Options of `spawn`. */
export function asUser(user: number | null | undefined): { uid?: number; gid?: number } {
  return user === null || user === undefined ? {} : { uid: user, gid: user };
}

/** Ends a process that leads a group, and all in the group. */
export function killGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // Gone already.
  }
}

function write(stream: ChildProcess['stdio'][3], bytes: Uint8Array | undefined): void {
  if (bytes === undefined || !(stream instanceof Writable)) return;
  stream.on('error', () => {
    // It ended without reading; its exit code says more.
  });
  stream.end(bytes);
}

function collect(stream: NodeJS.ReadableStream | null, limit: number) {
  const chunks: Buffer[] = [];
  let [size, dropped] = [0, false];
  stream?.on('data', (chunk: Buffer) => {
    const room = limit - size;
    if (chunk.length > room) dropped = true;
    if (room <= 0) return;
    chunks.push(chunk.subarray(0, room));
    size += Math.min(chunk.length, room);
  });
  return { bytes: () => Buffer.concat(chunks), truncated: () => dropped };
}
