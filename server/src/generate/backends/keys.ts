/**
 * Finds the user's keys where clan, sops and age look for them, and the `age` command for keys that need it.
 * Keys stay in memory; messages only name their locations.
 */

import { readKeyFile } from '../../host/files/keyfiles.ts';
import { findAge } from '../../host/programs/age-command.ts';
import { commandFolders, findCommand } from '../../host/programs/commands.ts';
import { runProcess } from '../../host/programs/process.ts';
import { definedOnly } from '../../host/programs/program-environment.ts';
import { type AgeCommand, type Keyring, openKeyring } from '../../store/age/crypt.ts';
import {
  ageIdentities,
  type FoundIdentities,
  MAKE_A_KEY,
  noIdentityMessage,
  sopsIdentities,
} from '../../store/age/identities.ts';
import { type Identity, parseIdentities } from '../../store/age/recipients.ts';
import { StoreFailure } from '../../store/store-failure.ts';
import type { RunEnvironment } from '../run-environment.ts';
import type { KeyedBackend } from './served-backend.ts';

export interface Keys {
  readonly found: FoundIdentities;
  readonly keyring: Keyring;
  readonly command: AgeCommand | null;
}

const COMMAND_LIMIT_MS = 60_000;
const COMMAND_OUTPUT_BYTES = 256 * 1024;

/**
 * Finds the user's keys.
 *
 * @param more identities from the command line, in addition to those found @throws StoreFailure if a command
 * that should print a key fails; HostFailure
 */
export async function findKeys(
  environment: RunEnvironment,
  backend: KeyedBackend,
  more: readonly Identity[] = [],
): Promise<Keys> {
  const { env, platform, home } = environment;
  const places = { env, platform, home, read: readKeyFile };
  const foundIdentities = backend === 'sops' ? sopsIdentities(places) : ageIdentities(places);
  const printed = [];
  for (const { variable, command } of foundIdentities.commands) {
    const text = await printedBy(variable, command, environment);
    printed.push(...parseIdentities(text, variable).identities);
  }
  const identities = [...more, ...foundIdentities.identities, ...printed];
  const command = await findAge(definedOnly(env), environment.onDisk);
  return {
    found: { ...foundIdentities, identities: [...more, ...foundIdentities.identities] },
    keyring: await openKeyring(identities, command),
    command,
  };
}

/** Returns the user's keys for sops if they are all in files; null if a program would have to print or use one. */
export async function keysAtHand({ env, platform, home }: RunEnvironment): Promise<Keys | null> {
  const found = sopsIdentities({ env, platform, home, read: readKeyFile });
  if (found.commands.length > 0 || found.identities.some(({ kind }) => kind !== 'native')) return null;
  return { found, keyring: await openKeyring(found.identities, null), command: null };
}

/** Returns an empty key set, for read-only commands. Reads no key and starts no program. */
export async function noKeys(): Promise<Keys> {
  const foundIdentities: FoundIdentities = { identities: [], commands: [], problems: [], looked: [] };
  return { found: foundIdentities, keyring: await openKeyring([], null), command: null };
}

/**
 * Returns the keys for files of sops-nix and agenix: those that sops finds, those that age finds, and the named
 * ones.
 */
export function findAllKeys(environment: RunEnvironment, named: readonly Identity[]): Promise<Keys> {
  const { env, platform, home } = environment;
  const { identities } = ageIdentities({ env, platform, home, read: readKeyFile });
  return findKeys(environment, 'sops', [...named, ...identities]);
}

/**
 * Checks that there is a key.
 *
 * @throws StoreFailure `no-key` if there is none
 */
export function mustHaveKeys({ found, keyring }: Keys): void {
  if (keyring.recipients.length > 0 || found.identities.length > 0 || found.commands.length > 0) return;
  const problems = found.problems.map(problem => `${problem.message}.`);
  throw new StoreFailure('no-key', [noIdentityMessage(found), ...problems].join(' '), MAKE_A_KEY);
}

/** Returns the key printed by a command line such as `SOPS_AGE_KEY_CMD`. */
async function printedBy(variable: string, command: string, { env, root }: RunEnvironment): Promise<string> {
  const shell = await findCommand('sh', ['/bin', ...commandFolders(env.PATH)]);
  if (shell === null)
    throw new StoreFailure('no-matching-key', `There is no shell to run the command in ${variable}.`);
  const result = await runProcess(shell, ['-c', command], {
    cwd: root,
    env: definedOnly(env),
    timeLimitMs: COMMAND_LIMIT_MS,
    outputLimitBytes: COMMAND_OUTPUT_BYTES,
  });
  if (result.code === 0) return result.stdout.toString('utf8');
  throw new StoreFailure(
    'no-matching-key',
    `The command in ${variable} did not print a key (${result.code === null ? 'it was ended' : `exit code ${result.code}`}).`,
  );
}
