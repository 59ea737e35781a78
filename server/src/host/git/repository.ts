/**
 * A git repository as the rest of Varsmith sees it: commits of selected paths, and questions about files. Everything
 * else that is staged, changed or untracked stays as it is. Knows nothing of the files' meaning.
 */

import { codeOf, HostFailure } from '../host-failure.ts';
import { commandFolders, findCommand } from '../programs/commands.ts';
import type { Commit } from './commit.ts';
import { type CommitIdentity, habitsOf, operationInProgress } from './fast-import.ts';
import { hasRepository, mustBeOrdinary } from './git-folder.ts';
import { gitError, gitIn } from './git-process.ts';
import { hasIdentity, makeCommits } from './make-commits.ts';
import { indexOf, sweepIndexLock } from './own-index.ts';
import { uncommittedIn } from './read-only-git.ts';
import { attributeOf, beginRename, intendToAdd, stageAll, type WorkTree } from './work-tree.ts';

export interface Repository {
  /** Absolute path of git's own folder for this work tree. */
  readonly gitFolder: string;
  /**
   * Makes commits in order, each of its paths as they are on disk. Unchanged paths are not committed; a path belongs
   * to one commit. Afterwards the person's index equals the last commit for these paths, and is unchanged for others.
   * @param scratch absolute path of a folder for a separate index
   * @returns false if there was nothing to commit
   * @throws HostFailure with git's message; earlier commits may have been made
   */
  commit(commits: readonly Commit[], scratch: string): Promise<boolean>;
  /** Returns whether git has a name and an address for the author of commits. */
  hasIdentity(): Promise<boolean>;
  /** Returns the operation in progress that prevents commits, such as a merge, or `null` if there is none. */
  begun(): Promise<string | null>;
  /**
   * Returns the sorted paths that differ from the last commit.
   * @throws HostFailure
   */
  uncommitted(paths: readonly string[]): Promise<readonly string[]>;
  /**
   * Stages paths as they are on disk, including removed ones.
   * @throws HostFailure
   */
  stage(paths: readonly string[]): Promise<void>;
  /** Makes new files known to git without staging their content, so that flakes see them. */
  intendToAdd(paths: readonly string[]): Promise<void>;
  /**
   * Returns the value of a git attribute for each path: `set`, `unset`, `unspecified` or its value. The paths need
   * not exist.
   */
  attribute(name: string, paths: readonly string[]): Promise<ReadonlyMap<string, string>>;
  /**
   * Reads the person's index entries of files that are about to be renamed.
   * @param places files and folders to look for, relative to the root
   * @param to returns the new path of a file, both relative to the root
   * @returns a function that writes the entries under the new names, as `git mv` does: staged content stays staged,
   * and files that are only known (`git add --intent-to-add`) stay so
   * @throws HostFailure
   */
  beginRename(places: readonly string[], to: (path: string) => string): Promise<() => Promise<void>>;
  /** Removes files of killed processes of ours that would obstruct git. */
  sweep(): Promise<void>;
}

type Variables = Readonly<Record<string, string | undefined>>;

/**
 * Opens the repository that contains a folder.
 * @param root absolute path of a folder in the work tree
 * @param env the person's environment variables
 * @returns null if it is in no repository
 * @throws HostFailure `no-git` if there is a repository, but git is not installed or refuses it: what would be stored
 * could not be committed; or if git would block forever
 */
export async function openRepository(root: string, env: Variables): Promise<Repository | null> {
  const tree = await workTreeAt(root, env);
  if (tree === null) return null;
  const { git, gitFolder, index } = tree;
  let habits: Promise<CommitIdentity | null> | null = null;
  return {
    gitFolder,
    commit(commits, scratch) {
      return makeCommits(tree, commits, scratch, () => {
        habits ??= habitsOf(git.run, env);
        return habits;
      });
    },
    hasIdentity: () => hasIdentity(git.run),
    begun: () => operationInProgress(gitFolder),
    async uncommitted(paths) {
      const head = await git.runReadOnly(['rev-parse', '--verify', '--quiet', 'HEAD']);
      return uncommittedIn(git.runReadOnlyChecked, root, head.code === 0, paths);
    },
    stage: paths => stageAll(tree, paths),
    intendToAdd: paths => intendToAdd(tree, paths),
    attribute: (name, paths) => attributeOf(tree, name, paths),
    beginRename: (places, to) => beginRename(tree, places, to),
    sweep: () => sweepIndexLock(index),
  };
}

/** Asks git for its folder, and returns `null` if there is no repository. */
async function workTreeAt(root: string, env: Variables): Promise<WorkTree | null> {
  if (!hasRepository(root, env)) return null;
  const program = await findCommand('git', commandFolders(env.PATH));
  if (program === null) throw refused(root, 'git is not installed.', 'Install git, then try again:');
  if (!env.GIT_DIR) mustBeOrdinary(root);
  const git = gitIn(program, root, env);
  const asking = ['rev-parse', '--absolute-git-dir', '--is-inside-work-tree', '--show-prefix'];
  const answer = await git.runReadOnly(asking).catch(error => {
    throw refused(root, `git cannot be started (${codeOf(error) ?? 'unknown error'}).`, GET_IT_TO_WORK);
  });
  const [gitFolder, isInside, prefix = ''] = answer.stdout.toString('utf8').split('\n');
  if (answer.code !== 0 || !gitFolder) throw refused(root, gitError(answer), GET_IT_TO_WORK);
  if (isInside !== 'true') throw refused(root, 'git knows of no work tree here.', GET_IT_TO_WORK);
  return { root, gitFolder, prefix, index: indexOf(root, gitFolder, env), git };
}

const GET_IT_TO_WORK = 'Get "git status" to work here, then try again:';

/** @param why ends the message, since it may end with a command of git's to be copied */
function refused(root: string, why: string, todo: string): HostFailure {
  return new HostFailure('no-git', `The git repository of ${root} cannot be used. ${todo} ${why}`);
}
