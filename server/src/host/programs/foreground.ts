/** Runs a program in the person's terminal, with keyboard and screen, until it ends. */
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { isAbsolute } from 'node:path';

export interface ForegroundOptions {
  /** Absolute path. */
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/**
 * Runs a program to its end. Ctrl-C is left to the program.
 * @param program absolute path
 * @returns the exit code, or 128 plus the number of the signal that ended it, as in shells
 * @throws Error if it cannot be started
 */
export function runInForeground(
  program: string,
  args: readonly string[],
  { cwd, env }: ForegroundOptions,
): Promise<number> {
  return new Promise((resolve, reject) => {
    if (!isAbsolute(program)) throw new Error(`"${program}" is not an absolute path.`);
    const wait = () => {};
    process.on('SIGINT', wait);
    const child = spawn(program, args, { cwd, env, stdio: 'inherit' });
    child.once('error', error => {
      process.off('SIGINT', wait);
      reject(error);
    });
    child.once('close', (code, signal) => {
      process.off('SIGINT', wait);
      resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal]));
    });
  });
}
