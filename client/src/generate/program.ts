/**
 * Runs Varsmith's own command line with the editor's Node: the only place of the extension that starts a program
 * without a terminal. What is secret goes through standard input; nothing that passes here is logged.
 */
import { spawn } from 'node:child_process';
import { l10n } from 'vscode';
import type { RunAnswer, RunEvent } from '../run-protocol.ts';

/** The editor's own binary is Node with this; a plain Node does not mind it. */
export const nodeEnvironment: Readonly<Record<string, string>> = { ELECTRON_RUN_AS_NODE: '1' };

export interface Program {
  /** Absolute path of the bundled command line. */
  readonly cli: string;
  readonly args: readonly string[];
  /** Absolute path of the fleet. */
  readonly cwd: string;
  /** The person trusts the workspace: the command that the fleet names as its store may be started. */
  readonly trusted: boolean;
  /** Aborted: what runs is ended, with everything it has started. */
  readonly signal?: AbortSignal;
}

export interface Ended {
  /** Null where it was ended by a signal. */
  readonly code: number | null;
  readonly stdout: string;
  /** Sentences for a person, without the program's name in front. */
  readonly said: string;
}

/**
 * Runs a command to its end. Rejects only where it cannot be started.
 * @param input for standard input
 */
export function runProgram(program: Program, input = ''): Promise<Ended> {
  let stdout = '';
  const { child, ended } = start(program, text => {
    stdout += text;
  });
  child.stdin.end(input);
  return ended.then(end => ({ ...end, stdout }));
}

/**
 * Runs a command with `--events` and passes each event to `hear` in order.
 * @param hear gives the answer to a question or a confirmation; undefined: nothing is to be said
 * @returns when the program has ended and all it said has been heard
 * @throws what `hear` throws, or that a line was no event; the program is ended before
 */
export async function watchProgram(
  program: Program,
  hear: (event: RunEvent) => Promise<RunAnswer['answer'] | undefined>,
): Promise<Omit<Ended, 'stdout'>> {
  let pending = '';
  let heard: Promise<void> = Promise.resolve();
  const { child, ended, end } = start(program, text => {
    const lines = (pending + text).split('\n');
    pending = lines.pop() ?? '';
    for (const line of lines) heard = heard.then(() => take(line));
    // Nobody would answer what it asks after this. Who waits for the end gets to know why.
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
    // As any other that is no event.
  }
  if (typeof event === 'object' && event !== null && 'event' in event) return event as RunEvent;
  // The line is not shown: nobody knows what is in it.
  throw new Error(l10n.t('The command line said something that is no event.'));
}

/** A program that has not ended after so many milliseconds is killed. */
const GRACE = 10_000;

function start({ cli, args, cwd, trusted, signal }: Program, take: (text: string) => void) {
  const child = spawn(process.execPath, [cli, ...args], {
    cwd,
    env: {
      ...process.env,
      ...nodeEnvironment,
      // Not what an editor that trusts another folder was started with.
      VARSMITH_TRUSTED_FOLDER: trusted ? cwd : '',
    },
    stdio: 'pipe',
    // A group of its own: ending it ends everything in it.
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
    // A process that is gone may have left its number to another.
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
    // Gone already.
  }
}

function sentences(stderr: string): string {
  return stderr.replaceAll(/^varsmith: /gm, '').trim();
}
