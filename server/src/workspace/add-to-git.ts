/** Makes new files of a fleet known to git, since a flake sees no others. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { TELL_GIT } from '../editor/scaffold/pipeline.ts';
import { beginRepository } from '../host/git/begin-repository.ts';
import { openRepository } from '../host/git/repository.ts';
import { HostFailure } from '../host/host-failure.ts';

export interface GitAddition {
  /** True if the folder was in no repository before. */
  readonly began: boolean;
  /** A sentence about the remaining step for the person, or `null` if there is none. */
  readonly left: string | null;
}

/**
 * Makes new files known to git. Stages no content and commits nothing.
 * @param root absolute path
 * @param paths new files, relative to the root
 * @param begins true to create a repository if the folder is in none; otherwise nothing is done there
 */
export async function makeKnownToGit(
  root: string,
  paths: readonly string[],
  env: Readonly<Record<string, string | undefined>> = process.env,
  begins = true,
): Promise<GitAddition> {
  if (paths.length === 0) return { began: false, left: null };
  let began = false;
  try {
    const existing = await openRepository(root, env);
    if (existing === null && !begins) return { began, left: null };
    const repository = existing ?? (await beginRepository(root, env));
    if (repository === null)
      return { began, left: `Install git, and make this folder a repository (\`git init\`). ${TELL_GIT}` };
    began = existing === null;
    // Without it Nix finds no flake in a repository that is new.
    const flake = began && existsSync(join(root, 'flake.nix')) ? ['flake.nix'] : [];
    await repository.intendToAdd([...new Set([...paths, ...flake])]);
    return { began, left: null };
  } catch (error) {
    if (!(error instanceof HostFailure)) throw error;
    return { began, left: `${TELL_GIT} ${error.message}` };
  }
}
