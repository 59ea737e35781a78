/** A work tree of git, with operations on its files. */
import { lstatSync } from 'node:fs';
import { join } from 'node:path';
import { sortedUnique } from '../../std.ts';
import type { Git } from './git-process.ts';
import { slicesOf } from './read-only-git.ts';

export interface WorkTree {
  /** Absolute path of the folder that paths are relative to; the work tree may begin above it. */
  readonly root: string;
  /** Absolute path of git's own folder for this work tree. */
  readonly gitFolder: string;
  /** The path from the top of the work tree to the root: empty, or with a trailing slash. */
  readonly prefix: string;
  /** Absolute path of the index that the person's git uses. */
  readonly index: string;
  readonly git: Git;
}

/** Options that make git read paths from standard input, terminated by `\0`. */
export const PATHS_FROM_INPUT = ['--pathspec-from-file=-', '--pathspec-file-nul'];

/**
 * Returns the sorted paths that git knows or that exist on disk, since git rejects the whole list if one does
 * neither.
 * @param index absolute path of the index to use; by default the person's
 */
export async function knownPaths(
  { root, git }: WorkTree,
  paths: readonly string[],
  index?: string,
): Promise<string[]> {
  const wanted = sortedUnique(paths);
  // A look at the disk is faster than starting git.
  const onDisk = new Set(wanted.filter(path => isFile(join(root, path))));
  const others = wanted.filter(path => !onDisk.has(path));
  if (others.length === 0) return wanted;
  const listed: string[] = [];
  for (const slice of slicesOf(others)) {
    const asking = ['ls-files', '-co', '-z', '--', ...slice];
    const answer = await git.runReadOnlyChecked(
      asking,
      'ask git for its files',
      index === undefined ? {} : { index },
    );
    for (const name of answer.split('\0')) listed.push(name);
  }
  const names = new Set(listed);
  for (const name of listed)
    for (let end = name.indexOf('/'); end >= 0; end = name.indexOf('/', end + 1))
      names.add(name.slice(0, end));
  return wanted.filter(path => onDisk.has(path) || names.has(path));
}

/**
 * Stages paths as they are on disk, including removed ones, as `git add` does. Staged whole, so that `git stash`,
 * `git restore` and `git reset --hard` take it back.
 */
export async function stageAll(tree: WorkTree, paths: readonly string[]): Promise<void> {
  const input = (await knownPaths(tree, paths)).join('\0');
  if (input === '') return;
  await tree.git.runChecked(['add', '--all', ...PATHS_FROM_INPUT], 'stage what was written', { input });
}

/** Makes new files known to git without staging their content, so that flakes see them. */
export async function intendToAdd(tree: WorkTree, paths: readonly string[]): Promise<void> {
  const input = (await knownPaths(tree, paths)).join('\0');
  if (input === '') return;
  await tree.git.runChecked(['add', '--intent-to-add', ...PATHS_FROM_INPUT], 'tell git of new files', {
    input,
  });
}

/**
 * Returns the value of a git attribute for each path, which need not exist.
 * @returns `set`, `unset`, `unspecified` or the value
 */
export async function attributeOf(
  { git }: WorkTree,
  name: string,
  paths: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const asking = ['check-attr', '-z', '--stdin', name];
  const answer = await git.runReadOnlyChecked(asking, 'ask git for attributes', { input: paths.join('\0') });
  // Each path, attribute and value in turn.
  const parts = answer.split('\0');
  return new Map(paths.map((path, i) => [path, parts[i * 3 + 2] ?? 'unspecified']));
}

/**
 * Reads the person's index entries of files that are about to be renamed.
 * @returns a function that writes them under the new names; see `Repository.beginRename`
 */
export async function beginRename(
  tree: WorkTree,
  places: readonly string[],
  to: (path: string) => string,
): Promise<() => Promise<void>> {
  const { git, prefix } = tree;
  const info: string[] = [];
  const intended: string[] = [];
  for (const slice of slicesOf(sortedUnique(places))) {
    const listed = await git.runReadOnlyChecked(
      ['ls-files', '--stage', '-z', '--', ...slice],
      'ask git for its files',
    );
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
    const input = `${info.join('\0')}\0`;
    await git.runChecked(['update-index', '-z', '--index-info'], 'tell git of new names', { input });
    await intendToAdd(tree, intended);
  };
}

/** Matches the empty object in SHA-1 and SHA-256, which is the content of files that are only intended to be added. */
const EMPTY = /^(e69de29bb2d1d643|473a0f4c3be8a936)/;

/** Returns whether a path is a file or a link, regardless of the link's target. */
export function isFile(path: string): boolean {
  try {
    return !lstatSync(path).isDirectory();
  } catch {
    return false;
  }
}
