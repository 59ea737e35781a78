/**
 * What a repository has stored: generated files by place and kind, whom its secrets are encrypted to, and the
 * backend in use. Reads names, links and metadata, never a value and never a secret. What is costly is a function
 * that computes once.
 *
 * Layouts: clan-core d7c35d912, docs of the sops, age and in-repo stores.
 */

import { byText, groupBy, once } from '../../std.ts';
import { type AgeKeys, readAgeKeys } from '../age/age-keys.ts';
import type { Flaw } from '../json-flaw.ts';
import { reading, readSops, type SopsFolder, textAs } from '../sops/sops-keys.ts';
import { below, type StoreFiles, type Tree } from './files.ts';
import { type Holders, holdersOf, linksBelow, type StoredLink } from './links.ts';
import { ageFlaw, sidecarRecipients, sopsRecipients } from './metadata.ts';
import { AGE_FOLDER, readVars, type StoredValidation, type StoredVar } from './vars.ts';

const BACKENDS = ['sops', 'age', 'password-store'] as const;

export type Backend = (typeof BACKENDS)[number];

/** Returns the backend that a setting names; null for one of another kind (`vm`, `custom`). */
export function backendNamed(setting: string): Backend | null {
  return BACKENDS.find(backend => backend === setting) ?? null;
}

/** A file as `inspect` lists it. */
interface StoreEntry {
  readonly placement: 'shared' | 'per-machine';
  /** Null for shared files. */
  readonly machine: string | null;
  readonly generator: string;
  readonly file: string;
  readonly kind: 'public' | 'secret';
}

/** The short form of what is stored. */
export interface Store {
  /** Where secrets are kept, as far as what lies on disk tells. Null: there is nothing to tell by. */
  readonly backend: Backend | null;
  /** Sorted by placement, machine, generator and file. */
  readonly entries: readonly StoreEntry[];
}

export interface StoreOptions {
  /** The clan's folder in the repository (`clan.directory`); the root by default. */
  readonly directory?: string;
  /** What the configuration sets, which outweighs what lies on disk: `clan.core.vars.settings.secretStore`. */
  readonly backend?: Backend | null;
  /** A command of the person's own keeps secrets, as `varsmith.json` names it: what is not here may be there. */
  readonly elsewhere?: boolean;
  /** The backend that `varsmith.json` names for a fleet that sets none. */
  readonly chosen?: Backend | null;
  /** What the store has said of generators when it was asked, by key. */
  readonly verified?: ReadonlyMap<string, VerifiedGenerator>;
  /** Recipients of secrets by path, as they were read before and are still; what is read now is added. */
  readonly readings?: Map<string, RecipientsRead>;
}

/** What is known of a secret beside its being there. */
interface SecretAccess {
  /** Users, machines and groups it is linked to; null for backends without links. Read when first asked for. */
  readonly holders: Holders | null;
  /** As its metadata has them; null where it has none. */
  readonly recipients: readonly string[] | null;
  /** Why its file cannot be used, as far as can be told without a key; null where it can. */
  readonly flaw: Flaw | null;
}

/** What is read of a secret's own file. */
export type RecipientsRead = Pick<SecretAccess, 'recipients' | 'flaw'>;

/** A file of the store that cannot be used as what it has to be. */
interface MalformedFile {
  readonly path: string;
  readonly flaw: Flaw;
}

/** What a store outside of the repository has said of a generator in its place. */
export interface VerifiedGenerator {
  /** Names of files that are not there. */
  readonly missing: readonly string[];
  readonly outdated: boolean;
}

/** The whole of what is stored. */
export interface StoreContents {
  readonly backend: Backend | null;
  /** A command of the person's own keeps secrets: that one is not here says nothing. */
  readonly elsewhere: boolean;
  /** The backend that `varsmith.json` names for a fleet that sets none. */
  readonly chosen: Backend | null;
  /** What the store has said when it was asked: by key of the generator, as plans have it. */
  readonly verified: ReadonlyMap<string, VerifiedGenerator>;
  /** What the backend was told by. */
  readonly evidence: 'setting' | 'disk' | null;
  /** Every backend that has left something here, sorted. */
  readonly traces: readonly Backend[];
  readonly vars: readonly StoredVar[];
  readonly validations: readonly StoredValidation[];
  /** Public facts of the time before vars: `machines/<machine>/facts/<name>`. */
  readonly facts: readonly StoredFact[];
  readonly sops: SopsFolder;
  readonly age: AgeKeys;
  /** Null for public files. Read when first asked for. */
  accessOf(stored: StoredVar): SecretAccess | null;
  /** The stored files of a generator's file: one a placement. */
  find(generator: string, file: string): readonly StoredVar[];
  /** The hash that a validation file holds; null where it cannot be read. */
  hashOf(validation: StoredValidation): string | null;
  /** Every link below `vars`, `sops` and the folder of the age backend, sorted by path. Looked for when first asked for. */
  links(): readonly StoredLink[];
  /** Secrets and public keys that cannot be used, sorted by path. Reads them all when first asked for. */
  malformed(): readonly MalformedFile[];
}

interface StoredFact {
  readonly machine: string;
  readonly name: string;
  readonly path: string;
}

/** @param files the repository; paths are relative to its root */
export function readContents(files: StoreFiles, options: StoreOptions = {}): StoreContents {
  const directory = options.directory ?? '';
  const { vars, validations } = readVars(files, directory);
  const traces = tracesOf(files, vars, directory);
  const elsewhere = options.elsewhere ?? false;
  // What lies on the disk then is of another time.
  const probed = elsewhere ? null : (probeBackend(files, directory) ?? traces[0] ?? null);
  const setting = options.backend ?? null;
  const access = new Map<StoredVar, SecretAccess | null>();
  const index = once(() => byName(vars));
  const sops = readSops(files, directory);
  const accessOf = (stored: StoredVar): SecretAccess | null => {
    const cached = access.get(stored);
    if (cached !== undefined) return cached;
    const read = readAccess(files, stored, options.readings ?? null);
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
        ...vars.map(stored => ({ path: stored.path, flaw: accessOf(stored)?.flaw ?? null })),
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

/** Returns the short form: what clan itself would find, as `inspect` lists it. */
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

/** Returns the backend, going by the folders it keeps its keys in: a few look-ups, however much is stored. */
export function probeBackend(files: Pick<Tree, 'kind'>, directory = ''): Backend | null {
  const has = (folder: string) => files.kind(below(directory, folder)) === 'directory';
  if (has('secrets/age-keys') || has(AGE_FOLDER)) return 'age';
  return has('sops') ? 'sops' : null;
}

/** Only sops puts secrets into `vars`; the password store leaves nothing in the repository. */
function tracesOf(files: Tree, vars: readonly StoredVar[], directory: string): Backend[] {
  const has = (folder: string) => files.kind(below(directory, folder)) === 'directory';
  const traces: Backend[] = [];
  if (has('secrets/age-keys') || vars.some(stored => stored.keeper === 'age')) traces.push('age');
  if (has('sops/machines') || vars.some(stored => stored.keeper === 'sops')) traces.push('sops');
  return traces;
}

function readAccess(
  files: StoreFiles,
  stored: StoredVar,
  readings: Map<string, RecipientsRead> | null,
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
      let read = readings?.get(stored.path);
      if (read === undefined) {
        const { value, flaw } = reading(files, stored.path, sopsRecipients)();
        read = { recipients: value, flaw };
        readings?.set(stored.path, read);
      }
      // In a large store most secrets' links are not asked for, and each secret has several folders of them.
      const holders = once(() => holdersOf(files, folder));
      return {
        ...read,
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
