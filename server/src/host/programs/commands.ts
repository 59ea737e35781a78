/** Where a command is, as a shell would find it. */
import { accessSync, constants, realpathSync, statSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';

/**
 * @param folders absolute, first come first served; others are passed over
 * @returns the absolute path; null where no folder has such a command
 */
export async function findCommand(name: string, folders: readonly string[]): Promise<string | null> {
  for (const folder of folders.filter(isAbsolute)) {
    const path = join(folder, name);
    try {
      // At once: a run looks for a hundred, and a way through other threads takes ten times as long as looking.
      if (!statSync(path, { throwIfNoEntry: false })?.isFile()) continue;
      accessSync(path, constants.X_OK);
      return path;
    } catch {
      // Not for this person.
    }
  }
  return null;
}

/**
 * Splits a `PATH` into the folders that commands may be looked for in: the absolute ones. What `.`, an empty part or `bin`
 * stands for depends on where one is, and that may be a repository from elsewhere.
 *
 * @param path undefined: nothing is set, and the system's own count
 */
export function commandFolders(path: string | undefined): readonly string[] {
  const folders = (path ?? '').split(':').filter(isAbsolute);
  return folders.length > 0 ? folders : ['/usr/bin', '/bin'];
}

/** Where the commands of a system are, whatever `PATH` says. */
const SYSTEM_FOLDERS = ['/run/current-system/sw/bin', '/usr/bin', '/bin', '/usr/sbin', '/sbin'];

/** Finds each command once. */
export interface Commands {
  /** The absolute path of a program, behind all links; null where there is none that scripts can use. */
  find(name: string): Promise<string | null>;
}

/**
 * @param path `PATH` as the person has it; the system's own folders come first
 * @param isSeen programs for which it is false count as absent: the sandbox hides them
 */
export function hostCommands(path: string, isSeen: (program: string) => boolean): Commands {
  const folders = [...new Set([...SYSTEM_FOLDERS, ...path.split(':')])];
  const looked = new Map<string, Promise<string | null>>();
  async function look(name: string): Promise<string | null> {
    for (const folder of folders) {
      const command = await findCommand(name, [folder]);
      if (command === null) continue;
      // Links of other folders lead nowhere inside of the sandbox; what they lead to may be seen there.
      const program = realpathSync(command);
      if (isSeen(program)) return program;
    }
    return null;
  }
  return {
    find(name) {
      const looking = looked.get(name) ?? look(name);
      looked.set(name, looking);
      return looking;
    },
  };
}
