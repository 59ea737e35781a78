/** Writes files below a folder, whose names must not lead out of it. */
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { HostFailure } from '../host-failure.ts';

/** Creates links to commands by name. */
export function linkCommands(folder: string, commands: ReadonlyMap<string, string>): void {
  for (const [name, program] of commands) symlinkSync(program, within(folder, name));
}

/** Writes a file that only this user can read. */
export function put(path: string, bytes: Uint8Array): void {
  writeFileSync(path, bytes, { mode: 0o600, flag: 'wx' });
}

/**
 * Writes a file below a folder, creating the folders in between.
 * @throws HostFailure `outside`
 */
export function putIn(folder: string, name: string, bytes: Uint8Array): void {
  const path = within(folder, name);
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  put(path, bytes);
}

/**
 * Returns the path of a file below a folder.
 * @param name the file's name, with slashes for files in folders
 * @throws HostFailure `outside`
 */
export function within(folder: string, name: string): string {
  if (name.split('/').some(part => part === '' || part === '.' || part === '..'))
    throw new HostFailure('outside', `"${name}" is not the name of a file.`);
  return join(folder, name);
}
