/** Describes the computer on which a deployment would run, and runs a command on it. */
import { hostname } from 'node:os';
import { findCommand } from '../host/programs/commands.ts';
import { runInForeground } from '../host/programs/foreground.ts';
import type { LocalHost } from './deployment.ts';

const PROGRAMS = ['clan', 'nixos-rebuild', 'darwin-rebuild'];

export type Environment = Readonly<Record<string, string | undefined>>;

export async function here(env: Environment): Promise<LocalHost> {
  const folders = foldersOf(env);
  const present = await Promise.all(
    PROGRAMS.map(async name => ((await findCommand(name, folders)) === null ? [] : [name])),
  );
  return { hostName: hostname(), isRoot: process.getuid?.() === 0, programs: new Set(present.flat()) };
}

/**
 * Runs a command with the person's keyboard and screen.
 * @param cwd absolute path of the fleet
 * @returns the exit code
 * @throws Error if its program is missing or cannot be started
 */
export async function runHere(command: readonly string[], cwd: string, env: Environment): Promise<number> {
  const [name = '', ...args] = command;
  const program = await findCommand(name, foldersOf(env));
  if (program === null) throw new Error(`There is no program "${name}" here.`);
  return runInForeground(program, args, { cwd, env });
}

function foldersOf({ PATH = '' }: Environment): readonly string[] {
  return PATH.split(':');
}
