/** What other programs are given of the person's environment. */
import { commandFolders } from './commands.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** Returns all that is set. Of `PATH` only absolute folders: a program that looks for others is started inside a repository. */
export function definedOnly(env: Environment): Record<string, string> {
  const set = Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return { ...Object.fromEntries(set), PATH: commandFolders(env.PATH).join(':') };
}

/** Variables that hold keys of sops and age. */
const KEYS = /^(SOPS_AGE_|AGE_KEY|SOPS_NIX_SECRET)/;

/** Returns the same for programs that have no use for keys. */
export function withoutKeys(env: Environment): Record<string, string> {
  return Object.fromEntries(Object.entries(definedOnly(env)).filter(([name]) => !KEYS.test(name)));
}
