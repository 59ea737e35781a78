/**
 * Lists who can read what: every declared or stored secret, with everyone who can decrypt it now or after
 * re-encryption, and the link that gives them access. Uses names, links, public keys and metadata; decrypts
 * nothing and starts no programs.
 */
import type { Fleet } from '../../fleet/model/fleet.ts';
import { byText } from '../../std.ts';
import { readAgeKeys } from '../../store/age/age-keys.ts';
import { type AccessChange, type Reader, readerId } from '../../store/readers.ts';
import { readSops, type SopsFolder } from '../../store/sops/sops-keys.ts';
import { StoreFailure } from '../../store/store-failure.ts';
import { varFolder } from '../../store/vars/changes.ts';
import type { StoreFiles } from '../../store/vars/files.ts';
import { readVars } from '../../store/vars/vars.ts';
import { declarationsOf } from '../plan/declarations.ts';
import { joinGenerators, keyOf } from '../plan/generators.ts';
import { ageChange, ageKeyChange } from './access-age.ts';
import { isCertain } from './access-change.ts';
import { clanSecretChange, sopsChange } from './access-sops.ts';
import { adminsFrom, groupsFrom } from './configured-access.ts';
import { usersWithoutAccess, withoutAccessText } from './no-access.ts';
import { placesOf, type SecretPlace } from './secret-backend.ts';
import type { KeyedBackend } from './served-backend.ts';

/**
 * - `now`: the secret is encrypted to the key, as intended;
 * - `pending`: it is not encrypted to the key yet; `varsmith fix` or the first generation of a declared var
 * changes that;
 * - `leaving`: it is encrypted to the key, but nothing gives access any more.
 */
export type ReaderState = 'now' | 'pending' | 'leaving';

export interface SecretReader extends Reader {
  readonly state: ReaderState;
}

export interface SecretAccess {
  /** `<placement>/<generator>/<file>` for a var, otherwise the path of the secret. */
  readonly secret: string;
  /** `machine-key`: gives access to everything that the machine can read; `other`: below `sops/secrets`. */
  readonly kind: 'var' | 'machine-key' | 'other';
  /** The generator's name, or null if the secret is not a var. */
  readonly generator: string | null;
  /** The machines that declare it; for a machine's key, that machine. */
  readonly machines: readonly string[];
  /** When it is needed: `services`, `users`, `activation` or `partitioning`; null if it is not declared. */
  readonly neededFor: string | null;
  readonly declared: boolean;
  readonly stored: boolean;
  readonly readers: readonly SecretReader[];
}

export interface AccessMatrix {
  /** Vars by name, then the keys of machines and other secrets that clan keeps. */
  readonly secrets: readonly SecretAccess[];
  /** Sentences about what cannot be determined. */
  readonly notes: readonly string[];
}

/**
 * Returns who can read the secrets of a fleet.
 *
 * @param directory the clan's folder in the repository @throws StoreFailure if the configuration does not
 * determine the recipients
 */
export function accessMatrix(
  fleet: Fleet,
  files: StoreFiles,
  directory: string,
  backend: KeyedBackend,
): AccessMatrix {
  const { places, notes } = placesIn(fleet, files, directory, backend);
  const secretBackend =
    backend === 'sops' ? inSops(fleet, files, directory, notes) : inAge(fleet, files, directory);
  const vars = places.map(({ place, generator, declared: isDeclared }): SecretAccess => {
    const change = secretBackend.change(place);
    return {
      ...{ secret: `${place.key}/${place.file}`, kind: 'var', generator, machines: place.machines },
      ...{ neededFor: isDeclared ? place.neededFor : null, declared: isDeclared, stored: !change.isNew },
      readers: secretReaders(change),
    };
  });
  const secrets = [...vars.sort(bySecret), ...secretBackend.others];
  const names = backend === 'sops' ? withoutAccess(readSops(files, directory), secrets) : [];
  if (names.length > 0) notes.push(withoutAccessText(names));
  return { secrets, notes };
}

interface NamedPlace {
  readonly place: SecretPlace;
  /** The generator's name. */
  readonly generator: string;
  readonly declared: boolean;
}

/** Returns the secrets that are declared or stored, and sentences about what cannot be determined. */
function placesIn(
  fleet: Fleet,
  files: StoreFiles,
  directory: string,
  backend: KeyedBackend,
): { readonly places: readonly NamedPlace[]; readonly notes: string[] } {
  const { declarations } = declarationsOf(fleet, file => files.text(file));
  const generators = [...joinGenerators(declarations).all.values()];
  const certain = generators.filter(isCertain);
  const notes: string[] = [];
  const names = generators.filter(generator => !isCertain(generator)).map(generator => generator.key);
  if (names.length > 0)
    notes.push(
      `The files of these generators cannot be determined without Nix; their stored files are shown: ${names.join(', ')}.`,
    );
  const declared = certain.flatMap(generator =>
    placesOf(generator).map(place => ({ place, generator: generator.name, declared: true })),
  );
  const ids = new Set(declared.map(({ place }) => `${place.key}/${place.file}`));
  const stored = readVars(files, directory)
    .vars.filter(stored => stored.kind === 'secret' && stored.current && stored.keeper === backend)
    .map(stored => ({
      ...stored,
      key: stored.placement === 'per-export' ? null : keyOf(stored.generator, stored.owner),
    }))
    .flatMap(({ key, file, generator }) =>
      key === null || ids.has(`${key}/${file}`)
        ? []
        : [{ place: { ...UNDECLARED, key, file }, generator, declared: false }],
    );
  return { places: [...declared, ...stored], notes };
}

/** Returns the secrets that the sops backend has stored, whether or not they are declared. */
export function storedPlaces(fleet: Fleet, files: StoreFiles, directory: string): SecretPlace[] {
  return placesIn(fleet, files, directory, 'sops')
    .places.map(({ place }) => place)
    .filter(({ key, file }) => files.kind(`${varFolder(directory, key, file)}/secret`) === 'file');
}

/** Returns the users who can read none of the stored secrets, nor will once `fix` has given what links say. */
function withoutAccess(sops: SopsFolder, secrets: readonly SecretAccess[]): readonly string[] {
  const stored = secrets.filter(secret => secret.stored);
  const recipients = stored.map(({ readers }) => readers.flatMap(({ key }) => key ?? []));
  return usersWithoutAccess(sops, recipients);
}

const bySecret = byText(({ secret }: Pick<SecretAccess, 'secret'>) => secret);

/** Assumed for undeclared secrets: readers keep their access. */
const UNDECLARED = { deploy: true, neededFor: 'services', machines: [], machinesComplete: false } as const;

interface SecretChanges {
  change(place: SecretPlace): AccessChange;
  /** Keys of machines, and other secrets that clan keeps. */
  readonly others: readonly SecretAccess[];
}

function inSops(fleet: Fleet, files: StoreFiles, directory: string, notes: string[]): SecretChanges {
  const sops = readSops(files, directory);
  const told = groupsFrom(fleet.accessSettings);
  const groupsOf = (machine: string): readonly string[] => {
    try {
      return told(machine);
    } catch (error) {
      if (!(error instanceof StoreFailure)) throw error;
      if (!notes.includes(error.message)) notes.push(error.message);
      return [];
    }
  };
  const access = { files, directory, sops: () => sops, groupsOf, scanned: null };
  return {
    change: place => sopsChange(access, place, null),
    others: sops.secrets.map(secret => {
      const machine = secret.name.endsWith(KEY_END) ? secret.name.slice(0, -KEY_END.length) : null;
      return otherSecretAccess(secret.path, machine, clanSecretChange(sops, secret));
    }),
  };
}

const KEY_END = '-age.key';

function inAge(fleet: Fleet, files: StoreFiles, directory: string): SecretChanges {
  const keys = readAgeKeys(files, directory);
  const admins = adminsFrom(fleet.accessSettings);
  const access = { files, directory, keys: () => keys, admins: () => admins, replaced: () => NOT_LOOKED };
  return {
    change: place => ageChange(access, place),
    others: keys.machines
      .filter(machine => machine.hasKey)
      .map(machine =>
        otherSecretAccess(`${machine.path}/key.age`, machine.name, ageKeyChange(access, machine)),
      ),
  };
}

/** Empty, because private keys of machines are not decrypted here. */
const NOT_LOOKED: ReadonlyMap<string, string> = new Map();

function otherSecretAccess(secret: string, machine: string | null, change: AccessChange): SecretAccess {
  return {
    ...{ secret, kind: machine === null ? 'other' : 'machine-key', generator: null },
    ...{ machines: machine === null ? [] : [machine], neededFor: null, declared: false, stored: true },
    readers: secretReaders(change),
  };
}

function secretReaders({ kept, gained, lost }: AccessChange): SecretReader[] {
  const as = (state: ReaderState, readers: readonly Reader[]) =>
    readers.map(({ kind, name, key, via }): SecretReader => ({ kind, name, key, via, state }));
  return [...as('now', kept), ...as('pending', gained), ...as('leaving', lost)];
}

/** The readers who gain and lose access to a secret between two states of a repository. */
export interface AccessDifference {
  readonly secret: string;
  readonly kind: SecretAccess['kind'];
  /** For a machine's key, that machine. */
  readonly machines: readonly string[];
  /** `new`: it was neither declared nor stored before; `gone`: it is neither now. */
  readonly change: 'new' | 'gone' | 'changed';
  /** Whether the secret is stored afterwards. */
  readonly stored: boolean;
  /** Whether the secret is a var that is declared now; `varsmith fix` updates no others. */
  readonly declared: boolean;
  readonly gains: readonly SecretReader[];
  /** `pending`: takes effect with the next run, until which the reader can still decrypt the secret. */
  readonly losses: readonly Loss[];
}

export interface Loss extends Reader {
  readonly state: 'now' | 'pending';
}

/** Returns the differences of secrets whose readers change. */
export function accessDifference(
  before: readonly SecretAccess[],
  after: readonly SecretAccess[],
): AccessDifference[] {
  const old = new Map(before.map(secret => [secret.secret, secret]));
  const now = new Map(after.map(secret => [secret.secret, secret]));
  const differences: AccessDifference[] = [];
  for (const name of new Set([...now.keys(), ...old.keys()])) {
    const [was, is] = [old.get(name), now.get(name)];
    const about = (is ?? was) as SecretAccess;
    const had = new Set((was?.readers ?? []).map(readerId));
    const has = new Map((is?.readers ?? []).map(reader => [readerId(reader), reader]));
    const gains = [...has.values()].filter(
      reader => reader.state !== 'leaving' && !had.has(readerId(reader)),
    );
    const losses = (was?.readers ?? []).flatMap(({ state, ...reader }): Loss[] => {
      const left = has.get(readerId(reader));
      if (left === undefined) return [{ ...reader, state: 'now' }];
      return left.state === 'leaving' && state !== 'leaving' ? [{ ...reader, state: 'pending' }] : [];
    });
    if (gains.length + losses.length === 0) continue;
    differences.push({
      ...{ secret: name, kind: about.kind, machines: about.machines, gains, losses },
      change: was === undefined ? 'new' : is === undefined ? 'gone' : 'changed',
      stored: is?.stored ?? false,
      declared: is?.declared ?? false,
    });
  }
  return differences.sort(bySecret);
}
