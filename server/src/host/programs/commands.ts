/** Locates commands like a shell. */
import { accessSync, constants, realpathSync, statSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';

/**
 * Returns the absolute path of a command, or `null` if no folder has it.
 * @param folders absolute paths in order of precedence; others are ignored
 */
export async function findCommand(name: string, folders: readonly string[]): Promise<string | null> {
  for (const folder of folders.filter(isAbsolute)) {
    const path = join(folder, name);
    try {
      // Synchronous, since a run looks up a hundred commands and a detour through other threads takes ten times as
      // long.
      if (!statSync(path, { throwIfNoEntry: false })?.isFile()) continue;
      accessSync(path, constants.X_OK);
      return path;
    } catch {
      // Not accessible for this person.
    }
  }
  return null;
}

/**
 * Returns the folders of a `PATH` in which commands may be looked up: the absolute ones. The meaning of `.`, an empty
 * part or `bin` depends on the current folder, which may be in an untrusted repository.
 * @param path undefined for the system's default folders
 */
export function commandFolders(path: string | undefined): readonly string[] {
  const folders = (path ?? '').split(':').filter(isAbsolute);
  return folders.length > 0 ? folders : ['/usr/bin', '/bin'];
}

/** The system's folders of commands, whatever `PATH` contains. */
const SYSTEM_FOLDERS = ['/run/current-system/sw/bin', '/usr/bin', '/bin', '/usr/sbin', '/sbin'];

/** Looks up commands, each only once. */
export interface Commands {
  /** Returns the absolute path of a program with links resolved, or `null` if scripts cannot use it. */
  find(name: string): Promise<string | null>;
}

/**
 * Returns the commands of the host that scripts can use.
 * @param path the person's `PATH`; the system's folders take precedence
 * @param isSeen returns false for programs that the sandbox hides, which count as missing
 */
export function hostCommands(path: string, isSeen: (program: string) => boolean): Commands {
  const folders = [...new Set([...SYSTEM_FOLDERS, ...path.split(':')])];
  const looked = new Map<string, Promise<string | null>>();
  async function look(name: string): Promise<string | null> {
    for (const folder of folders) {
      const command = await findCommand(name, [folder]);
      if (command === null) continue;
      // Inside the sandbox, links in other folders are dangling, but their targets may be visible.
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
