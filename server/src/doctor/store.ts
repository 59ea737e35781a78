/**
 * Makes entries about the secret backend: its kind, the number of stored secrets, and the person's keys. Secrets are
 * neither decrypted nor shown.
 */
import { fleetTally } from '../checks/facts/store/tallies.ts';
import { counted } from '../checks/facts/wording.ts';
import type { Fleet } from '../fleet/model/fleet.ts';
import type { FleetSecrets } from '../fleet/secrets/secrets-join.ts';
import { backendOf } from '../generate/backends/served-backend.ts';
import { readKeyFile } from '../host/files/keyfiles.ts';
import { owedIn } from '../host/git/pending-commits.ts';
import { openRepository } from '../host/git/repository.ts';
import { HostFailure } from '../host/host-failure.ts';
import { recipientOf } from '../store/age/crypt.ts';
import { ageIdentities, type FoundIdentities, sopsIdentities } from '../store/age/identities.ts';
import type { Identity } from '../store/age/recipients.ts';
import {
  commonSetting,
  isNoStore,
  noSuchStore,
  setBackend,
  shownBackend,
  usedSettings,
} from '../store/backend-setting.ts';
import { StoreFailure } from '../store/store-failure.ts';
import { below } from '../store/vars/files.ts';
import { readContents, type StoreContents } from '../store/vars/read.ts';
import { type Tally, tallyText } from '../store/vars/tally.ts';
import { isWithoutClan } from '../store/without-clan.ts';
import type { ActionNames } from './actions.ts';
import { allowedEntries } from './allowed-command.ts';
import { attributeEntries } from './attributes.ts';
import type { DoctorEnvironment, Examined } from './examined.ts';
import { type Entry, entry, type Section } from './report.ts';
import { opensText, readSecrets, secretEntries } from './secrets.ts';

export async function storeSection(examined: Examined, around: DoctorEnvironment): Promise<Section> {
  const { files, fleet, storeCommand } = examined;
  const directory = fleet.directory ?? '';
  const elsewhere = storeCommand !== null;
  const contents = readContents(files, {
    ...{ backend: setBackend(fleet), directory, elsewhere },
    chosen: examined.storeBackend,
  });
  const tally = fleetTally({ fleet, files, stored: () => contents });
  const secrets = readSecrets(examined, contents.sops);
  return {
    title: 'Store and keys',
    entries: [
      backendEntry(examined, contents),
      ...(await allowedEntries(examined, around)),
      storedEntry(fleet, contents, directory, tally, around.names),
      ...(await attributeEntries(examined, contents, around)),
      ...(await owedEntries(examined, around)),
      ...(await authorEntries(examined, around)),
      ...secretEntries(examined, secrets),
      ...(await keyEntries(examined, contents, secrets, around)),
    ],
  };
}

/** Returns an entry about values that earlier runs have stored but not committed. */
async function owedEntries(
  { root }: Examined,
  { env, home, trusted, names }: DoctorEnvironment,
): Promise<Entry[]> {
  // This check runs git.
  if (!trusted) return [];
  try {
    const owed = await owedIn({ root, env, home }, await openRepository(root, env));
    if (owed.length === 0) return [];
    return [
      entry('not committed', 'problem', `${counted(owed.length, 'file')} stored by an earlier run`, {
        details: owed,
        advice: `${names.generate} commits what has not changed since.`,
        action: 'generate',
      }),
    ];
  } catch (error) {
    if (!(error instanceof HostFailure)) throw error;
    // Nothing is stored without git where there is a repository.
    if (error.kind === 'no-git') return [entry('git repository', 'problem', error.message)];
    return [entry('not committed', 'unknown', error.message)];
  }
}

/** Returns an entry if git has no author for the commits that runs make. Reading the fleet, as in CI, needs none. */
async function authorEntries(
  { root, fleet }: Examined,
  { env, trusted, names }: DoctorEnvironment,
): Promise<Entry[]> {
  if (!trusted || !hasVars(fleet)) return [];
  try {
    const repository = await openRepository(root, env);
    if (repository === null || (await repository.hasIdentity())) return [];
    return [
      entry('git author', 'absent', 'git has no name and email address for your commits', {
        advice: `Set them before you generate: ${names.author}. Or leave out the commits (--no-commit, varsmith.commit).`,
        action: 'author',
      }),
    ];
  } catch (error) {
    if (!(error instanceof HostFailure)) throw error;
    return [entry('git author', 'unknown', error.message)];
  }
}

/** Returns the entry of the backend. A backend that generation rejects is a problem here as well. */
function backendEntry(examined: Examined, contents: StoreContents): Entry {
  const { fleet, files, storeCommand, storeBackend } = examined;
  const description = describedBackend(examined, contents);
  if (description.standing === 'problem') return description;
  try {
    backendOf(fleet, { files, storeCommand, storeBackend });
    return description;
  } catch (error) {
    if (!(error instanceof StoreFailure)) throw error;
    return entry('backend', 'problem', description.text, {
      details: description.details,
      advice: error.message,
    });
  }
}

function describedBackend(
  { fleet, files, storeCommand, storeBackend }: Examined,
  { backend, evidence, traces }: StoreContents,
): Entry {
  const used = usedSettings(fleet, files, storeCommand === null ? storeBackend : 'custom');
  const details =
    traces.length > 0
      ? [`Found in the repository: ${traces.join(', ')}.`]
      : [
          `Looked for ${below(fleet.directory ?? '', 'sops/')} and ${below(fleet.directory ?? '', 'secrets/')}.`,
        ];
  if (used.length > 1)
    return entry('backend', 'problem', `machines differ: ${used.join(', ')}`, {
      details,
      advice: 'Varsmith generates for one backend only: use "clan vars" here.',
    });
  const setting = commonSetting(fleet);
  if (storeCommand !== null && (setting === null || setting === 'custom'))
    return entry(
      'backend',
      'found',
      `a custom store: ${storeCommand.join(' ')}, according to varsmith.json`,
      {
        details,
      },
    );
  if (setting === 'custom')
    return entry('backend', 'problem', 'custom, according to the configuration, but without a command', {
      details,
      advice: 'Name its command in varsmith.json: { "store": { "command": ["./my-store"] } }.',
    });
  if (setting !== null && isNoStore(setting))
    return entry('backend', 'problem', `${setting}, according to the configuration`, {
      details: [...details, noSuchStore(setting)],
      advice: "Set the clan's vars.settings.secretStore to one of them; otherwise evaluation fails.",
    });
  if (setting !== null)
    return entry('backend', 'found', `${setting}, according to the configuration`, { details });
  if (storeBackend !== null)
    return entry('backend', 'found', `${storeBackend}, according to varsmith.json`, { details });
  if (isWithoutClan(fleet, files))
    return entry('backend', 'problem', 'none: the fleet does not use clan, and nothing reads its layout', {
      details,
      advice: 'Name a store in varsmith.json before you generate: docs/configuration.md.',
    });
  if (evidence === 'disk')
    return entry('backend', 'found', `${backend}, judging by the files on disk`, { details });
  const looked = [...details, 'Looked for vars.settings.secretStore in the configuration.'];
  if (!hasVars(fleet))
    return entry('backend', 'absent', 'none; none is needed without generators', { details: looked });
  return entry('backend', 'absent', `not configured; ${used[0] ?? 'sops'} would be used`, {
    details: looked,
    advice: 'Nothing to do: sops is the default of clan.',
  });
}

/** Returns whether there is anything to generate. */
function hasVars(fleet: Fleet): boolean {
  return fleet.isClan || fleet.generators.length > 0;
}

function storedEntry(
  fleet: Fleet,
  { vars }: StoreContents,
  directory: string,
  tally: Tally,
  names: ActionNames,
): Entry {
  const secrets = vars.filter(({ kind }) => kind === 'secret').length;
  const text = `${counted(secrets, 'secret')}, ${counted(vars.length - secrets, 'public file')}`;
  const state = tally.generators === 0 ? [] : [`${tallyText(tally, ', ')}.`];
  return vars.length > 0
    ? entry('stored vars', 'found', text, { details: state })
    : entry('stored vars', 'absent', 'none', {
        details: [...state, `Looked in ${below(directory, 'vars/')} and ${below(directory, 'secrets/')}.`],
        ...(fleet.generators.length > 0
          ? { advice: `${names.generate} generates what is missing.`, action: 'generate' as const }
          : {}),
      });
}

async function keyEntries(
  examined: Examined,
  contents: StoreContents,
  secrets: FleetSecrets,
  { env, platform, home, trusted, names }: DoctorEnvironment,
): Promise<Entry[]> {
  const backend = shownBackend(examined.fleet, examined.files, null, examined.storeCommand !== null);
  if (examined.storeCommand !== null || commonSetting(examined.fleet) === 'custom')
    return [entry('your keys', 'unknown', 'A custom store manages its own keys; they are not checked.')];
  if (backend === 'password-store')
    return [entry('your keys', 'unknown', 'The password store manages its own keys; they are not checked.')];
  if (backend === null)
    return [entry('your keys', 'unknown', 'Varsmith does not know the store that the configuration names.')];
  if (!trusted)
    return [
      entry('your keys', 'unknown', 'not looked for: the workspace is not trusted', {
        advice: 'Trust the workspace to have them listed.',
      }),
    ];
  const places = { env, platform, home, read: readKeyFile };
  const foundIdentities = backend === 'sops' ? sopsIdentities(places) : ageIdentities(places);
  const keys = await Promise.all(
    foundIdentities.identities.map(identity => keyEntry(identity, contents, secrets, backend, names)),
  );
  const commands = foundIdentities.commands.map(({ variable }) =>
    entry(variable, 'unknown', 'names a command that prints a key; it runs only when something is decrypted'),
  );
  const mistakes = foundIdentities.problems.map(({ source, message }) => entry(source, 'problem', message));
  const none =
    keys.length + commands.length === 0 ? [noKeys(foundIdentities, examined.fleet, contents, names)] : [];
  return [...distinct(keys), ...commands, ...distinct(mistakes), ...none];
}

/** Returns an entry with the public half of a key and its location. */
async function keyEntry(
  identity: Identity,
  contents: StoreContents,
  secrets: FleetSecrets,
  backend: string,
  names: ActionNames,
): Promise<Entry> {
  const { source } = identity;
  const { sops } = contents;
  switch (identity.kind) {
    case 'locked':
      return entry(source, 'unknown', 'a key file with a passphrase: it cannot be used here', {
        advice: 'Keep a key without one for this, or use the age command yourself.',
      });
    case 'ssh':
      return entry(source, 'found', 'an ssh key; it is used through the age command');
    case 'plugin':
      return entry(
        source,
        'found',
        `a key of age-plugin-${identity.plugin}: ${identity.recipient ?? 'its public key is not in the file'}`,
      );
    case 'native': {
      const recipient = await recipientOf(identity.secret);
      if (recipient === null)
        return entry(source, 'problem', 'a damaged key: its checksum does not match', {
          advice: 'Restore the file from a backup.',
        });
      const user = sops.users.find(user => user.keys()?.some(({ key }) => key === recipient));
      if (backend !== 'sops') return entry(source, 'found', recipient);
      const opens = opensText(secrets, recipient);
      const also = opens === null ? '' : `; ${opens}`;
      if (user) {
        const who = `${recipient}, user "${user.name}" in sops/users${also}`;
        const { total, open } = opened(contents, recipient);
        return total === 0 || open > 0
          ? entry(source, 'found', who)
          : entry(source, 'absent', `${who}; opens 0 of ${counted(total, 'stored secret')}`, {
              advice: `Someone who has access gives it with "varsmith grant ${user.name}".`,
            });
      }
      // Without vars there is no need to be a user.
      if (opens !== null && sops.users.length === 0) return entry(source, 'found', `${recipient}${also}`);
      return entry(source, 'found', `${recipient}, no user in sops/users${also}`, {
        advice: `${names.key} adds you as a user, so that secrets are encrypted to you.`,
        action: 'key',
      });
    }
  }
}

/** Returns the number of secrets in clan's store, and of those that a key opens. */
function opened({ vars, accessOf }: StoreContents, recipient: string) {
  const secrets = vars.flatMap(stored =>
    stored.keeper === 'sops' ? [accessOf(stored)?.recipients ?? []] : [],
  );
  return { total: secrets.length, open: secrets.filter(list => list.includes(recipient)).length };
}

/**
 * Returns the entry for a person without keys. In a checkout for reading or for CI this is no problem: commands that
 * need a key report it themselves.
 */
function noKeys(
  { looked }: FoundIdentities,
  fleet: Fleet,
  { vars }: StoreContents,
  names: ActionNames,
): Entry {
  const details = [
    `Looked in: ${looked.length === 0 ? 'nowhere, there is no home folder' : looked.join(', ')}.`,
  ];
  if (vars.some(({ kind }) => kind === 'secret'))
    return entry('your keys', 'absent', 'none found; you can neither read nor change stored secrets', {
      details,
      advice: `Put your key in one of these places, or create one: ${names.key}. Reading the fleet, as in CI, needs no key.`,
      action: 'key',
    });
  if (!hasVars(fleet)) return entry('your keys', 'absent', 'none found', { details });
  return entry('your keys', 'absent', 'none found', {
    details,
    advice: `Create one before the first secret: ${names.key}.`,
    action: 'key',
  });
}

/** Numbers entries with the same name, as for several keys of one file. */
function distinct(entries: readonly Entry[]): Entry[] {
  const seen = new Map<string, number>();
  return entries.map(entry => {
    const count = (seen.get(entry.name) ?? 0) + 1;
    seen.set(entry.name, count);
    return count === 1 ? entry : { ...entry, name: `${entry.name} (${count})` };
  });
}
