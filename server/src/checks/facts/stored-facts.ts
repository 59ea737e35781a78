/** Provides what is stored to rules: read once per run, or taken from what the workspace keeps between runs. */
import type { Fleet } from '../../fleet/model/fleet.ts';
import { setBackend } from '../../store/backend-setting.ts';
import { readContents, type StoreContents } from '../../store/vars/read.ts';
import type { CheckFiles } from '../rule.ts';

/** Returns a function that reads the stores on its first call. */
export function storedIn(fleet: Fleet, files: CheckFiles): () => StoreContents {
  let contents: StoreContents | null = null;
  return () => {
    contents ??=
      files.stored?.() ??
      readContents(files, { backend: setBackend(fleet), directory: fleet.directory ?? '' });
    return contents;
  };
}
