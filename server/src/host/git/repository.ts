/**
 * A git repository as the rest of Varsmith sees it: commits of selected paths, and questions about files. Everything
 * else that is staged, changed or untracked stays as it is. Knows nothing of the files' meaning.
 */
import { commandFolders, findCommand } from '../programs/commands.ts';
import type { Commit } from './commit.ts';
import { type CommitIdentity, habitsOf, operationInProgress } from './fast-import.ts';
import { mustBeOrdinary } from './git-folder.ts';
import { type Git, gitIn } from './git-process.ts';
import { makeCommits } from './make-commits.ts';
import { indexOf, sweepIndexLock } from './own-index.ts';
import { uncommittedIn } from './read-only-git.ts';
import { attributeOf, beginRename, intendToAdd, type WorkTree } from './work-tree.ts';

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
  /** Returns the operation in progress that prevents commits, such as a merge, or `null` if there is none. */
  begun(): Promise<string | null>;
  /**
   * Returns the sorted paths that differ from the last commit.
   * @throws HostFailure
   */
  uncommitted(paths: readonly string[]): Promise<readonly string[]>;
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
 * @returns null if it is not in a work tree, or git is not installed
 * @throws HostFailure if git would block forever
 */
export async function openRepository(root: string, env: Variables): Promise<Repository | null> {
  const program = await findCommand('git', commandFolders(env.PATH));
  if (program === null) return null;
  if (!env.GIT_DIR) mustBeOrdinary(root);
  const git = gitIn(program, root, env);
  const tree = await workTreeAt(root, git, env);
  if (tree === null) return null;
  const { gitFolder, index } = tree;
  let habits: Promise<CommitIdentity | null> | null = null;
  return {
    gitFolder,
    commit(commits, scratch) {
      return makeCommits(tree, commits, scratch, () => {
        habits ??= habitsOf(git.run, env);
        return habits;
      });
    },
    begun: () => operationInProgress(gitFolder),
    async uncommitted(paths) {
      const head = await git.runReadOnly(['rev-parse', '--verify', '--quiet', 'HEAD']);
      return uncommittedIn(git.runReadOnlyChecked, root, head.code === 0, paths);
    },
    intendToAdd: paths => intendToAdd(tree, paths),
    attribute: (name, paths) => attributeOf(tree, name, paths),
    beginRename: (places, to) => beginRename(tree, places, to),
    sweep: () => sweepIndexLock(index),
  };
}

/** Asks git for its folder, and returns `null` if the root is in no work tree. */
async function workTreeAt(root: string, git: Git, env: Variables): Promise<WorkTree | null> {
  const asking = ['rev-parse', '--absolute-git-dir', '--is-inside-work-tree', '--show-prefix'];
  const answer = await git.runReadOnly(asking).catch(() => null);
  const [gitFolder, isInside, prefix = ''] = answer?.stdout.toString('utf8').split('\n') ?? [];
  if (answer?.code !== 0 || !gitFolder || isInside !== 'true') return null;
  return { root, gitFolder, prefix, index: indexOf(root, gitFolder, env), git };
}
