/**
 * The `age` command, for keys that need another program: ssh keys and plugins. Keys and plaintexts go through pipes
 * and the scratch folder, never through arguments. Knows nothing of what is encrypted.
 */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeScratch } from '../files/scratch.ts';
import { HostFailure } from '../host-failure.ts';
import { commandFolders, findCommand } from './commands.ts';
import { type ProcessResult, runProcess } from './process.ts';

export interface AgeProgram {
  /**
   * @param key the text of a key file
   * @returns the plaintext; null where the key does not fit
   */
  decrypt(key: string, armored: string): Promise<Buffer | null>;
  /** @returns an armored age file */
  encrypt(recipients: readonly string[], plaintext: Uint8Array): Promise<string>;
}

/** A plugin may ask for a touch of its key. */
const TIME_LIMIT_MS = 120_000;
const OUTPUT_LIMIT_BYTES = 64 * 1024 * 1024;

/**
 * @param env what the command and its plugins need: at least `PATH` and `HOME`
 * @param onDisk called where a key is laid on a disk for the command to read, for want of a file system in memory
 * @returns null where there is no `age` command
 */
export async function findAge(
  env: Readonly<Record<string, string>>,
  onDisk: () => void,
): Promise<AgeProgram | null> {
  // Looked for, not tried: most keys need no command, and to start one takes longer than that.
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
  if (end === 'timeout') return new HostFailure('other', 'The age command did not answer in time.');
  // Its messages name files and recipients; a passphrase-protected key is the usual cause.
  const lines = stderr.toString('utf8').trim().split('\n');
  const first = (lines.find(line => /error/i.test(line)) ?? lines[0] ?? '').slice(0, 300);
  return new HostFailure(
    'other',
    `The age command failed: ${scratch === null ? first : first.replaceAll(scratch, '…')}`,
  );
}
