/**
 * A repository of git as the rest sees it: commits of chosen paths, and what is asked of files. Whatever else is staged,
 * changed or untracked stays as it is. Knows nothing of what the files are.
 */
import { commandFolders, findCommand } from '../programs/commands.ts';
import type { Commit } from './commit.ts';
import { type Habits, habitsOf, underWay } from './fast-import.ts';
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
   * Makes commits, one after the other, each of its paths as they lie on disk; none of paths that are as the last
   * commit has them. A path belongs to one commit. The person's index says of these paths what the last commit says
   * then, and of others what it said before.
   *
   * @param scratch absolute path of a folder for an index of our own
   * @returns false where there was nothing to commit
   * @throws HostFailure with what git said; earlier ones may have been made then
   */
  commit(commits: readonly Commit[], scratch: string): Promise<boolean>;
  /** What is under way that keeps anything from being committed, such as a merge; null where nothing is. */
  begun(): Promise<string | null>;
  /** Those of the paths that are not as the last commit has them, sorted. @throws HostFailure */
  uncommitted(paths: readonly string[]): Promise<readonly string[]>;
  /** Makes new files known without staging what is in them, so that flakes see them. */
  intend(paths: readonly string[]): Promise<void>;
  /** What git's attribute says of each path: `set`, `unset`, `unspecified` or its value. The paths need not exist. */
  attribute(name: string, paths: readonly string[]): Promise<ReadonlyMap<string, string>>;
  /**
   * Looks up what the person's index says of files that are about to get other names.
   *
   * @param places files and folders to look for; relative to the root, as is what `to` takes and gives
   * @returns writes it under the new names, as `git mv` does: what is staged of a file stays staged. What the index knows
   *   without its content (`git add --intent-to-add`) it knows so by its new name.
   * @throws HostFailure
   */
  beginRename(places: readonly string[], to: (path: string) => string): Promise<() => Promise<void>>;
  /** Takes away what a process of ours that was killed has left in the way of git. */
  sweep(): Promise<void>;
}

type Variables = Readonly<Record<string, string | undefined>>;

/**
 * Opens the repository that a folder lies in.
 *
 * @param root absolute path of a folder in the work tree
 * @param env the person's environment variables
 * @returns null where it is no work tree, or there is no git
 * @throws HostFailure where git would wait without end
 */
export async function openRepository(root: string, env: Variables): Promise<Repository | null> {
  const program = await findCommand('git', commandFolders(env.PATH));
  if (program === null) return null;
  if (!env.GIT_DIR) mustBeOrdinary(root);
  const git = gitIn(program, root, env);
  const tree = await workTreeAt(root, git, env);
  if (tree === null) return null;
  const { gitFolder, index } = tree;
  let habits: Promise<Habits | null> | null = null;
  return {
    gitFolder,
    commit(commits, scratch) {
      return makeCommits(tree, commits, scratch, () => {
        habits ??= habitsOf(git.run, env);
        return habits;
      });
    },
    begun: () => underWay(gitFolder),
    async uncommitted(paths) {
      const head = await git.look(['rev-parse', '--verify', '--quiet', 'HEAD']);
      return uncommittedIn(git.mustLook, root, head.code === 0, paths);
    },
    intend: paths => intendToAdd(tree, paths),
    attribute: (name, paths) => attributeOf(tree, name, paths),
    beginRename: (places, to) => beginRename(tree, places, to),
    sweep: () => sweepIndexLock(index),
  };
}

/** Asks git for its folder. @returns null where the root is in no work tree */
async function workTreeAt(root: string, git: Git, env: Variables): Promise<WorkTree | null> {
  const asking = ['rev-parse', '--absolute-git-dir', '--is-inside-work-tree', '--show-prefix'];
  const answer = await git.look(asking).catch(() => null);
  const [gitFolder, isInside, prefix = ''] = answer?.stdout.toString('utf8').split('\n') ?? [];
  if (answer?.code !== 0 || !gitFolder || isInside !== 'true') return null;
  return { root, gitFolder, prefix, index: indexOf(root, gitFolder, env), git };
}
