/**
 * Where the keys of the person at the keyboard are: the places that clan, sops and age look in. A pure function of
 * an environment and of something that reads a file; it reads nothing itself and opens nothing.
 *
 * Sources: getsops/sops 15e36f97a, age/keysource.go; clan-core d7c35d912, clan_cli/secrets/sops.py and
 * clan_lib/vars/secret_modules/age.
 */
import { type Identity, type IdentityProblem, parseIdentities } from './recipients.ts';

export interface IdentityPlaces {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** `process.platform`. */
  readonly platform: string;
  /** The home folder; null where there is none. */
  readonly home: string | null;
  /** The text of a file outside the workspace; null where there is none that can be read. */
  read(path: string): string | null;
}

export interface FoundIdentities {
  /** In the order of the places. Those of the first place that has any are the acting person's own. */
  readonly identities: readonly Identity[];
  readonly problems: readonly IdentityProblem[];
  /** Every place that was looked at, for "no key found" messages. */
  readonly looked: readonly string[];
  /** Commands that would print a key, by the variable that names them. Nothing here runs them. */
  readonly commands: readonly { readonly variable: string; readonly command: string }[];
}

/** Returns the identities that sops files are opened with. */
export function sopsIdentities(places: IdentityPlaces): FoundIdentities {
  const collected = collector(places);
  collected.variable('SOPS_AGE_KEY');
  collected.file(places.env.SOPS_AGE_KEY_FILE, 'SOPS_AGE_KEY_FILE');
  collected.command('SOPS_AGE_KEY_CMD');
  const config = configFolder(places);
  if (config !== null) collected.file(`${config}/sops/age/keys.txt`);
  if (places.env.SOPS_AGE_SSH_PRIVATE_KEY_FILE)
    collected.file(places.env.SOPS_AGE_SSH_PRIVATE_KEY_FILE, 'SOPS_AGE_SSH_PRIVATE_KEY_FILE');
  else if (places.env.SOPS_AGE_SSH_PRIVATE_KEY_CMD) collected.command('SOPS_AGE_SSH_PRIVATE_KEY_CMD');
  else if (places.home !== null)
    for (const name of ['id_ed25519', 'id_rsa']) collected.file(`${places.home}/.ssh/${name}`);
  return collected.done();
}

/** Returns the identities that files of clan's age backend are opened with. */
export function ageIdentities(places: IdentityPlaces): FoundIdentities {
  const collected = collector(places);
  if (places.env.AGE_KEY) collected.variable('AGE_KEY');
  else if (places.env.AGE_KEYFILE) collected.file(places.env.AGE_KEYFILE, 'AGE_KEYFILE');
  else if (places.home !== null)
    for (const name of ['.config/age/identities', '.config/sops/age/keys.txt', '.age/key.txt'])
      collected.file(`${places.home}/${name}`);
  return collected.done();
}

/** "No key found". */
export function noIdentityMessage(identities: FoundIdentities): string {
  const looked =
    identities.looked.length === 0 ? 'nowhere: there is no home folder' : identities.looked.join(', ');
  return `No age identity found. Looked in: ${looked}.`;
}

/** What to do about it in a terminal. */
export const MAKE_A_KEY = 'Create one with "varsmith keygen", or name a key file.';

/** Returns the file that a new key goes to; null where there is no home folder. */
export function newKeyPath(places: Omit<IdentityPlaces, 'read'>): string | null {
  if (places.env.SOPS_AGE_KEY_FILE) return places.env.SOPS_AGE_KEY_FILE;
  const config = configFolder(places);
  return config === null ? null : `${config}/sops/age/keys.txt`;
}

/** Returns where sops keeps its keys: `$XDG_CONFIG_HOME`, else the system's folder for settings. */
function configFolder({ env, platform, home }: Omit<IdentityPlaces, 'read'>): string | null {
  if (env.XDG_CONFIG_HOME) return env.XDG_CONFIG_HOME;
  if (home === null) return null;
  return platform === 'darwin' ? `${home}/Library/Application Support` : `${home}/.config`;
}

function collector(places: IdentityPlaces) {
  const identities: Identity[] = [];
  const problems: IdentityProblem[] = [];
  const looked: string[] = [];
  const commands: { variable: string; command: string }[] = [];

  function take(text: string, source: string): void {
    const parsed = parseIdentities(text, source);
    identities.push(...parsed.identities);
    problems.push(...parsed.problems);
  }

  return {
    variable(name: string): void {
      looked.push(name);
      const text = places.env[name];
      if (text) take(text, name);
    },
    /** @param variable the variable that names the file: then it must be there */
    file(path: string | undefined, variable?: string): void {
      if (variable !== undefined) looked.push(variable);
      else if (path) looked.push(path);
      if (!path) return;
      const text = places.read(path);
      if (text !== null) take(text, path);
      else if (variable !== undefined)
        problems.push({
          source: variable,
          line: 0,
          message: `${variable} names ${path}, which cannot be read`,
        });
    },
    command(variable: string): void {
      const command = places.env[variable];
      if (command) commands.push({ variable, command });
    },
    done: (): FoundIdentities => ({ identities, problems, looked, commands }),
  };
}
