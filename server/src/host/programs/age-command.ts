/**
 * Runs the `age` command for keys that need another program: SSH keys and plugins. Keys and plaintexts go through
 * pipes and the scratch folder, never through arguments. Knows nothing of what is encrypted.
 */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeScratch } from '../files/scratch.ts';
import { HostFailure } from '../host-failure.ts';
import { commandFolders, findCommand } from './commands.ts';
import { type ProcessResult, runProcess } from './process.ts';

export interface AgeProgram {
  /**
   * Returns the plaintext, or `null` if the key does not fit.
   * @param key the text of a key file
   */
  decrypt(key: string, armored: string): Promise<Buffer | null>;
  /** Returns an armored age file. */
  encrypt(recipients: readonly string[], plaintext: Uint8Array): Promise<string>;
}

/** A plugin may wait for a touch of its hardware key. */
const TIME_LIMIT_MS = 120_000;
const OUTPUT_LIMIT_BYTES = 64 * 1024 * 1024;

/**
 * Finds the `age` command.
 * @param env the environment for the command and its plugins: at least `PATH` and `HOME`
 * @param onDisk called when a key is written to a disk for the command, as there is no file system in memory
 * @returns null if there is no `age` command
 */
export async function findAge(
  env: Readonly<Record<string, string>>,
  onDisk: () => void,
): Promise<AgeProgram | null> {
  // The command is only located, since most keys do not need it and starting it takes longer.
  const program = await findCommand('age', commandFolders(env.PATH));
  if (program === null) return null;
  const limits = { timeLimitMs: TIME_LIMIT_MS, outputLimitBytes: OUTPUT_LIMIT_BYTES };
  const run = (args: readonly string[], input: Uint8Array) =>
    runProcess(program, args, { env, input, ...limits });
  return {
    async decrypt(key, armored) {
      const scratch = await makeScratch();
      if (!scratch.inMemory) onDisk();
      try {
        const path = join(scratch.path, 'key');
        await writeFile(path, key.endsWith('\n') ? key : `${key}\n`, { mode: 0o600 });
        const result = await run(['--decrypt', '-i', path], Buffer.from(armored, 'utf8'));
        if (result.code === 0) return result.stdout;
        if (/no identity matched/i.test(result.stderr.toString('utf8'))) return null;
        throw failed(result, scratch.path);
      } finally {
        scratch.wipe();
      }
    },
    async encrypt(recipients, plaintext) {
      const result = await run(
        ['--encrypt', '--armor', ...recipients.flatMap(recipient => ['-r', recipient])],
        plaintext,
      );
      if (result.code === 0) return result.stdout.toString('utf8');
      throw failed(result, null);
    },
  };
}

function failed({ end, stderr }: ProcessResult, scratch: string | null): HostFailure {
  if (end === 'timeout') return new HostFailure('other', 'The age command did not respond in time.');
  // Its messages name files and recipients. The usual cause is a key protected by a passphrase.
  const lines = stderr.toString('utf8').trim().split('\n');
  const first = (lines.find(line => /error/i.test(line)) ?? lines[0] ?? '').slice(0, 300);
  return new HostFailure(
    'other',
    `The age command failed: ${scratch === null ? first : first.replaceAll(scratch, '…')}`,
  );
}
