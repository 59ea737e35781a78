/**
 * Repairs the links of a store whose targets or folders were moved. Links such as `vars/shared/ca/key/machines/lea` →
 * `../../../../../sops/machines/lea` determine who a secret is shared with. Only computes text: after the moves the
 * old target no longer exists, but can still be read from the link.
 */
import { dirname, join, relative } from 'node:path/posix';
import { type Change, linkTo } from './changes.ts';
import { below, STORE_FOLDERS, type StoreFiles } from './files.ts';
import { linksBelow } from './links.ts';
import { type Move, movedPath } from './moves.ts';

/** An existing link and its replacement. */
export interface MovedLink {
  /** The current path, relative to the root. */
  readonly from: string;
  /** The new path and target, both after the moves. */
  readonly link: Extract<Change, { kind: 'link' }>;
}

/**
 * Returns the links that the moves break. A link named after its target (`machines/lea`) takes the new name.
 * @param directory the clan's folder; the root is ''
 * @param happened true if the files have already been moved
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

/** Returns the text of a link in its shortest form, so that only real differences count. */
function normal(path: string, text: string): string {
  return relative(dirname(path), join(dirname(path), text));
}

function baseOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
