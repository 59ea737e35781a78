/**
 * Reads the content of a repository's store: generated files by placement and kind, the recipients of its secrets,
 * and the backend in use. Reads names, links and metadata, but never a value or a secret. Costly parts are functions
 * that compute once.
 * Layouts: clan-core d7c35d912, docs of the sops, age and in-repo stores.
 */

import { byText, groupBy, once } from '../../std.ts';
import { type AgeKeys, readAgeKeys } from '../age/age-keys.ts';
import type { Flaw } from '../json-flaw.ts';
import { reading, readSops, type SopsFolder, textAs } from '../sops/sops-keys.ts';
import { below, type StoreFiles, type Tree } from './files.ts';
import { type Holders, holdersOf, linksBelow, type StoredLink } from './links.ts';
import { ageFlaw, publicFlaw, sidecarRecipients, sopsRecipients } from './metadata.ts';
import { AGE_FOLDER, readVars, type StoredValidation, type StoredVar } from './vars.ts';

const BACKENDS = ['sops', 'age', 'password-store'] as const;

export type Backend = (typeof BACKENDS)[number];

/** Returns the backend that a setting names, or `null` for one of another kind (`vm`, `custom`). */
export function backendNamed(setting: string): Backend | null {
  return BACKENDS.find(backend => backend === setting) ?? null;
}

/** A file as `inspect` lists it. */
interface StoreEntry {
  readonly placement: 'shared' | 'per-machine';
  /** `null` for shared files. */
  readonly machine: string | null;
  readonly generator: string;
  readonly file: string;
  readonly kind: 'public' | 'secret';
}

/** A summary of the store. */
export interface Store {
  /** The backend that has left files on disk, or `null` if none has. */
  readonly backend: Backend | null;
  /** Sorted by placement, machine, generator and file. */
  readonly entries: readonly StoreEntry[];
}

export interface StoreOptions {
  /** The clan's folder in the repository (`clan.directory`); by default the root. */
  readonly directory?: string;
  /** The configuration's `clan.core.vars.settings.secretStore`, which takes precedence over the files on disk. */
  readonly backend?: Backend | null;
  /** True if `varsmith.json` names a command that keeps secrets, which may have those that are missing here. */
  readonly elsewhere?: boolean;
  /** The backend that `varsmith.json` sets for a fleet that sets none. */
  readonly chosen?: Backend | null;
  /** The answers of a store outside the repository, by generator key. */
  readonly verified?: ReadonlyMap<string, VerifiedGenerator>;
  /** Returns what a stored file shows of itself, if the caller keeps that. */
  readonly recipientsIn?: (path: string) => RecipientsRead;
}

/** Further facts about an existing secret. */
interface SecretAccess {
  /** The users, machines and groups that it is linked to, or `null` for backends without links. Read on first use. */
  readonly holders: Holders | null;
  /** The recipients in its metadata, or `null` if it has none. */
  readonly recipients: readonly string[] | null;
  /** The reason why its file is unusable, as far as it shows without a key, or `null`. */
  readonly flaw: Flaw | null;
}

/** The facts that are read from a secret's own file. */
export type RecipientsRead = Pick<SecretAccess, 'recipients' | 'flaw'>;

/** A file of the store that is not in its required format. */
interface MalformedFile {
  readonly path: string;
  readonly flaw: Flaw;
}

/** The answer of a store outside the repository about a generator of one placement. */
export interface VerifiedGenerator {
  /** Names of the missing files. */
  readonly missing: readonly string[];
  readonly outdated: boolean;
}

/** The complete content of the store. */
export interface StoreContents {
  readonly backend: Backend | null;
  /**
   * True if `varsmith.json` names a command that keeps secrets, so that a secret may exist although it is missing
   * here.
   */
  readonly elsewhere: boolean;
  /** The backend that `varsmith.json` sets for a fleet that sets none. */
  readonly chosen: Backend | null;
  /** The answers of a store outside the repository, by generator key as in plans. */
  readonly verified: ReadonlyMap<string, VerifiedGenerator>;
  /** The source from which the backend was determined. */
  readonly evidence: 'setting' | 'disk' | null;
  /** Every backend that has left files, sorted. */
  readonly traces: readonly Backend[];
  readonly vars: readonly StoredVar[];
  readonly validations: readonly StoredValidation[];
  /** Public facts from the time before vars: `machines/<machine>/facts/<name>`. */
  readonly facts: readonly StoredFact[];
  readonly sops: SopsFolder;
  readonly age: AgeKeys;
  /** Returns the access to a secret, or `null` for public files. Reads it on the first call. */
  accessOf(stored: StoredVar): SecretAccess | null;
  /** Returns the stored files of a generator's file, at most one per placement. */
  find(generator: string, file: string): readonly StoredVar[];
  /** Returns the hash in a validation file, or `null` if it is unreadable. */
  hashOf(validation: StoredValidation): string | null;
  /**
   * Returns every link below `vars`, `sops` and the age backend's folder, sorted by path. Searches on the first call.
   */
  links(): readonly StoredLink[];
  /** Returns the unusable values and public keys, sorted by path. Reads them all on the first call. */
  malformed(): readonly MalformedFile[];
}

interface StoredFact {
  readonly machine: string;
  readonly name: string;
  readonly path: string;
}

/**
 * Returns the content of a repository's store.
 * @param files the repository; paths are relative to its root
 */
export function readContents(files: StoreFiles, options: StoreOptions = {}): StoreContents {
  const directory = options.directory ?? '';
  const { vars, validations } = readVars(files, directory);
  const traces = tracesOf(files, vars, directory);
  const elsewhere = options.elsewhere ?? false;
  // Files on disk are leftovers then.
  const probed = elsewhere ? null : (probeBackend(files, directory) ?? traces[0] ?? null);
  const setting = options.backend ?? null;
  const access = new Map<StoredVar, SecretAccess | null>();
  const recipientsIn = options.recipientsIn ?? (path => readRecipients(files, path));
  const index = once(() => byName(vars));
  const sops = readSops(files, directory);
  const accessOf = (stored: StoredVar): SecretAccess | null => {
    const cached = access.get(stored);
    if (cached !== undefined) return cached;
    const read = readAccess(files, stored, recipientsIn);
    access.set(stored, read);
    return read;
  };
  return {
    backend: setting ?? probed,
    elsewhere,
    chosen: options.chosen ?? null,
    verified: options.verified ?? new Map(),
    evidence: setting !== null ? 'setting' : probed !== null ? 'disk' : null,
    traces,
    vars,
    validations,
    facts: factsIn(files, directory),
    sops,
    age: readAgeKeys(files, directory),
    accessOf,
    find: (generator, file) => index().get(`${generator}\0${file}`) ?? [],
    hashOf: ({ path }) => textAs(files, path, text => text.trim()),
    links: once(() =>
      ['vars', 'sops', AGE_FOLDER]
        .flatMap(folder => linksBelow(files, below(directory, folder)))
        .sort(byText(({ path }) => path)),
    ),
    malformed: once(() =>
      [
        ...vars.map(stored => ({
          path: stored.path,
          flaw:
            stored.keeper === 'in-repo' ? recipientsIn(stored.path).flaw : (accessOf(stored)?.flaw ?? null),
        })),
        ...sops.secrets.map(({ path, flaw }) => ({ path, flaw: flaw() })),
        ...[...sops.users, ...sops.machines].map(({ path, flaw }) => ({
          path: `${path}/key.json`,
          flaw: flaw(),
        })),
      ]
        .flatMap(({ path, flaw }) => (flaw === null ? [] : [{ path, flaw }]))
        .sort(byText(({ path }) => path)),
    ),
  };
}

/** Returns the summary that `inspect` lists: the files that clan itself would find. */
export function readStore(files: Tree, options: StoreOptions = {}): Store {
  const directory = options.directory ?? '';
  const { vars } = readVars(files, directory);
  return {
    backend: options.backend ?? probeBackend(files, directory) ?? tracesOf(files, vars, directory)[0] ?? null,
    entries: vars.flatMap(({ placement, owner, generator, file, kind, current }) =>
      current && placement !== 'per-export' ? [{ placement, machine: owner, generator, file, kind }] : [],
    ),
  };
}

/** Determines the backend from the folders of its keys, with a few look-ups regardless of the store's size. */
export function probeBackend(files: Pick<Tree, 'kind'>, directory = ''): Backend | null {
  const has = (folder: string) => files.kind(below(directory, folder)) === 'directory';
  if (has('secrets/age-keys') || has(AGE_FOLDER)) return 'age';
  return has('sops') ? 'sops' : null;
}

/**
 * Returns the backends that have left files. Only sops puts secrets into `vars`; the password store leaves nothing in
 * the repository.
 */
function tracesOf(files: Tree, vars: readonly StoredVar[], directory: string): Backend[] {
  const has = (folder: string) => files.kind(below(directory, folder)) === 'directory';
  const traces: Backend[] = [];
  if (has('secrets/age-keys') || vars.some(stored => stored.keeper === 'age')) traces.push('age');
  if (has('sops/machines') || vars.some(stored => stored.keeper === 'sops')) traces.push('sops');
  return traces;
}

/** Reads what a stored file shows of itself: the recipients of a sops secret, and what is wrong with it or a public value. */
export function readRecipients(files: StoreFiles, path: string): RecipientsRead {
  if (path.endsWith('/value')) return { recipients: null, flaw: textAs(files, path, publicFlaw) };
  const { value, flaw } = reading(files, path, sopsRecipients)();
  return { recipients: value, flaw };
}

function readAccess(
  files: StoreFiles,
  stored: StoredVar,
  recipientsIn: (path: string) => RecipientsRead,
): SecretAccess | null {
  switch (stored.keeper) {
    case 'in-repo':
      return null;
    case 'age':
      return {
        holders: null,
        recipients: textAs(files, `${stored.path}.recipients`, sidecarRecipients),
        flaw: textAs(files, stored.path, ageFlaw),
      };
    case 'sops': {
      const folder = stored.path.slice(0, stored.path.lastIndexOf('/'));
      // Most secrets' links are never needed, and each secret has several folders of links.
      const holders = once(() => holdersOf(files, folder));
      return {
        ...recipientsIn(stored.path),
        get holders() {
          return holders();
        },
      };
    }
  }
}

function factsIn(files: Tree, directory: string): StoredFact[] {
  const root = below(directory, 'machines');
  return (files.list(root) ?? [])
    .filter(entry => entry.kind === 'directory')
    .flatMap(({ name: machine }) =>
      (files.list(`${root}/${machine}/facts`) ?? [])
        .filter(entry => entry.kind === 'file' && !entry.name.startsWith('.'))
        .map(({ name }) => ({ machine, name, path: `${root}/${machine}/facts/${name}` })),
    )
    .sort(byText(({ path }) => path));
}

function byName(vars: readonly StoredVar[]): Map<string, StoredVar[]> {
  return groupBy(vars, ({ generator, file }) => `${generator}\0${file}`);
}
