/**
 * Runs Varsmith's own command line with the editor's Node, and git. This is the only file of the extension that starts
 * a program without a terminal. Secrets go through standard input, and nothing is logged.
 */
import { spawn } from 'node:child_process';
import { l10n } from 'vscode';
import type { RunAnswer, RunEvent } from '../run-protocol.ts';

/** Makes the editor's own binary behave like Node; a plain Node ignores it. */
export const nodeEnvironment: Readonly<Record<string, string>> = { ELECTRON_RUN_AS_NODE: '1' };

export interface Program {
  /** Absolute path of the bundled command line. */
  readonly cli: string;
  readonly args: readonly string[];
  /** Absolute path of the fleet. */
  readonly cwd: string;
  /** True if the person trusts the workspace, so that the command that the fleet names as its store may be started. */
  readonly trusted: boolean;
  /** Ends the program, with everything that it has started, when aborted. */
  readonly signal?: AbortSignal;
}

export interface Ended {
  /** `null` if it was ended by a signal. */
  readonly code: number | null;
  readonly stdout: string;
  /** Sentences for a person, without the program's name. */
  readonly said: string;
}

/**
 * Runs a command to its end. Rejects only if it cannot be started.
 * @param input the standard input
 */
export function runProgram(program: Program, input = ''): Promise<Ended> {
  return collected(ownCommand(program), input);
}

/**
 * Runs git to its end.
 * @param git absolute path
 */
export function runGit(git: string, cwd: string, args: readonly string[]): Promise<Ended> {
  return collected({ program: git, args, cwd, env: process.env }, '');
}

function collected(command: Command, input: string): Promise<Ended> {
  let stdout = '';
  const { child, ended } = start(command, text => {
    stdout += text;
  });
  child.stdin.end(input);
  return ended.then(end => ({ ...end, stdout }));
}

/**
 * Runs a command with `--events` and passes its events to `hear` in order.
 * @param hear returns the answer to a question or a confirmation, or undefined for no answer
 * @returns after the program has ended and all events are handled
 * @throws errors of `hear`, or for a line that is no event; the program is ended first
 */
export async function watchProgram(
  program: Program,
  hear: (event: RunEvent) => Promise<RunAnswer['answer'] | undefined>,
): Promise<Omit<Ended, 'stdout'>> {
  let pending = '';
  let heard: Promise<void> = Promise.resolve();
  const { child, ended, end } = start(ownCommand(program), text => {
    const lines = (pending + text).split('\n');
    pending = lines.pop() ?? '';
    for (const line of lines) heard = heard.then(() => take(line));
    // Further questions would not be answered. The caller gets the error with the end.
    heard.catch(end);
  });
  async function take(line: string): Promise<void> {
    const event = eventOf(line);
    const answer = await hear(event);
    if (answer === undefined || !('id' in event) || !child.stdin.writable) return;
    child.stdin.write(`${JSON.stringify({ id: event.id, answer } satisfies RunAnswer)}\n`);
  }
  const how = await ended;
  await heard;
  return how;
}

function eventOf(line: string): RunEvent {
  let event: unknown = null;
  try {
    event = JSON.parse(line);
  } catch {
    // Rejected like any other text that is no event.
  }
  if (typeof event === 'object' && event !== null && 'event' in event) return event as RunEvent;
  // The line is not shown, as its content is unknown.
  throw new Error(l10n.t('The command line printed something that is not an event.'));
}

/** Milliseconds after which a program that does not end is killed. */
const GRACE = 10_000;

interface Command {
  /** Absolute path. */
  readonly program: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  readonly signal?: AbortSignal;
}

function ownCommand({ cli, args, cwd, trusted, signal }: Program): Command {
  const env = {
    ...process.env,
    ...nodeEnvironment,
    // Replaces a variable with which the editor itself may have been started for another folder.
    VARSMITH_TRUSTED_FOLDER: trusted ? cwd : '',
  };
  return { program: process.execPath, args: [cli, ...args], cwd, env, ...(signal ? { signal } : {}) };
}

function start({ program, args, cwd, env, signal }: Command, take: (text: string) => void) {
  const child = spawn(program, args, {
    cwd,
    env,
    stdio: 'pipe',
    // A process group of its own, so that everything in it can be ended.
    detached: process.platform !== 'win32',
    windowsHide: true,
  });
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', take);
  child.stderr.setEncoding('utf8').on('data', text => {
    stderr += text;
  });
  child.stdin.on('error', () => {
    // It has ended; its exit code says more.
  });
  let killing: NodeJS.Timeout | undefined;
  const end = () => {
    // The id of a process that has ended may have been reused.
    if (killing !== undefined || child.exitCode !== null || child.signalCode !== null) return;
    child.stdin.end();
    endGroup(child.pid, 'SIGTERM');
    killing = setTimeout(() => endGroup(child.pid, 'SIGKILL'), GRACE);
  };
  if (signal?.aborted) end();
  signal?.addEventListener('abort', end, { once: true });
  const ended = new Promise<Omit<Ended, 'stdout'>>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', code => {
      clearTimeout(killing);
      signal?.removeEventListener('abort', end);
      resolve({ code, said: sentences(stderr) });
    });
  });
  return { child, ended, end };
}

function endGroup(pid: number | undefined, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(process.platform === 'win32' ? pid : -pid, signal);
  } catch {
    // It has ended already.
  }
}

function sentences(stderr: string): string {
  return stderr.replaceAll(/^varsmith: /gm, '').trim();
}
