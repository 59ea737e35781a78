/**
 * What is stored, as rules read it: once a run, and from what the workspace keeps between runs where it does.
 */
import type { Fleet } from '../fleet/model.ts';
import { backendNamed, readContents, type StoreContents } from '../store/read.ts';
import type { CheckFiles } from './rule.ts';

/** The backend that the configuration sets for all machines; null where it sets none, or several. */
export function backendOf(fleet: Fleet): ReturnType<typeof backendNamed> {
  const settings = fleet.storeSettings();
  const set = new Set(fleet.machines.map(({ name }) => settings.of(name)));
  const [only = null] = set.size === 1 ? set : [];
  const common = settings.clan ?? only;
  return common === null ? null : backendNamed(common);
}

/** @returns a function that reads the stores when it is first called */
export function storedIn(fleet: Fleet, files: CheckFiles): () => StoreContents {
  let contents: StoreContents | null = null;
  return () => {
    contents ??=
      files.stored?.() ??
      readContents(files, { backend: backendOf(fleet), directory: fleet.directory ?? '' });
    return contents;
  };
}
