/**
 * Reads a revision of a repository from git's objects, without a checkout, filters or hooks. Knows nothing of the
 * files' meaning.
 */

import { HostFailure } from '../host-failure.ts';
import { commandFolders, findCommand } from '../programs/commands.ts';
import { runProcess } from '../programs/process.ts';
import { withoutKeys } from '../programs/program-environment.ts';
import { LOOKING, LOOKING_ENVIRONMENT } from './read-only-git.ts';
import { openRepository } from './repository.ts';

export interface RevisionEntry {
  /** The bytes of a link are its target. */
  readonly kind: 'file' | 'link';
  readonly executable: boolean;
  /** `null` for a file above the limit. */
  readonly bytes: Buffer | null;
}

export interface Revision {
  /** The commit in hexadecimal. */
  readonly commit: string;
  /** Paths relative to the root, in git's order. Submodules are left out. */
  readonly entries: ReadonlyMap<string, RevisionEntry>;
}

const TIME_LIMIT_MS = 120_000;
const OUTPUT_LIMIT_BYTES = 512 * 1024 * 1024;

/**
 * Reads the files of a revision.
 * @param root absolute path of a folder in the work tree; only files below it are read
 * @param revision the revision as typed
 * @param most size in bytes above which files are not read
 * @throws HostFailure if there is no git, no work tree, or no such revision
 */
export async function readRevision(
  root: string,
  revision: string,
  env: Readonly<Record<string, string | undefined>>,
  most: number,
): Promise<Revision> {
  // Also says why git refuses the repository, if it does.
  if ((await openRepository(root, env)) === null)
    throw new HostFailure('unavailable', `${root} is in no git repository.`);
  const program = await findCommand('git', commandFolders(env.PATH));
  if (program === null) throw new HostFailure('unavailable', 'git is not installed.');
  const environment = { ...withoutKeys(env), LC_ALL: 'C', ...LOOKING_ENVIRONMENT };
  const git = (args: readonly string[], input?: string) =>
    runProcess(program, [...LOOKING, ...args], {
      cwd: root,
      env: environment,
      timeLimitMs: TIME_LIMIT_MS,
      outputLimitBytes: OUTPUT_LIMIT_BYTES,
      ...(input === undefined ? {} : { input: Buffer.from(input, 'utf8') }),
    });
  const asked = ['rev-parse', '--verify', '--quiet', '--end-of-options', `${revision}^{commit}`];
  const processResult = await git(asked);
  const commit = processResult.stdout.toString('utf8').trim();
  if (processResult.code !== 0 || !/^[0-9a-f]{40,64}$/.test(commit))
    throw new HostFailure('other', `git knows no commit "${revision}" in ${root}.`);
  const tree = await git(['ls-tree', '-r', '-z', '-l', commit]);
  if (tree.code !== 0) throw unread(revision);
  const listed = tree.stdout.toString('utf8').split('\0').flatMap(entryIn);
  const wanted = listed.filter(entry => entry.size <= most);
  const objects = [...new Set(wanted.map(entry => entry.object))];
  const blobs = await git(['cat-file', '--batch', '--buffer'], objects.map(object => `${object}\n`).join(''));
  if (blobs.code !== 0) throw unread(revision);
  if (blobs.truncated)
    throw new HostFailure('other', `"${revision}" has more files than Varsmith reads at once.`);
  const contents = blobsIn(blobs.stdout);
  return {
    commit,
    entries: new Map(
      listed.map(({ path, mode, object }) => [
        path,
        {
          kind: mode === '120000' ? ('link' as const) : ('file' as const),
          executable: mode === '100755',
          bytes: contents.get(object) ?? null,
        },
      ]),
    ),
  };
}

function unread(revision: string): HostFailure {
  return new HostFailure('other', `git cannot read the files of "${revision}".`);
}

interface Listed {
  readonly path: string;
  readonly mode: string;
  readonly object: string;
  /** Size in bytes. */
  readonly size: number;
}

/** Parses a line of `git ls-tree -l`: `<mode> blob <object> <size>\t<path>`. */
function entryIn(line: string): Listed[] {
  const match = /^(\d{6}) blob ([0-9a-f]+) +(\d+)\t([\s\S]+)$/.exec(line);
  const [, mode, object, size, path] = match ?? [];
  return mode && object && size && path ? [{ mode, object, size: Number(size), path }] : [];
}

/** Parses the output of `git cat-file --batch` by object: `<object> blob <size>\n<bytes>\n`. */
function blobsIn(output: Buffer): ReadonlyMap<string, Buffer> {
  const blobs = new Map<string, Buffer>();
  for (let at = 0; at < output.length; ) {
    const end = output.indexOf(0x0a, at);
    if (end < 0) break;
    const [object = '', kind, size] = output.toString('latin1', at, end).split(' ');
    at = end + 1;
    // `<object> missing` appears for a partial clone.
    if (kind !== 'blob') continue;
    blobs.set(object, output.subarray(at, at + Number(size)));
    at += Number(size) + 1;
  }
  return blobs;
}
