/**
 * All that is stored, at a glance: which files are there, whom each secret is linked and encrypted to. In a form that
 * goes from one thread to another at little cost, since most secrets of a large store are for the same few. Opens no
 * secret.
 */
import { below, type StoreFiles } from './files.ts';
import { type Holder, type HolderFacts, type HolderKind, holdersOf } from './links.ts';
import { type Reading, sopsRecipients } from './metadata.ts';
import { type StoredFiles, storedFilesIn } from './stored-lookups.ts';

/** Who can read a secret of the sops backend, as far as it tells without being opened. */
export interface ScannedAccess {
  readonly holders: Readonly<Record<HolderKind, readonly HolderFacts[]>>;
  /** As its metadata has them. */
  readonly recipients: Reading<readonly string[]>;
}

/** @param folder of the secret; null where there is none in it that is text */
export function scanAccess(files: StoreFiles, folder: string): ScannedAccess | null {
  const text = files.text(`${folder}/${SECRET}`);
  if (text === null) return null;
  const { users, machines, groups } = holdersOf(files, folder);
  return {
    holders: { users: users.map(factsOf), machines: machines.map(factsOf), groups: groups.map(factsOf) },
    recipients: sopsRecipients(text),
  };
}

function factsOf({ name, target, dangling, foreign }: Holder): HolderFacts {
  return { name, target, dangling, foreign };
}

const SECRET = 'secret';
const HASH = '.validation-hash';

export interface ScanOptions {
  /** The clan's folder. */
  readonly directory: string;
  /** Whether to see whom secrets are for as well. */
  readonly access: boolean;
}

/** Plain data. Paths are joined: one text costs less to hand over than thousands. */
export interface StoreScan {
  /** Of all files below `vars`, relative to the root, without those that say whom a secret is for. */
  readonly files: string;
  /** Paths of notes of validations, with what they say; null for those that are no text. */
  readonly hashes: readonly (readonly [path: string, text: string | null])[];
  /** Links to folders, which were not followed. */
  readonly beyond: readonly string[];
  /** Folders of secrets, and for each the number of what is seen of it. */
  readonly folders: string;
  readonly numbers: Uint32Array;
  readonly seen: readonly ScannedAccess[];
}

export function scanStore(files: StoreFiles, { directory, access }: ScanOptions): StoreScan {
  const paths: string[] = [];
  const hashes: [string, string | null][] = [];
  const beyond: string[] = [];
  const [folders, numbers]: [string[], number[]] = [[], []];
  const numbersOf = new Map<string, number>();
  const seen: ScannedAccess[] = [];
  const open = [below(directory, 'vars')];
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    const entries = files.list(at) ?? [];
    // What a link leads to is asked for as it comes: it may lead in a circle.
    const links = new Set((files.links?.(at) ?? []).map(({ name }) => name));
    const isSecret = entries.some(({ name, kind }) => name === SECRET && kind === 'file');
    for (const { name, kind } of entries) {
      const path = `${at}/${name}`;
      if (kind === 'directory') {
        if (isSecret && HOLDERS.has(name)) continue;
        (links.has(name) ? beyond : open).push(path);
        continue;
      }
      paths.push(path);
      if (name === HASH) hashes.push([path, files.text(path)]);
    }
    const scannedAccess = access && isSecret ? scanAccess(files, at) : null;
    if (scannedAccess === null) continue;
    const id = JSON.stringify(scannedAccess);
    const number = numbersOf.get(id) ?? seen.push(scannedAccess) - 1;
    numbersOf.set(id, number);
    folders.push(at);
    numbers.push(number);
  }
  return {
    files: paths.join(SEPARATOR),
    hashes,
    beyond,
    folders: folders.join(SEPARATOR),
    numbers: Uint32Array.from(numbers),
    seen,
  };
}

const HOLDERS: ReadonlySet<string> = new Set(['users', 'machines', 'groups'] satisfies HolderKind[]);

/** No path has it. */
const SEPARATOR = '\0';

/** A glance, to be asked. */
export interface ScannedStore {
  /** Of `vars` it is what was seen. */
  readonly files: StoredFiles;
  /** @param folder of a secret; undefined where none was seen in it */
  access(folder: string): ScannedAccess | undefined;
}

export function scannedStore(scan: StoreScan, files: StoreFiles, directory: string): ScannedStore {
  const { hashes, numbers, seen, beyond } = scan;
  const paths = new Set(scan.files.split(SEPARATOR));
  const texts = new Map(hashes);
  const folders = new Map(scan.folders.split(SEPARATOR).map((folder, at) => [folder, numbers[at]]));
  const vars = `${below(directory, 'vars')}/`;
  const wasSeen = (path: string) =>
    path.startsWith(vars) && !beyond.some(link => path.startsWith(`${link}/`));
  const others = storedFilesIn(files);
  return {
    files: {
      isFile: path => (wasSeen(path) ? paths.has(path) : others.isFile(path)),
      text: path =>
        wasSeen(path) && (path.endsWith(`/${HASH}`) || !paths.has(path))
          ? (texts.get(path) ?? null)
          : others.text(path),
    },
    access(folder) {
      const number = folders.get(folder);
      return number === undefined ? undefined : seen[number];
    },
  };
}
