/**
 * Runs commands that receive or return a secret, on standard input and output and never in arguments. The input is
 * kept in the scratch folder meanwhile, so that the command gets all of it even if this process is killed. Knows
 * nothing of stores.
 */
import { open, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeScratch } from '../files/scratch.ts';
import { type ProcessOptions, type ProcessResult, runProcess } from './process.ts';

export interface SecretCommandOptions extends ProcessOptions {
  /** Called if the input is written to a disk, because there is no file system in memory. */
  readonly onDisk: () => void;
}

/**
 * Runs a command that receives or returns a secret.
 * @throws HostFailure `unavailable` if there is no such command
 */
export async function runSecretCommand(
  command: string,
  args: readonly string[],
  { input, onDisk, ...options }: SecretCommandOptions,
): Promise<ProcessResult> {
  if (input === undefined) return runProcess(command, args, options);
  const scratch = await makeScratch();
  if (!scratch.inMemory) onDisk();
  try {
    const path = join(scratch.path, 'input');
    await writeFile(path, input, { mode: 0o600, flag: 'wx' });
    const handle = await open(path, 'r');
    try {
      return await runProcess(command, args, { ...options, inputFile: handle.fd });
    } finally {
      await handle.close();
    }
  } finally {
    scratch.wipe();
  }
}
