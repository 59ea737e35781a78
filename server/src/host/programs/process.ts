/**
 * Starts another program and waits for it: with limits for time and output, with only the given standard input, and
 * in a process group of its own, so that ending it ends everything that it has started. Knows nothing of what it
 * runs.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { isAbsolute } from 'node:path';
import { Writable } from 'node:stream';
import { codeOf, HostFailure } from '../host-failure.ts';
import { atEnd } from './ending.ts';

export interface ProcessOptions {
  readonly cwd?: string;
  /** The complete environment; nothing is inherited. */
  readonly env: Readonly<Record<string, string>>;
  /** Standard input, which is empty by default. */
  readonly input?: Uint8Array;
  /**
   * A descriptor of an open file to use as standard input instead, whose content arrives completely even if this
   * process dies.
   */
  readonly inputFile?: number;
  /** The user and group id to run as, which only root may set. */
  readonly user?: number | null;
  /** Readable from descriptor 3. */
  readonly descriptor3?: Uint8Array;
  readonly timeLimitMs: number;
  /** Limit for standard output and for standard error; further output is dropped. */
  readonly outputLimitBytes: number;
  /** Receives standard output as it comes. The result has none then, and the limit is the receiver's to hold. */
  readonly onOutput?: ((chunk: Buffer) => void) | undefined;
  readonly signal?: AbortSignal;
}

export interface ProcessResult {
  /** `exit` if the process ended by itself, with any code. */
  readonly end: 'exit' | 'signal' | 'timeout' | 'cancelled';
  /** `null` unless the process ended by itself. */
  readonly code: number | null;
  readonly signal: string | null;
  readonly stdout: Buffer;
  readonly stderr: Buffer;
  /** True if some output was dropped. */
  readonly truncated: boolean;
}

/**
 * Runs a program.
 * @param command an absolute path, since a bare name would be looked up in all folders of `PATH`, including relative
 * ones
 * @throws HostFailure `unavailable` if there is no such command; `other` if it cannot be started
 */
export function runProcess(
  command: string,
  args: readonly string[],
  options: ProcessOptions,
): Promise<ProcessResult> {
  const { signal: abort, input, descriptor3, timeLimitMs, outputLimitBytes } = options;
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
          ...(descriptor3 === undefined ? [] : (['pipe'] as const)),
        ],
        detached: true,
        ...asUser(options.user),
      });
    } catch (error) {
      // Some failures, such as too many arguments, are not reported by an event.
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
    const ended = atEnd(() => killGroup(child.pid));
    const done = () => {
      ended();
      clearTimeout(timer);
      abort?.removeEventListener('abort', onAbort);
    };
    const { onOutput } = options;
    if (onOutput !== undefined) child.stdout?.on('data', onOutput);
    const [stdout, stderr] = [
      collect(onOutput === undefined ? child.stdout : null, outputLimitBytes),
      collect(child.stderr, outputLimitBytes),
    ];
    write(child.stdin, input);
    write(child.stdio[3], descriptor3);
    child.on('error', error => {
      done();
      reject(startFailure(command, error));
    });
    // Processes that it left behind must not continue, or keep the pipes open.
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

/** The result of a process that is not started because it is no longer wanted. */
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

/** Returns the options of `spawn` for running as a user. */
export function asUser(user: number | null | undefined): { uid?: number; gid?: number } {
  return user === null || user === undefined ? {} : { uid: user, gid: user };
}

/** Kills a process and its process group. */
export function killGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It has ended already.
  }
}

function write(stream: ChildProcess['stdio'][3], bytes: Uint8Array | undefined): void {
  if (bytes === undefined || !(stream instanceof Writable)) return;
  stream.on('error', () => {
    // It ended without reading its input; its exit code says more.
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
