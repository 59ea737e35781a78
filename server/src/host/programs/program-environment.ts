/** Selects the part of the person's environment that other programs receive. */
import { commandFolders } from './commands.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Returns all variables that are set. `PATH` only keeps absolute folders, as programs are started inside
 * repositories.
 */
export function definedOnly(env: Environment): Record<string, string> {
  const set = Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return { ...Object.fromEntries(set), PATH: commandFolders(env.PATH).join(':') };
}

/** Variables that contain keys of sops and age. */
const KEYS = /^(SOPS_AGE_|AGE_KEY|SOPS_NIX_SECRET)/;

/** Returns the variables for programs that need no keys. */
export function withoutKeys(env: Environment): Record<string, string> {
  return Object.fromEntries(Object.entries(definedOnly(env)).filter(([name]) => !KEYS.test(name)));
}
