/** Turns a folder into a git repository. */

import { HostFailure } from '../host-failure.ts';
import { commandFolders, findCommand } from '../programs/commands.ts';
import { runProcess } from '../programs/process.ts';
import { withoutKeys } from '../programs/program-environment.ts';
import { openRepository, type Repository } from './repository.ts';

const TIME_LIMIT_MS = 30_000;
const OUTPUT_LIMIT_BYTES = 64 * 1024;

/**
 * Runs `git init` with the person's default branch name. Adds no files.
 * @param root absolute path of a folder that is in no repository
 * @returns null if git is not installed
 * @throws HostFailure with git's message
 */
export async function beginRepository(
  root: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<Repository | null> {
  const program = await findCommand('git', commandFolders(env.PATH));
  if (program === null) return null;
  const { code, stderr } = await runProcess(program, ['init', '--quiet'], {
    cwd: root,
    env: { ...withoutKeys(env), LC_ALL: 'C' },
    timeLimitMs: TIME_LIMIT_MS,
    outputLimitBytes: OUTPUT_LIMIT_BYTES,
  });
  if (code !== 0)
    throw new HostFailure('other', `Cannot make a repository: git says: ${stderr.toString('utf8').trim()}`);
  return openRepository(root, env);
}
