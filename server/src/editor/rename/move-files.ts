/**
 * Lets paths follow files and folders that are moved: literals anywhere in the repository that lead to them, and those in
 * moved files that lead elsewhere. What cannot be written as a path literal stays as it is.
 */
import type { TextEdit } from '../../edits/text-edit.ts';
import { folderOf, joinPath } from '../../nix/eval/paths.ts';
import { childrenOf } from '../../nix/expressions.ts';
import type { SourceFile } from '../../nix/source.ts';
import type { Expr } from '../../nix/syntax.ts';
import type { Snapshot } from '../snapshot.ts';
import { nixFiles } from './rename-machine.ts';

/** A move of a file or folder; both paths are relative to the root. */
export interface FileMove {
  readonly from: string;
  readonly to: string;
}

/** Returns the edits of path literals, in the files as they are before the moves. */
export function pathsFollowing(snapshot: Snapshot, moves: readonly FileMove[]): readonly TextEdit[] {
  return nixFiles(snapshot).flatMap(path => {
    const file = mayConcern(snapshot, path, moves) ? snapshot.files.parse(path) : null;
    return file === null ? [] : editsIn(snapshot, file, moves);
  });
}

/** Returns whether a file moves, or its text may have a path to something that does. */
function mayConcern({ files }: Snapshot, path: string, moves: readonly FileMove[]): boolean {
  if (moved(path, moves) !== null) return true;
  const text = files.text(path) ?? '';
  return moves.some(({ from }) => {
    const name = from.slice(from.lastIndexOf('/') + 1);
    // A folder stands for its `default.nix`.
    return text.includes(name) || name === 'default.nix';
  });
}

/** Returns the new place of a path, or null if it stays. */
function moved(path: string, moves: readonly FileMove[]): string | null {
  for (const { from, to } of moves)
    if (path === from || path.startsWith(`${from}/`)) return to + path.slice(from.length);
  return null;
}

function editsIn({ files }: Snapshot, file: SourceFile, moves: readonly FileMove[]): TextEdit[] {
  const { path, text } = file;
  const folder = folderOf(path);
  const newFolder = folderOf(moved(path, moves) ?? path);
  const edits: TextEdit[] = [];
  const open: Expr[] = [file.root];
  for (let expr = open.pop(); expr !== undefined; expr = open.pop()) {
    open.push(...childrenOf(expr));
    const written = expr.kind === 'path' ? literalPart(text.slice(expr.start, expr.end)) : '';
    const target = written === '' ? null : joinPath(folder, written);
    if (target === null || files.kind(target) === null) continue;
    const newTarget = moved(target, moves) ?? ofDefault(target, moves) ?? target;
    // A path that still leads there stays as it is written.
    if (joinPath(newFolder, written) === newTarget) continue;
    const rest = written.endsWith('/') ? '/' : '';
    const relative = relativePath(newFolder, newTarget) + rest;
    if (!PATH.test(relative)) continue;
    edits.push({ file: path, start: expr.start, end: expr.start + written.length, text: relative });
  }
  return edits.sort((left, right) => left.start - right.start);
}

const PATH = /^\.{1,2}(?:\/[\w.+-]+)*\/?$/;

/** Returns a relative path up to the last whole name before its first hole; '' for other paths. */
function literalPart(written: string): string {
  if (!written.startsWith('./') && !written.startsWith('../')) return '';
  const hole = written.indexOf('${');
  return hole === -1 ? written : written.slice(0, written.lastIndexOf('/', hole) + 1);
}

/** Returns the new place of a folder whose `default.nix` moves by itself, or null. */
function ofDefault(folder: string, moves: readonly FileMove[]): string | null {
  const to = moved(`${folder}/default.nix`, moves);
  if (to === null) return null;
  return to.endsWith('/default.nix') ? folderOf(to) : to;
}

/** Returns a path from a folder to a target, as Nix writes it. */
function relativePath(folder: string, target: string): string {
  const from = folder === '' ? [] : folder.split('/');
  const to = target === '' ? [] : target.split('/');
  let common = 0;
  while (common < from.length && common < to.length && from[common] === to[common]) common++;
  const up = from.slice(common).map(() => '..');
  const names = [...up, ...to.slice(common)];
  if (names.length === 0) return './.';
  return names[0] === '..'
    ? names.length === up.length && up.length === 1
      ? '../.'
      : names.join('/')
    : `./${names.join('/')}`;
}
