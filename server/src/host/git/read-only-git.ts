/**
 * Runs git read-only, in a way that starts no programs named in the repository's settings. Avoids commands that
 * compare files with the index, since those run the repository's filters.
 */
import { createHash } from 'node:crypto';
import { type BigIntStats, lstatSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { sortedUnique } from '../../std.ts';

/** Options that override settings of the repository which start programs. */
export const LOOKING: readonly string[] = ['core.fsmonitor=false', 'core.hooksPath=/dev/null'].flatMap(
  setting => ['-c', setting],
);

/** Prevents fetching missing objects of a partial clone, which would run a command of the repository's choice. */
export const LOOKING_ENVIRONMENT: Readonly<Record<string, string>> = {
  GIT_ALLOW_PROTOCOL: 'none',
  GIT_NO_LAZY_FETCH: '1',
  GIT_OPTIONAL_LOCKS: '0',
};

/**
 * Runs git read-only in the root and returns its output.
 * @throws HostFailure
 */
export type RunGit = (args: readonly string[], action: string) => Promise<string>;

/**
 * Returns the sorted paths that differ from the last commit. Compares bytes or, if settings or attributes make git
 * store other bytes than those on disk, the file information in the index.
 * @param hasCommit false before the first commit
 * @param paths files and links, relative to the root
 * @throws HostFailure
 */
export async function uncommittedIn(
  look: RunGit,
  root: string,
  hasCommit: boolean,
  paths: readonly string[],
): Promise<readonly string[]> {
  const places: string[] = [];
  for (const slice of slicesOf(sortedUnique(paths))) {
    const tree = hasCommit ? await look(['ls-tree', '-z', 'HEAD', '--', ...slice], ASKING) : '';
    const committed = new Map(tree.split('\0').flatMap(entryOf));
    const differing = slice.filter(path => {
      const object = committed.get(path) ?? null;
      return objectAt(join(root, path), object?.length ?? 40) !== object;
    });
    if (differing.length === 0) continue;
    const noted = notedIn(await look(['ls-files', '--stage', '--debug', '-z', '--', ...differing], ASKING));
    for (const path of differing) {
      const entry = noted.get(path);
      const isAsNoted = entry?.object === committed.get(path) && entry?.stat === statAt(join(root, path));
      if (entry === undefined || !isAsNoted) places.push(path);
    }
  }
  return places;
}

const ASKING = 'ask git what is not committed';

/** Parses `<mode> <kind> <object>\t<path>`. */
function entryOf(line: string): [string, string][] {
  const [, object, path] = /^\d{6} \w+ ([0-9a-f]+)\t(.+)$/s.exec(line) ?? [];
  return object && path ? [[path, object]] : [];
}

/**
 * Returns the object that git would make of the unmodified content, or `null` if the path is neither a file nor a
 * link.
 */
function objectAt(path: string, digits: number): string | null {
  const stats = lookAt(path);
  if (stats === null || !(stats.isFile() || stats.isSymbolicLink())) return null;
  const bytes = stats.isFile() ? readFileSync(path) : readlinkSync(path, { encoding: 'buffer' });
  return createHash(digits === 64 ? 'sha256' : 'sha1')
    .update(`blob ${bytes.length}\0`)
    .update(bytes)
    .digest('hex');
}

/**
 * Parses `ls-files --stage --debug -z`: for each path its object, and the size and time of the file that it was made
 * from.
 */
function notedIn(text: string): ReadonlyMap<string, { readonly object: string; readonly stat: string }> {
  const entry =
    /\d{6} ([0-9a-f]+) 0\t([^\0]+)\0 +ctime: .*\n +mtime: (\d+):(\d+)\n +dev: .*\n +uid: .*\n +size: (\d+)\t.*\n/g;
  return new Map(
    [...text.matchAll(entry)].map(([, object = '', path = '', seconds, nanoseconds, size]) => [
      path,
      { object, stat: `${seconds}:${nanoseconds} ${size}` },
    ]),
  );
}

function statAt(path: string): string | null {
  const stats = lookAt(path);
  if (stats === null) return null;
  const [seconds, nanoseconds] = [stats.mtimeNs / BILLION, stats.mtimeNs % BILLION];
  return `${seconds}:${nanoseconds} ${stats.size}`;
}

const BILLION = 1_000_000_000n;

function lookAt(path: string): BigIntStats | null {
  try {
    return lstatSync(path, { bigint: true });
  } catch {
    // Missing, or below something that is not a folder.
    return null;
  }
}

/** Limit for arguments, well below that of any system, which includes the environment. */
const SLICE_BYTES = 64 * 1024;

/** Splits paths into parts that fit into a program's arguments, with at least one path each. */
export function* slicesOf(paths: readonly string[]): Generator<readonly string[]> {
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
