/**
 * Commits of chosen paths, and nothing else that git can do. Whatever else is staged, changed or untracked stays as it
 * is. Knows nothing of what the files are.
 */
import { withoutKeys } from './environment.ts';
import { HostFailure } from './failure.ts';
import { type ProcessResult, runProcess } from './process.ts';

export interface Repository {
  /** Absolute path of git's own folder for this work tree. */
  readonly gitFolder: string;
  /**
   * Commits these paths as they lie on disk; nothing if they are as the last commit has them.
   *
   * @param paths relative to the root; those that are gone are committed as removed
   * @returns false where there was nothing to commit
   * @throws HostFailure with what git said
   */
  commit(paths: readonly string[], message: string): Promise<boolean>;
  /** Makes new files known without staging what is in them, so that flakes see them. */
  intend(paths: readonly string[]): Promise<void>;
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
  const git = (args: readonly string[], input?: string) =>
    runProcess('git', args, {
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
  const folder = await git(['rev-parse', '--absolute-git-dir', '--is-inside-work-tree']).catch(() => null);
  const [gitFolder, inside] = folder?.stdout.toString('utf8').split('\n') ?? [];
  if (folder?.code !== 0 || !gitFolder || inside !== 'true') return null;

  /** Paths that git knows, or that lie on disk: it refuses all where one is neither. */
  async function known(paths: readonly string[]): Promise<string[]> {
    const asked = [...new Set(paths)].sort();
    if (asked.length === 0) return [];
    const listed = (await must(['ls-files', '-co', '-z', '--', ...asked], 'ask git for its files')).split(
      '\0',
    );
    const names = new Set(listed);
    for (const name of listed)
      for (let end = name.indexOf('/'); end >= 0; end = name.indexOf('/', end + 1))
        names.add(name.slice(0, end));
    return asked.filter(path => names.has(path));
  }

  const fromInput = ['--pathspec-from-file=-', '--pathspec-file-nul'];
  return {
    gitFolder,
    async commit(paths, message) {
      const list = await known(paths);
      if (list.length === 0) return false;
      const input = list.join('\0');
      await must(['add', '--all', ...fromInput], 'stage what was written', input);
      const staged = await git(['diff', '--cached', '--quiet', '--', ...list]);
      if (staged.code === 0) return false;
      await must(
        ['commit', '--quiet', '--no-verify', '--only', '-m', message, ...fromInput],
        'commit what was written',
        input,
      );
      return true;
    },
    async intend(paths) {
      const list = await known(paths);
      if (list.length > 0)
        await must(['add', '--intent-to-add', ...fromInput], 'tell git of new files', list.join('\0'));
    },
  };
}

function saidBy({ end, stderr, stdout }: ProcessResult): string {
  if (end === 'timeout') return 'git did not answer in time.';
  const text = `${stderr.toString('utf8').trim()}\n${stdout.toString('utf8').trim()}`.trim();
  return `git says: ${text.split('\n').slice(0, 3).join(' ')}`;
}
