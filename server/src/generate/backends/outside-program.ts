/**
 * Runs the program of a store outside of the repository: what is the same for all of them, however they are spoken to.
 */
import { commandFolders, findCommand } from '../../host/programs/commands.ts';
import type { ProcessResult } from '../../host/programs/process.ts';
import { runSecretCommand } from '../../host/programs/secret-command.ts';
import { StoreFailure } from '../../store/store-failure.ts';
import { MOST_SHOWN, redacted } from '../run/redact.ts';
import type { RunEnvironment } from '../run-environment.ts';

/** A key may want a passphrase or a touch. */
const TIME_LIMIT_MS = 120_000;
export const OUTPUT_LIMIT_BYTES = 64 * 1024 * 1024;

export interface Called {
  /** The whole environment. */
  readonly env: Readonly<Record<string, string>>;
  /** Absolute path; undefined: where we are. */
  readonly cwd?: string;
  /** A secret, for standard input; undefined: none. */
  readonly input?: Uint8Array | undefined;
}

/** @throws HostFailure where it cannot be started */
export function runOutside(
  { onDisk }: RunEnvironment,
  program: string,
  args: readonly string[],
  { input, ...options }: Called,
): Promise<ProcessResult> {
  return runSecretCommand(program, args, {
    ...options,
    timeLimitMs: TIME_LIMIT_MS,
    outputLimitBytes: OUTPUT_LIMIT_BYTES,
    onDisk,
    ...(input === undefined ? {} : { input }),
  });
}

/**
 * Returns a program of the person's `PATH`.
 *
 * @param absent what is said where there is none
 * @throws StoreFailure `unsupported`
 */
export async function outsideProgram({ env }: RunEnvironment, name: string, absent: string): Promise<string> {
  const program = await findCommand(name, commandFolders(env.PATH));
  if (program !== null) return program;
  throw new StoreFailure('unsupported', absent);
}

/** Returns the beginning of what it said, without the secret that it was given; empty where it said nothing that can be shown. */
export function beginningOf({ stderr }: ProcessResult, secret: Uint8Array | undefined): string {
  const output =
    redacted(stderr.toString('utf8', 0, MOST_SHOWN).trim(), secret === undefined ? [] : [secret]) ?? '';
  return output.split('\n').slice(0, 3).join(' ');
}
