/** Chooses the program that generates: ours, or `clan` if it is installed and preferred. */
import { access, constants } from 'node:fs/promises';
import { delimiter, isAbsolute, join } from 'node:path';
import { Uri, workspace } from 'vscode';

export type Engine = 'embedded' | 'clan';

/**
 * Returns the engine for a fleet.
 * @param root absolute path of the fleet
 */
export async function engineOf(root: string): Promise<Engine> {
  const wanted = workspace.getConfiguration('varsmith', Uri.file(root)).get<string>('engine');
  if (wanted === 'clan') return 'clan';
  return wanted === 'auto' && (await isOnPath('clan')) ? 'clan' : 'embedded';
}

export async function isOnPath(program: string, path?: string): Promise<boolean> {
  return (await findOnPath(program, path)) !== null;
}

/** Returns the absolute path of a program, or `null` if it is not installed. */
export async function findOnPath(program: string, path = process.env.PATH ?? ''): Promise<string | null> {
  for (const folder of path.split(delimiter).filter(isAbsolute)) {
    try {
      await access(join(folder, program), constants.X_OK);
      return join(folder, program);
    } catch {
      // Not in this folder.
    }
  }
  return null;
}
