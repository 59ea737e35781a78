/**
 * Git, for callers that only look: whatever the repository's own settings name, no program of it is started. Nothing
 * that compares files with the index by itself is asked, since that puts them through the repository's filters.
 */
import { createHash } from 'node:crypto';
import { type BigIntStats, lstatSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { sortedUnique } from '../../std.ts';

/** Before the command: settings of the repository that start programs. */
export const LOOKING: readonly string[] = ['core.fsmonitor=false', 'core.hooksPath=/dev/null'].flatMap(
  setting => ['-c', setting],
);

/** Objects that a partial clone lacks would be fetched, by whatever command the repository names for that. */
export const LOOKING_ENVIRONMENT: Readonly<Record<string, string>> = {
  GIT_ALLOW_PROTOCOL: 'none',
  GIT_NO_LAZY_FETCH: '1',
  GIT_OPTIONAL_LOCKS: '0',
};

/** Runs git looking, in the root. @returns its output @throws HostFailure */
export type Look = (args: readonly string[], action: string) => Promise<string>;

/**
 * Returns those of the paths that are not as the last commit has them, sorted. What is compared are bytes; where settings or
 * attributes let git store others than lie on disk, what the index noted of the file when it was last looked at.
 *
 * @param hasCommit false before the first commit
 * @param paths of files and links, relative to the root
 * @throws HostFailure
 */
export async function uncommittedIn(
  look: Look,
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

/** Of `<mode> <kind> <object>\t<path>`. */
function entryOf(line: string): [string, string][] {
  const [, object, path] = /^\d{6} \w+ ([0-9a-f]+)\t(.+)$/s.exec(line) ?? [];
  return object && path ? [[path, object]] : [];
}

/** Returns the object that git makes of what lies there, unchanged; null where there is neither a file nor a link. */
function objectAt(path: string, digits: number): string | null {
  const stats = lookAt(path);
  if (stats === null || !(stats.isFile() || stats.isSymbolicLink())) return null;
  const bytes = stats.isFile() ? readFileSync(path) : readlinkSync(path, { encoding: 'buffer' });
  return createHash(digits === 64 ? 'sha256' : 'sha1')
    .update(`blob ${bytes.length}\0`)
    .update(bytes)
    .digest('hex');
}

/** Returns what `ls-files --stage --debug -z` says of each path: its object, and size and time of the file it was made of. */
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
    // Not there, or below something that is no folder.
    return null;
  }
}

/** Systems limit the arguments of a program in bytes, with its environment: this is well below all of them. */
const SLICE_BYTES = 64 * 1024;

/** Paths in as many parts as it takes to hand them to a program; at least one a part. */
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
