/**
 * Puts the links of a store right that lead to what was moved, or lie in it: who a secret is shared with is said by
 * links such as `vars/shared/ca/key/machines/lea` → `../../../../../sops/machines/lea`. Only text is computed; where the moves
 * have happened and what is linked to is gone, the old target is still read from the link.
 */
import { dirname, join, relative } from 'node:path/posix';
import { type Change, linkTo } from './changes.ts';
import { below, STORE_FOLDERS, type StoreFiles } from './files.ts';
import { linksBelow } from './links.ts';
import { type Move, movedPath } from './moves.ts';

/** A link as it lies there now, and what has to become of it. */
export interface MovedLink {
  /** Where it lies, relative to the root. */
  readonly from: string;
  /** Where it belongs, with its target; paths after the moves. */
  readonly link: Extract<Change, { kind: 'link' }>;
}

/**
 * Returns the links that the moves leave behind. A link named after what it leads to (`machines/lea`) takes the new name.
 *
 * @param directory the clan's folder; the root is ''
 * @param happened true: the files are as they lie after the moves
 */
export function movedLinks(
  files: StoreFiles,
  directory: string,
  moves: readonly Move[],
  happened: boolean,
): MovedLink[] {
  const back = moves.map(({ from, to }) => ({ from: to, to: from }));
  return STORE_FOLDERS.flatMap(folder => linksBelow(files, below(directory, folder))).flatMap(link => {
    const { path, name, link: text } = link;
    if (text.startsWith('/')) return [];
    const before = happened ? movedPath(path, back) : path;
    const target = join(dirname(before), text);
    const moved = movedPath(target, moves);
    const place = movedPath(before, moves);
    const isRenamed = moved !== target && baseOf(target) === name;
    const to = isRenamed ? join(dirname(place), baseOf(moved)) : place;
    const fresh = linkTo(to, moved);
    const isSame = to === place && fresh.target === normal(place, text);
    return isSame ? [] : [{ from: path, link: fresh }];
  });
}

/** Returns the text of a link in its shortest form, so that only what differs in meaning counts as different. */
function normal(path: string, text: string): string {
  return relative(dirname(path), join(dirname(path), text));
}

function baseOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
