/**
 * Makes several commits at once with `git fast-import`, unless they need something that only `git commit` does
 * (signatures, hooks). The content has been staged before in a separate index.
 */
import { access, readdir } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import { readRegularFile } from '../files/regular-file.ts';
import type { ProcessResult } from '../programs/process.ts';
import type { Commit } from './commit.ts';

/** The author and committer in git's format, without the time. */
export interface CommitIdentity {
  readonly author: string;
  readonly committer: string;
}

type Git = (args: readonly string[]) => Promise<ProcessResult>;

/** Settings that change how a commit is made. */
const SETTINGS = '^(commit\\.gpgsign|core\\.hookspath|i18n\\.commitencoding)$';

/** Hooks that a commit runs even without verification. */
const HOOKS = new Set(['prepare-commit-msg', 'post-commit']);

/** Returns the author and committer, or `null` if every commit must be made by `git commit`. */
export async function habitsOf(
  git: Git,
  env: Readonly<Record<string, string | undefined>>,
): Promise<CommitIdentity | null> {
  // Only `git commit` handles explicit times.
  if (env.GIT_AUTHOR_DATE || env.GIT_COMMITTER_DATE) return null;
  const [settings, asked, author, committer] = await Promise.all([
    git(['config', '--get-regexp', SETTINGS]),
    git(['rev-parse', '--path-format=absolute', '--git-path', 'hooks']),
    identity(git, 'AUTHOR'),
    identity(git, 'COMMITTER'),
  ]);
  const isPlain = settings.stdout
    .toString('utf8')
    .split('\n')
    .every(line => line === '' || /^commit\.gpgsign (false|no|off|0)$/i.test(line));
  if (!isPlain) return null;
  const folder = asked.stdout.toString('utf8').trimEnd();
  if (!isAbsolute(folder)) return null;
  const hooks = await readdir(folder).catch(() => []);
  if (hooks.some(name => HOOKS.has(name))) return null;
  return author === null || committer === null ? null : { author, committer };
}

/** Returns `Ada <ada@example.org>`, or `null` if git has no identity. */
async function identity(git: Git, who: 'AUTHOR' | 'COMMITTER'): Promise<string | null> {
  const { code, stdout } = await git(['var', `GIT_${who}_IDENT`]);
  return code === 0 ? (/^(.*>) \d+ [+-]\d{4}$/.exec(stdout.toString('utf8').trimEnd())?.[1] ?? null) : null;
}

/** Files in git's folder that mark an operation in progress that can be aborted, with its name. */
const UNDER_WAY: Readonly<Record<string, string>> = {
  MERGE_HEAD: 'merge',
  CHERRY_PICK_HEAD: 'cherry-pick',
  REVERT_HEAD: 'revert',
  'rebase-merge': 'rebase',
  'rebase-apply': 'rebase',
  sequencer: 'cherry-pick or revert',
};

/** Returns the name of the operation in progress, or `null` if there is none. */
export async function operationInProgress(gitFolder: string): Promise<string | null> {
  const states = await Promise.all(
    Object.entries(UNDER_WAY).map(([name, what]) =>
      access(join(gitFolder, name)).then(
        () => what,
        () => null,
      ),
    ),
  );
  return states.find(what => what !== null) ?? null;
}

/** Limit for the file HEAD, which contains the name of a branch. */
const MAX_HEAD_BYTES = 4096;

/** Returns the branch that is checked out, or `null` if there is none. */
export function branchOf(gitFolder: string): string | null {
  const head = readRegularFile(join(gitFolder, 'HEAD'), MAX_HEAD_BYTES)?.toString('utf8') ?? '';
  return /^ref: (refs\/heads\/(?!\.).+)$/.exec(head.trimEnd())?.[1] ?? null;
}

/** Staged changes by path: the file's mode and object, or `null` for a removed file. */
export type Staged = ReadonlyMap<string, string | null>;

/**
 * Parses staged changes.
 * @param raw the output of `git diff-index --raw -z`
 */
export function stagedIn(raw: string): Staged {
  const words = raw.split('\0');
  const staged = new Map<string, string | null>();
  for (let at = 0; at + 1 < words.length; at += 2) {
    const [, mode, , object, status] = (words[at] as string).split(' ');
    staged.set(words[at + 1] as string, status === 'D' ? null : `${mode} ${object}`);
  }
  return staged;
}

/**
 * Returns the commits as input of `git fast-import --done` on top of the branch, or '' if there is nothing to commit.
 */
export function importStream(
  branch: string,
  commits: readonly Commit[],
  staged: Staged,
  { author, committer }: CommitIdentity,
): string {
  const owner = new Map(commits.flatMap((commit, at) => commit.paths.map(path => [path, at] as const)));
  const changes = commits.map((): string[] => []);
  for (const [path, file] of staged) {
    const at = ownerOf(path, owner);
    if (at !== undefined)
      changes[at]?.push(file === null ? `D ${quoted(path)}` : `M ${file} ${quoted(path)}`);
  }
  const offset = zone(new Date());
  const texts: string[] = [];
  commits.forEach(({ message }, at) => {
    const fileChanges = changes[at] ?? [];
    if (fileChanges.length === 0) return;
    const now = `${Math.floor(Date.now() / 1000)} ${offset}`;
    const text = `${message}\n`;
    texts.push(
      `commit ${branch}\nauthor ${author} ${now}\ncommitter ${committer} ${now}\ndata ${Buffer.byteLength(text)}\n${text}` +
        `${texts.length === 0 ? `from ${branch}^0\n` : ''}${fileChanges.join('\n')}\n`,
    );
  });
  return texts.length === 0 ? '' : `${texts.join('\n')}\ndone\n`;
}

/** Returns the commit that a path belongs to. A path of a commit may be a folder. */
function ownerOf(path: string, owner: ReadonlyMap<string, number>): number | undefined {
  for (let end = path.length; end > 0; end = path.lastIndexOf('/', end - 1)) {
    const commit = owner.get(path.slice(0, end));
    if (commit !== undefined) return commit;
  }
  return undefined;
}

function quoted(path: string): string {
  return `"${path.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`;
}

/** Returns the time zone, such as `+0200`. */
function zone(date: Date): string {
  const minutes = -date.getTimezoneOffset();
  const [hours, rest] = [Math.floor(Math.abs(minutes) / 60), Math.abs(minutes) % 60];
  return `${minutes < 0 ? '-' : '+'}${String(hours).padStart(2, '0')}${String(rest).padStart(2, '0')}`;
}
