/**
 * Commits of chosen paths, and nothing else that git can do. Whatever else is staged, changed or untracked stays as it
 * is. Knows nothing of what the files are.
 */
import { lstatSync } from 'node:fs';
import { join } from 'node:path';
import { commandFolders, findCommand } from './commands.ts';
import { withoutKeys } from './environment.ts';
import { HostFailure } from './failure.ts';
import { type Habits, habitsOf, importStream, quietBranch, stagedIn } from './git-import.ts';
import { type ProcessResult, runProcess } from './process.ts';

export interface Repository {
  /** Absolute path of git's own folder for this work tree. */
  readonly gitFolder: string;
  /**
   * Makes commits, one after the other, each of its paths as they lie on disk; none of paths that are as the last
   * commit has them. A path belongs to one commit.
   *
   * @returns false where there was nothing to commit
   * @throws HostFailure with what git said; earlier ones may have been made then
   */
  commit(commits: readonly Commit[]): Promise<boolean>;
  /** Those of the paths that are not as the last commit has them, sorted. @throws HostFailure */
  uncommitted(paths: readonly string[]): Promise<readonly string[]>;
  /** Makes new files known without staging what is in them, so that flakes see them. */
  intend(paths: readonly string[]): Promise<void>;
}

export interface Commit {
  /** Relative to the root; those that are gone are committed as removed. */
  readonly paths: readonly string[];
  readonly message: string;
}

const TIME_LIMIT_MS = 120_000;
const OUTPUT_LIMIT_BYTES = 16 * 1024 * 1024;

/**
 * @param root absolute path of a folder in the work tree
 * @returns null where it is no work tree, or there is no git
 */
export async function openRepository(
  root: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<Repository | null> {
  const environment = { ...withoutKeys(env), GIT_LITERAL_PATHSPECS: '1', LC_ALL: 'C' };
  const program = await findCommand('git', commandFolders(env.PATH));
  if (program === null) return null;
  const git = (args: readonly string[], input?: string) =>
    runProcess(program, args, {
      cwd: root,
      env: environment,
      timeLimitMs: TIME_LIMIT_MS,
      outputLimitBytes: OUTPUT_LIMIT_BYTES,
      ...(input === undefined ? {} : { input: Buffer.from(input, 'utf8') }),
    });
  const must = async (args: readonly string[], action: string, input?: string) => {
    const result = await git(args, input);
    if (result.code === 0) return result.stdout.toString('utf8');
    throw new HostFailure('other', `Cannot ${action}: ${saidBy(result)}`);
  };
  const asked = ['rev-parse', '--absolute-git-dir', '--is-inside-work-tree', '--show-prefix'];
  const folder = await git(asked).catch(() => null);
  const [gitFolder, inside, prefix = ''] = folder?.stdout.toString('utf8').split('\n') ?? [];
  if (folder?.code !== 0 || !gitFolder || inside !== 'true') return null;

  /** Paths that git knows, or that lie on disk: it refuses all where one is neither. */
  async function known(paths: readonly string[]): Promise<string[]> {
    const wanted = [...new Set(paths)].sort();
    // Starting git takes longer than looking oneself.
    const lying = new Set(wanted.filter(path => isFile(join(root, path))));
    const asked = wanted.filter(path => !lying.has(path));
    if (asked.length === 0) return wanted;
    const listed: string[] = [];
    for (const slice of slicesOf(asked)) {
      const answer = await must(['ls-files', '-co', '-z', '--', ...slice], 'ask git for its files');
      for (const name of answer.split('\0')) listed.push(name);
    }
    const names = new Set(listed);
    for (const name of listed)
      for (let end = name.indexOf('/'); end >= 0; end = name.indexOf('/', end + 1))
        names.add(name.slice(0, end));
    return wanted.filter(path => lying.has(path) || names.has(path));
  }

  async function isStaged(paths: readonly string[]): Promise<boolean> {
    for (const slice of slicesOf(paths))
      if ((await git(['diff', '--cached', '--quiet', '--', ...slice])).code !== 0) return true;
    return false;
  }

  async function commitOne({ paths, message }: Commit): Promise<boolean> {
    const list = await known(paths);
    if (list.length === 0) return false;
    const input = list.join('\0');
    await must(['add', '--all', ...fromInput], 'stage what was written', input);
    if (!(await isStaged(list))) return false;
    await must(
      ['commit', '--quiet', '--no-verify', '--only', '-m', message, ...fromInput],
      'commit what was written',
      input,
    );
    return true;
  }

  let habits: Promise<Habits | null> | null = null;

  /** Null: they have to be made one by one; nothing but the staging has happened. */
  async function commitTogether(commits: readonly Commit[]): Promise<boolean | null> {
    habits ??= habitsOf(git, env);
    const found = await habits;
    const branch = found === null ? null : await quietBranch(gitFolder as string);
    if (found === null || branch === null) return null;
    const list = await known(commits.flatMap(one => one.paths));
    if (list.length === 0) return false;
    await must(['add', '--all', ...fromInput], 'stage what was written', list.join('\0'));
    const raw = await git([
      'diff-index',
      '--cached',
      '--raw',
      '-z',
      '--no-renames',
      '--no-abbrev',
      'HEAD',
      '--',
    ]);
    if (raw.code !== 0) return null;
    const fromTop = commits.map(one => ({ ...one, paths: one.paths.map(path => prefix + path) }));
    const stream = importStream(branch, fromTop, stagedIn(raw.stdout.toString('utf8')), found);
    if (stream === '') return false;
    // It refuses a branch that has gone on in between.
    return (await git(['fast-import', '--quiet', '--done'], stream)).code === 0 ? true : null;
  }

  const fromInput = ['--pathspec-from-file=-', '--pathspec-file-nul'];
  return {
    gitFolder,
    async commit(commits) {
      // Many at once cost git little more than one.
      const together = commits.length > 1 ? await commitTogether(commits) : null;
      if (together !== null) return together;
      let made = false;
      for (const one of commits) made = (await commitOne(one)) || made;
      return made;
    },
    async uncommitted(paths) {
      const found = new Set<string>();
      for (const slice of slicesOf(paths)) {
        const said = await must([...STATUS, '--', ...slice], 'ask git what is not committed');
        // `XY path`, from the top of the work tree.
        for (const line of said.split('\0'))
          if (line.startsWith(prefix, 3)) found.add(line.slice(3 + prefix.length));
      }
      return [...found].filter(path => path !== '').sort();
    },
    async intend(paths) {
      const list = await known(paths);
      if (list.length > 0)
        await must(['add', '--intent-to-add', ...fromInput], 'tell git of new files', list.join('\0'));
    },
  };
}

/** Without a look at the index's lock: who only looks writes nothing. */
const STATUS = [
  '--no-optional-locks',
  'status',
  '--porcelain',
  '-z',
  '--untracked-files=all',
  '--no-renames',
];

/** Systems limit the arguments of a program in bytes, with its environment: this is well below all of them. */
const SLICE_BYTES = 64 * 1024;

/** Paths in as many parts as it takes to hand them to a program; at least one a part. */
function* slicesOf(paths: readonly string[]): Generator<readonly string[]> {
  let [slice, size]: [string[], number] = [[], 0];
  for (const path of paths) {
    const bytes = Buffer.byteLength(path);
    if (slice.length > 0 && size + bytes > SLICE_BYTES) {
      yield slice;
      [slice, size] = [[], 0];
    }
    slice.push(path);
    size += bytes;
  }
  if (slice.length > 0) yield slice;
}

/** A file or a link, whatever it leads to. */
function isFile(path: string): boolean {
  try {
    return !lstatSync(path).isDirectory();
  } catch {
    return false;
  }
}

function saidBy({ end, stderr, stdout }: ProcessResult): string {
  if (end === 'timeout') return 'git did not answer in time.';
  const text = `${stderr.toString('utf8').trim()}\n${stdout.toString('utf8').trim()}`.trim();
  return `git says: ${text.split('\n').slice(0, 3).join(' ')}`;
}
