/** Where a command is, as a shell would find it. */
import { access, constants, stat } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';

/**
 * @param folders absolute, first come first served; others are passed over
 * @returns the absolute path; null where no folder has such a command
 */
export async function findCommand(name: string, folders: readonly string[]): Promise<string | null> {
  for (const folder of folders.filter(isAbsolute)) {
    const path = join(folder, name);
    try {
      await access(path, constants.X_OK);
      if ((await stat(path)).isFile()) return path;
    } catch {
      // Not here.
    }
  }
  return null;
}
