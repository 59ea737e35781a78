/** Facts from git about files, beyond whether they are in the index. */
import { folderOf } from '../../nix/eval/paths.ts';
import type { CheckFiles, TrackedFiles } from '../rule.ts';

/**
 * Returns whether the file is in a submodule or behind a link. Git tracks such a folder as a single entry and
 * knows none of its contents.
 */
export function isElsewhere(path: string, sources: CheckFiles, tracked: TrackedFiles): boolean {
  let folder = folderOf(path);
  let below = path;
  while (folder !== '' && !tracked.has(folder)) {
    below = folder;
    folder = folderOf(folder);
  }
  for (let at = below; at !== ''; at = folderOf(at)) {
    const name = at.slice(folderOf(at) === '' ? 0 : folderOf(at).length + 1);
    if (sources.links?.(folderOf(at))?.some(link => link.name === name)) return true;
  }
  if (folder === '') return false;
  return !(sources.list(folder) ?? []).some(({ name }) => tracked.has(`${folder}/${name}`));
}
