/** Runs the program of a store outside of the repository, independent of its protocol. */
import { commandFolders, findCommand } from '../../host/programs/commands.ts';
import type { ProcessResult } from '../../host/programs/process.ts';
import { runSecretCommand } from '../../host/programs/secret-command.ts';
import { StoreFailure } from '../../store/store-failure.ts';
import { MOST_SHOWN, redacted } from '../redaction/redact.ts';
import type { RunEnvironment } from '../run-environment.ts';

/** Long, because a key may need a passphrase or a touch. */
const TIME_LIMIT_MS = 120_000;
export const OUTPUT_LIMIT_BYTES = 64 * 1024 * 1024;

export interface ProgramContext {
  /** The complete environment. */
  readonly env: Readonly<Record<string, string>>;
  /** Absolute path; undefined for the current directory. */
  readonly cwd?: string;
  /** A secret to pass on standard input, if any. */
  readonly input?: Uint8Array | undefined;
}

/**
 * Runs a program, with an optional secret on standard input.
 *
 * @throws HostFailure if it cannot be started
 */
export function runOutside(
  { onDisk }: RunEnvironment,
  program: string,
  args: readonly string[],
  { input, ...options }: ProgramContext,
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
 * Finds a program in the user's `PATH`.
 *
 * @param absent the message if it is not found @throws StoreFailure `unsupported`
 */
export async function outsideProgram({ env }: RunEnvironment, name: string, absent: string): Promise<string> {
  const program = await findCommand(name, commandFolders(env.PATH));
  if (program !== null) return program;
  throw new StoreFailure('unsupported', absent);
}

/**
 * Returns the beginning of the program's error output without the secret it was given; empty if nothing can be
 * shown.
 */
export function beginningOf({ stderr }: ProcessResult, secret: Uint8Array | undefined): string {
  const output =
    redacted(stderr.toString('utf8', 0, MOST_SHOWN).trim(), secret === undefined ? [] : [secret]) ?? '';
  return output.split('\n').slice(0, 3).join(' ');
}
