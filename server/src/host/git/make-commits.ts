/**
 * Makes commits of selected paths in a separate index, so that everything else that is staged, changed or untracked
 * stays as it is.
 */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { makeFolder } from '../files/atomic.ts';
import { AfterwardsFailure, HostFailure, systemFailure } from '../host-failure.ts';
import type { ProcessResult } from '../programs/process.ts';
import type { Commit } from './commit.ts';
import { branchOf, type CommitIdentity, importStream, operationInProgress, stagedIn } from './fast-import.ts';
import { type Git, gitError } from './git-process.ts';
import { copyIndex, lockIndex, replaceIndex } from './own-index.ts';
import { slicesOf } from './read-only-git.ts';
import { isFile, knownPaths, PATHS_FROM_INPUT, type WorkTree } from './work-tree.ts';

/**
 * Makes several commits; see `Repository.commit`.
 * @param habits the author and committer, or null if every commit must be made by `git commit`
 */
export async function makeCommits(
  tree: WorkTree,
  commits: readonly Commit[],
  scratch: string,
  habits: () => Promise<CommitIdentity | null>,
): Promise<boolean> {
  const paths = pathsOf(commits);
  if (paths.length === 0) return false;
  const ownIndex = join(scratch, `index.${process.pid}.new`);
  const copy = join(scratch, `index-after.${process.pid}.new`);
  try {
    makeFolder(scratch);
  } catch (error) {
    throw systemFailure(error, `make ${scratch}`);
  }
  const lock = await lockIndex(tree.index);
  const made = await underLock().catch(async error => {
    // The first failure is the one to report.
    await lock.release().catch(() => undefined);
    throw systemFailure(error, 'commit what was written');
  });
  try {
    await lock.release();
  } catch (error) {
    const { kind, message } = systemFailure(error, 'remove the lock of the index');
    throw new AfterwardsFailure(kind, `${message} Delete it if no git process is running.`);
  }
  return made;

  async function underLock(): Promise<boolean> {
    try {
      return await inOwnIndex();
    } finally {
      for (const path of [ownIndex, copy]) removed(path);
    }
  }

  async function inOwnIndex(): Promise<boolean> {
    const begun = await operationInProgress(tree.gitFolder);
    // Otherwise the values would become part of the operation, and be lost if it is aborted.
    if (begun !== null)
      throw new HostFailure('other', `A ${begun} is in progress in the repository: finish it first.`);
    // For git, many commits at once cost little more than one.
    const together =
      commits.length > 1 ? await commitTogether(tree, commits, ownIndex, await habits()) : null;
    const done: Commit[] = [];
    if (together === null)
      await commitEach(tree, commits, ownIndex, done).catch(async error => {
        // The first failure is the one to report; the next run brings up the index.
        if (done.length > 0) await bringUpIndex(tree, pathsOf(done), copy).catch(() => undefined);
        throw error;
      });
    // Also if there was nothing to commit, since a killed run may not have got this far.
    await bringUpIndex(tree, paths, copy);
    return together ?? done.length > 0;
  }
}

/** Removes a temporary index, which is swept by the next run if it stays. */
function removed(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    // Nothing depends on it.
  }
}

/**
 * Makes several commits in a single stream of `git fast-import`.
 * @param ownIndex absolute path of the separate index
 * @returns whether there was anything to commit, or null if the commits must be made individually; nothing has
 * changed then
 */
async function commitTogether(
  tree: WorkTree,
  commits: readonly Commit[],
  ownIndex: string,
  habits: CommitIdentity | null,
): Promise<boolean | null> {
  const { git, gitFolder, prefix } = tree;
  const branch = habits === null ? null : branchOf(gitFolder);
  if (habits === null || branch === null) return null;
  await beginIndex(tree, ownIndex);
  if ((await stage(tree, pathsOf(commits), ownIndex)).length === 0) return false;
  const raw = await git.run(
    ['diff-index', '--cached', '--raw', '-z', '--no-renames', '--no-abbrev', 'HEAD', '--'],
    { index: ownIndex },
  );
  if (raw.code !== 0) return null;
  const fromTop = commits.map(({ paths, message }) => ({ message, paths: paths.map(path => prefix + path) }));
  const stream = importStream(branch, fromTop, stagedIn(raw.stdout.toString('utf8')), habits);
  if (stream === '') return false;
  // It fails if the branch has moved in between.
  return (await git.run(['fast-import', '--quiet', '--done'], { input: stream })).code === 0 ? true : null;
}

/**
 * Makes commits with `git commit`, including signatures and hooks that cannot refuse a commit.
 * @param done receives the completed commits
 */
async function commitEach(
  tree: WorkTree,
  commits: readonly Commit[],
  ownIndex: string,
  done: Commit[],
): Promise<void> {
  await beginIndex(tree, ownIndex);
  for (const commit of commits) {
    const staged = await stage(tree, commit.paths, ownIndex);
    if (!(await isStaged(tree, staged, ownIndex))) continue;
    const args = [...UNTENDED, 'commit', '--quiet', '--no-verify', '-m', commit.message];
    const result = await tree.git.run(args, { index: ownIndex });
    if (result.code !== 0) throw await commitFailure(tree, result);
    done.push(commit);
  }
}

/** Leaves it to the person's next command of git to tend the repository, since each commit would ask whether to. */
const UNTENDED = ['-c', 'maintenance.auto=false', '-c', 'gc.auto=0'];

async function commitFailure({ git }: WorkTree, result: ProcessResult): Promise<HostFailure> {
  return (await hasIdentity(git.run))
    ? new HostFailure('other', `Cannot commit what was written: ${gitError(result)}`)
    : noIdentity();
}

/** Returns whether git has a name and an address for the author and the committer. */
export async function hasIdentity(git: Git['run']): Promise<boolean> {
  const answers = await Promise.all([git(['var', 'GIT_AUTHOR_IDENT']), git(['var', 'GIT_COMMITTER_IDENT'])]);
  return answers.every(({ code }) => code === 0);
}

/** Returns the failure for commits without an author. */
export function noIdentity(): HostFailure {
  return new HostFailure(
    'no-identity',
    'Git needs your name and email address to commit.',
    'Set them once: git config --global user.name "Your Name" and git config --global user.email you@example.org. Or use --no-commit.',
  );
}

/** Creates a separate index that equals the last commit, with the file information of the person's index. */
async function beginIndex({ git, gitFolder, index }: WorkTree, ownIndex: string): Promise<void> {
  // In a sparse work tree the person's index lacks files that may have to be committed.
  const isSparse = isFile(join(gitFolder, 'info/sparse-checkout'));
  if (isSparse) rmSync(ownIndex, { force: true });
  else copyIndex(index, ownIndex);
  const read = await git.run([...PLAIN, 'read-tree', '--reset', 'HEAD'], { index: ownIndex });
  if (read.code === 0) return;
  const head = await git.run(['rev-parse', '--verify', '--quiet', 'HEAD']);
  if (head.code === 0) throw new HostFailure('other', `Cannot read the last commit: ${gitError(read)}`);
  // There is no commit yet.
  rmSync(ownIndex, { force: true });
  await git.runChecked(['read-tree', '--empty'], 'begin an index', { index: ownIndex });
}

/**
 * Options with which the separate index contains all files of the commit, even if the person's work tree is partial.
 */
const PLAIN = ['core.sparseCheckout', 'index.sparse', 'core.splitIndex', 'core.fsmonitor'].flatMap(name => [
  '-c',
  `${name}=false`,
]);

/** Stages paths in the separate index and returns those that exist. */
async function stage(tree: WorkTree, paths: readonly string[], ownIndex: string): Promise<readonly string[]> {
  const existing = await knownPaths(tree, paths, ownIndex);
  const options = { input: existing.join('\0'), index: ownIndex };
  if (existing.length > 0)
    await tree.git.runChecked(
      [...PLAIN, 'add', '--all', ...PATHS_FROM_INPUT],
      'stage what was written',
      options,
    );
  return existing;
}

async function isStaged({ git }: WorkTree, paths: readonly string[], ownIndex: string): Promise<boolean> {
  for (const slice of slicesOf(paths)) {
    const { code } = await git.run(['diff', '--cached', '--quiet', '--', ...slice], { index: ownIndex });
    if (code !== 0) return true;
  }
  return false;
}

/**
 * Updates the person's index to the last commit, as it would otherwise show the committed files as removed.
 * @param copy absolute path for a temporary copy
 */
async function bringUpIndex({ git, index }: WorkTree, paths: readonly string[], copy: string): Promise<void> {
  copyIndex(index, copy);
  const options = { input: paths.join('\0'), index: copy };
  await git.runChecked(['reset', ...PATHS_FROM_INPUT], 'tell your index of the commit', options);
  replaceIndex(index, copy);
}

function pathsOf(commits: readonly Commit[]): string[] {
  return commits.flatMap(commit => commit.paths);
}
