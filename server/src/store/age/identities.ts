/**
 * Finds the keys of the person at the keyboard, in the places where clan, sops and age look. Pure functions of an
 * environment and a function that reads files; decrypts nothing.
 * Sources: getsops/sops 15e36f97a, age/keysource.go; clan-core d7c35d912, clan_cli/secrets/sops.py and
 * clan_lib/vars/secret_modules/age.
 */
import { type Identity, type IdentityProblem, parseIdentities } from './recipients.ts';

export interface IdentityPlaces {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** `process.platform`. */
  readonly platform: string;
  /** The home folder, or `null` if there is none. */
  readonly home: string | null;
  /** Returns the text of a file outside the workspace, or `null` if it cannot be read. */
  read(path: string): string | null;
}

export interface FoundIdentities {
  /** In the order of the places. Those of the first place that has any belong to the acting person. */
  readonly identities: readonly Identity[];
  readonly problems: readonly IdentityProblem[];
  /** Every place that was searched, for "no key found" messages. */
  readonly looked: readonly string[];
  /** Commands that would print a key, by the variable that names them. They are not run here. */
  readonly commands: readonly { readonly variable: string; readonly command: string }[];
}

/** Returns the identities for sops files. */
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

/** Returns the identities for files of clan's age backend. */
export function ageIdentities(places: IdentityPlaces): FoundIdentities {
  const collected = collector(places);
  if (places.env.AGE_KEY) collected.variable('AGE_KEY');
  else if (places.env.AGE_KEYFILE) collected.file(places.env.AGE_KEYFILE, 'AGE_KEYFILE');
  else if (places.home !== null)
    for (const name of ['.config/age/identities', '.config/sops/age/keys.txt', '.age/key.txt'])
      collected.file(`${places.home}/${name}`);
  return collected.done();
}

/** Returns the message "no key found" with the searched places. */
export function noIdentityMessage(identities: FoundIdentities): string {
  const looked =
    identities.looked.length === 0 ? 'nowhere: there is no home folder' : identities.looked.join(', ');
  return `No age identity found. Looked in: ${looked}.`;
}

/** Advice for a terminal. */
export const MAKE_A_KEY = 'Create one with "varsmith keygen", or name a key file.';

/** Returns the file for a new key, or `null` if there is no home folder. */
export function newKeyPath(places: Omit<IdentityPlaces, 'read'>): string | null {
  if (places.env.SOPS_AGE_KEY_FILE) return places.env.SOPS_AGE_KEY_FILE;
  const config = configFolder(places);
  return config === null ? null : `${config}/sops/age/keys.txt`;
}

/** Returns the folder where sops keeps its keys: `$XDG_CONFIG_HOME`, else the system's folder for settings. */
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
    /**
     * Adds the keys in a file.
     * @param variable the variable that names the file, which must exist then
     */
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
