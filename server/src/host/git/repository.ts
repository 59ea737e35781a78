/**
 * Commits of chosen paths, and nothing else that git can do. Whatever else is staged, changed or untracked stays as it
 * is: commits are put together in an index of our own. Knows nothing of what the files are.
 */
import { lstatSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { makeFolder } from '../files/atomic.ts';
import { HostFailure } from '../host-failure.ts';
import { commandFolders, findCommand } from '../programs/commands.ts';
import { type ProcessResult, runProcess } from '../programs/process.ts';
import { withoutKeys } from '../programs/program-environment.ts';
import type { Commit } from './commit.ts';
import { branchOf, type Habits, habitsOf, importStream, stagedIn, underWay } from './fast-import.ts';
import { mustBeOrdinary } from './git-folder.ts';
import { copyIndex, indexOf, lockIndex, replaceIndex, sweepIndexLock } from './own-index.ts';
import { LOOKING, LOOKING_ENVIRONMENT, slicesOf, uncommittedIn } from './read-only-git.ts';

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

const TIME_LIMIT_MS = 120_000;
const OUTPUT_LIMIT_BYTES = 16 * 1024 * 1024;

/**
 * @param root absolute path of a folder in the work tree
 * @returns null where it is no work tree, or there is no git
 * @throws HostFailure where git would wait without end
 */
export async function openRepository(
  root: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<Repository | null> {
  const environment = { ...withoutKeys(env), GIT_LITERAL_PATHSPECS: '1', LC_ALL: 'C' };
  const program = await findCommand('git', commandFolders(env.PATH));
  if (program === null) return null;
  if (!env.GIT_DIR) mustBeOrdinary(root);
  const run = (
    args: readonly string[],
    env: Readonly<Record<string, string>>,
    input?: string,
    index?: string,
  ) =>
    runProcess(program, args, {
      cwd: root,
      env: index === undefined ? env : { ...env, GIT_INDEX_FILE: index },
      timeLimitMs: TIME_LIMIT_MS,
      outputLimitBytes: OUTPUT_LIMIT_BYTES,
      ...(input === undefined ? {} : { input: Buffer.from(input, 'utf8') }),
    });
  const git = (args: readonly string[], input?: string, index?: string) =>
    run(args, environment, input, index);
  const must = async (args: readonly string[], action: string, input?: string, index?: string) =>
    textOf(await git(args, input, index), action);
  const look = (args: readonly string[], input?: string, index?: string) =>
    run([...LOOKING, ...args], { ...environment, ...LOOKING_ENVIRONMENT }, input, index);
  const mustLook = async (args: readonly string[], action: string, input?: string, index?: string) =>
    textOf(await look(args, input, index), action);
  const asked = ['rev-parse', '--absolute-git-dir', '--is-inside-work-tree', '--show-prefix'];
  const folder = await look(asked).catch(() => null);
  const [gitFolder, inside, prefix = ''] = folder?.stdout.toString('utf8').split('\n') ?? [];
  if (folder?.code !== 0 || !gitFolder || inside !== 'true') return null;
  const index = indexOf(root, gitFolder, env);

  /** Paths that git knows, or that lie on disk: it refuses all where one is neither. */
  async function known(paths: readonly string[], own?: string): Promise<string[]> {
    const wanted = [...new Set(paths)].sort();
    // Starting git takes longer than looking oneself.
    const lying = new Set(wanted.filter(path => isFile(join(root, path))));
    const asked = wanted.filter(path => !lying.has(path));
    if (asked.length === 0) return wanted;
    const listed: string[] = [];
    for (const slice of slicesOf(asked)) {
      const asking = ['ls-files', '-co', '-z', '--', ...slice];
      const answer = await mustLook(asking, 'ask git for its files', undefined, own);
      for (const name of answer.split('\0')) listed.push(name);
    }
    const names = new Set(listed);
    for (const name of listed)
      for (let end = name.indexOf('/'); end >= 0; end = name.indexOf('/', end + 1))
        names.add(name.slice(0, end));
    return wanted.filter(path => lying.has(path) || names.has(path));
  }

  /** Makes an index of our own that is as the last commit; what is known of files is taken over from the person's. */
  async function begin(own: string): Promise<void> {
    // In a sparse work tree the person's leaves out files that are to be committed.
    const isSparse = isFile(join(gitFolder as string, 'info/sparse-checkout'));
    if (isSparse) rmSync(own, { force: true });
    else copyIndex(index, own);
    const read = await git([...PLAIN, 'read-tree', '--reset', 'HEAD'], undefined, own);
    if (read.code === 0) return;
    const head = await git(['rev-parse', '--verify', '--quiet', 'HEAD']);
    if (head.code === 0) throw new HostFailure('other', `Cannot read the last commit: ${saidBy(read)}`);
    // Before the first commit.
    rmSync(own, { force: true });
    await must(['read-tree', '--empty'], 'begin an index', undefined, own);
  }

  async function stage(paths: readonly string[], own: string): Promise<readonly string[]> {
    const list = await known(paths, own);
    if (list.length > 0)
      await must([...PLAIN, 'add', '--all', ...fromInput], 'stage what was written', list.join('\0'), own);
    return list;
  }

  async function isStaged(paths: readonly string[], own: string): Promise<boolean> {
    for (const slice of slicesOf(paths)) {
      const { code } = await git(['diff', '--cached', '--quiet', '--', ...slice], undefined, own);
      if (code !== 0) return true;
    }
    return false;
  }

  /** As `git commit` makes them, with hooks and signatures. */
  async function commitEach(commits: readonly Commit[], own: string, done: Commit[]): Promise<void> {
    await begin(own);
    for (const commit of commits) {
      const { paths, message } = commit;
      const list = await stage(paths, own);
      if (!(await isStaged(list, own))) continue;
      const args = ['commit', '--quiet', '--no-verify', '-m', message];
      const made = await git(args, undefined, own);
      if (made.code !== 0) throw await commitFailure(made);
      done.push(commit);
    }
  }

  async function commitFailure(made: ProcessResult): Promise<HostFailure> {
    const known = await git(['var', 'GIT_COMMITTER_IDENT']);
    return known.code === 0
      ? new HostFailure('other', `Cannot commit what was written: ${saidBy(made)}`)
      : new HostFailure('no-identity', NO_IDENTITY);
  }

  let habits: Promise<Habits | null> | null = null;

  /** Null: they have to be made one by one; nothing has happened. */
  async function commitTogether(commits: readonly Commit[], own: string): Promise<boolean | null> {
    habits ??= habitsOf(git, env);
    const found = await habits;
    const branch = found === null ? null : branchOf(gitFolder as string);
    if (found === null || branch === null) return null;
    await begin(own);
    if ((await stage(pathsOf(commits), own)).length === 0) return false;
    const raw = await git(
      ['diff-index', '--cached', '--raw', '-z', '--no-renames', '--no-abbrev', 'HEAD', '--'],
      undefined,
      own,
    );
    if (raw.code !== 0) return null;
    const fromTop = commits.map(one => ({ ...one, paths: one.paths.map(path => prefix + path) }));
    const stream = importStream(branch, fromTop, stagedIn(raw.stdout.toString('utf8')), found);
    if (stream === '') return false;
    // It refuses a branch that has gone on in between.
    return (await git(['fast-import', '--quiet', '--done'], stream)).code === 0 ? true : null;
  }

  /** The person's index would say that what was committed is removed. */
  async function bringUp(paths: readonly string[], copy: string): Promise<void> {
    copyIndex(index, copy);
    await must(['reset', ...fromInput], 'tell your index of the commit', paths.join('\0'), copy);
    replaceIndex(index, copy);
  }

  async function intend(paths: readonly string[]): Promise<void> {
    const list = await known(paths);
    if (list.length > 0)
      await must(['add', '--intent-to-add', ...fromInput], 'tell git of new files', list.join('\0'));
  }

  const fromInput = ['--pathspec-from-file=-', '--pathspec-file-nul'];
  return {
    gitFolder,
    async commit(commits, scratch) {
      const paths = pathsOf(commits);
      if (paths.length === 0) return false;
      makeFolder(scratch);
      const [own, copy] = ['index', 'index-after'].map(name =>
        join(scratch, `${name}.${process.pid}.new`),
      ) as [string, string];
      const lock = await lockIndex(index);
      try {
        const begun = await underWay(gitFolder);
        // Committed in the middle of it, values would be part of it, and gone if it is taken back.
        if (begun !== null)
          throw new HostFailure('other', `A ${begun} is in progress in the repository: finish it first.`);
        // Many at once cost git little more than one.
        const together = commits.length > 1 ? await commitTogether(commits, own) : null;
        const done: Commit[] = [];
        if (together === null)
          await commitEach(commits, own, done).catch(async error => {
            if (done.length > 0) await bringUp(pathsOf(done), copy);
            throw error;
          });
        // Also where nothing was left to commit: a run that was killed may not have come to this.
        await bringUp(paths, copy);
        return together ?? done.length > 0;
      } finally {
        for (const path of [own, copy]) rmSync(path, { force: true });
        await lock.release();
      }
    },
    async uncommitted(paths) {
      const head = await look(['rev-parse', '--verify', '--quiet', 'HEAD']);
      return uncommittedIn(mustLook, root, head.code === 0, paths);
    },
    intend,
    async beginRename(places, to) {
      const info: string[] = [];
      const intended: string[] = [];
      for (const slice of slicesOf([...new Set(places)].sort())) {
        const listed = await mustLook(['ls-files', '--stage', '-z', '--', ...slice], 'ask git for its files');
        for (const entry of listed.split('\0')) {
          const [, mode, object, path] = /^(\d+) ([0-9a-f]+) 0\t(.*)$/s.exec(entry) ?? [];
          if (path === undefined || to(path) === path) continue;
          info.push(`0 ${'0'.repeat(object?.length ?? 40)}\t${prefix}${path}`);
          if (EMPTY.test(object ?? '')) intended.push(to(path));
          else info.push(`${mode} ${object}\t${prefix}${to(path)}`);
        }
      }
      return async () => {
        if (info.length === 0) return;
        const lines = `${info.join('\0')}\0`;
        await must(['update-index', '-z', '--index-info'], 'tell git of new names', lines);
        await intend(intended);
      };
    },
    async attribute(name, paths) {
      const asking = ['check-attr', '-z', '--stdin', name];
      const said = (await mustLook(asking, 'ask git for attributes', paths.join('\0'))).split('\0');
      // Path, attribute, value, one after the other.
      return new Map(paths.map((path, index) => [path, said[index * 3 + 2] ?? 'unspecified']));
    },
    begun: () => underWay(gitFolder),
    sweep: () => sweepIndexLock(index),
  };
}

/** The object of nothing, as SHA-1 and SHA-256: what files are in the index that are only intended to be added. */
const EMPTY = /^(e69de29bb2d1d643|473a0f4c3be8a936)/;

/** An index of our own has all files of the commit in it, whatever the person's work tree leaves out. */
const PLAIN = ['core.sparseCheckout', 'index.sparse', 'core.splitIndex', 'core.fsmonitor'].flatMap(name => [
  '-c',
  `${name}=false`,
]);

/** What to do where git has nobody to name as the author. */
const NO_IDENTITY =
  'Git does not know who you are, and commits nothing without a name. Tell it once: git config --global user.name "Your Name" and git config --global user.email you@example.org.';

function pathsOf(commits: readonly Commit[]): string[] {
  return commits.flatMap(one => one.paths);
}

/** A file or a link, whatever it leads to. */
function isFile(path: string): boolean {
  try {
    return !lstatSync(path).isDirectory();
  } catch {
    return false;
  }
}

/** What git printed. @throws HostFailure with what it said where it failed */
function textOf(result: ProcessResult, action: string): string {
  if (result.code === 0) return result.stdout.toString('utf8');
  throw new HostFailure('other', `Cannot ${action}: ${saidBy(result)}`);
}

function saidBy({ end, stderr, stdout }: ProcessResult): string {
  if (end === 'timeout') return 'git did not answer in time.';
  const text = `${stderr.toString('utf8').trim()}\n${stdout.toString('utf8').trim()}`.trim();
  return `git says: ${text.split('\n').slice(0, 3).join(' ')}`;
}
