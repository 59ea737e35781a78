/**
 * Types shared by the scaffolding commands: computed edits, or a sentence that says why there are none. Applies
 * nothing.
 */

import { applyEdits } from '../../checks/engine/apply-fixes.ts';
import { stringText } from '../../edits/edits.ts';
import type { TextEdit } from '../../edits/text-edit.ts';
import { folderOf, joinPath } from '../../nix/eval/paths.ts';
import type { Snapshot } from '../snapshot.ts';

/** The required parts of a snapshot. */
export type ScaffoldSources = Pick<Snapshot, 'fleet' | 'files'>;

export interface Scaffolded {
  /** Sorted by file and place. Files that do not exist are created. */
  readonly edits: readonly TextEdit[];
  /** The place of the new text in an edited file. */
  readonly shown: Shown | null;
  /** Sentences about what is left to do, or was left out. */
  readonly notes: readonly string[];
}

export interface Shown {
  readonly file: string;
  /** 0-based UTF-16 offset after the edits. */
  readonly offset: number;
}

export interface Refused {
  /** A sentence that says why, and what to do. */
  readonly refused: string;
}

/** Sorts edits in the order of application. */
export function inOrder(edits: readonly TextEdit[]): TextEdit[] {
  return [...edits].sort((a, b) => (a.file === b.file ? a.start - b.start : a.file < b.file ? -1 : 1));
}

/**
 * Returns the place of a word of an edit after all edits are applied.
 *
 * @param edits in order
 */
export function shownAt(edits: readonly TextEdit[], edit: TextEdit, word: string): Shown {
  const earlier = edits.filter(({ file, start }) => file === edit.file && start < edit.start);
  const shift = earlier.reduce((sum, { start, end, text }) => sum + text.length - (end - start), 0);
  return { file: edit.file, offset: edit.start + shift + Math.max(0, edit.text.indexOf(word)) };
}

/** Returns the resulting texts of edited files by path; `before` is null for new files. */
export function editedFiles(
  { files }: ScaffoldSources,
  edits: readonly TextEdit[],
): { readonly path: string; readonly before: string | null; readonly after: string }[] {
  const paths = [...new Set(edits.map(({ file }) => file))].sort();
  return paths.map(path => {
    const before = files.text(path);
    const inFile = inOrder(edits.filter(({ file }) => file === path));
    return { path, before, after: applyEdits(before ?? '', inFile) };
  });
}

/** Returns a path literal from one file to another. */
export function pathLiteral(from: string, to: string): string {
  const [here, there] = [folderOf(from).split('/').filter(Boolean), to.split('/')];
  let common = 0;
  while (common < here.length && common < there.length - 1 && here[common] === there[common]) common++;
  const up = '../'.repeat(here.length - common);
  const path = `${up === '' ? './' : up}${there.slice(common).join('/')}`;
  const isLiteral = /^[\w.+/-]+$/.test(path) && joinPath(folderOf(from), path) === to;
  return isLiteral ? path : `./. + ${stringText(`/${path}`)}`;
}
