/**
 * Implements clan's password-store backend with entries of the user's `pass` or `passage` store. The command
 * encrypts, decrypts and keeps the store's history; existence is checked by file names.
 *
 * Source: clan-core d7c35d912, clan_lib/vars/secret_modules/password_store.py.
 */
import { join } from 'node:path';
import { filesBelow, isFile, isFolder } from '../../host/files/outside-files.ts';
import type { ProcessResult } from '../../host/programs/process.ts';
import { withoutKeys } from '../../host/programs/program-environment.ts';
import { StoreFailure } from '../../store/store-failure.ts';
import type { RunEnvironment } from '../run-environment.ts';
import type { PassCommand } from './configured-access.ts';
import type { OutsideStore } from './outside-backend.ts';
import { beginningOf, outsideProgram, runOutside } from './outside-program.ts';

/** The folder of clan's entries in the store. */
const PREFIX = 'clan-vars';

export function passwordStore(environment: RunEnvironment, command: PassCommand): OutsideStore {
  const { env } = environment;

  /**
   * Runs the command.
   *
   * @throws StoreFailure with the command's error output
   */
  async function pass(args: readonly string[], action: string, input?: Uint8Array): Promise<Buffer> {
    const called = { env: { ...withoutKeys(env), LC_ALL: 'C' }, input };
    const result = await runOutside(environment, await programOf(), args, called);
    if (result.code === 0 && !result.truncated) return result.stdout;
    throw new StoreFailure('no-matching-key', `${command} could not ${action}${passError(result, input)}`);
  }

  const programOf = () =>
    outsideProgram(
      environment,
      command,
      `Secrets are kept in a password store, and the command "${command}" is not installed.`,
    );

  async function exists(entry: string): Promise<boolean> {
    const path = join(storeFolder(environment, command), PREFIX, entry);
    // Files of both programs count, as in clan.
    return (await isFile(`${path}.age`)) || (await isFile(`${path}.gpg`));
  }

  return {
    async list() {
      const files = await filesBelow(join(storeFolder(environment, command), PREFIX));
      return files.flatMap(file => /^(.+)\.(?:age|gpg)$/.exec(file)?.[1] ?? []);
    },
    exists,
    async mustBeReady() {
      await programOf();
      const folder = storeFolder(environment, command);
      if (command === 'passage' || env.PASSWORD_STORE_KEY || (await isFolder(folder))) return;
      throw new StoreFailure(
        'recipient',
        `There is no password store in ${folder}. Create one with "pass init GPG-ID", or name another in PASSWORD_STORE_DIR.`,
      );
    },
    async read(entry) {
      return (await exists(entry)) ? pass(['show', `${PREFIX}/${entry}`], `open ${PREFIX}/${entry}`) : null;
    },
    async write(entry, value) {
      await pass(['insert', '-m', `${PREFIX}/${entry}`], `store ${PREFIX}/${entry}`, value);
    },
    async remove(entry) {
      await pass(['rm', '--force', `${PREFIX}/${entry}`], `remove ${PREFIX}/${entry}`);
    },
  };
}

/**
 * Returns the folder of the password store.
 *
 * @throws StoreFailure if there is no home folder to contain it
 */
function storeFolder({ env, home }: RunEnvironment, command: PassCommand): string {
  const named = command === 'pass' ? env.PASSWORD_STORE_DIR : env.PASSAGE_DIR;
  if (named) return named;
  if (home === null)
    throw new StoreFailure('unsupported', 'There is no home folder in which to look for a password store.');
  return join(home, command === 'pass' ? '.password-store' : '.passage/store');
}

function passError(result: ProcessResult, secret: Uint8Array | undefined): string {
  if (result.end === 'timeout') return ': it did not respond in time.';
  const output = beginningOf(result, secret);
  return output === '' ? '.' : `: ${output}`;
}
