/**
 * A scan of the whole store: the existing files, and each secret's links and recipients. It is compact, to be passed
 * between threads cheaply, since most secrets of a large store have the same few readers. Decrypts nothing.
 */
import { below, type StoreFiles } from './files.ts';
import { type Holder, type HolderFacts, type HolderKind, holdersOf } from './links.ts';
import { type Reading, sopsRecipients } from './metadata.ts';
import { type StoredFiles, storedFilesIn } from './stored-lookups.ts';

/** The readers of a secret in the sops backend, as far as they are visible without decrypting it. */
export interface ScannedAccess {
  readonly holders: Readonly<Record<HolderKind, readonly HolderFacts[]>>;
  /** The recipients in its metadata. */
  readonly recipients: Reading<readonly string[]>;
}

/**
 * Returns the readers of a secret, or `null` if the folder has no secret that is text.
 * @param folder the secret's folder
 */
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
  /** Whether to scan the readers of secrets as well. */
  readonly access: boolean;
}

/** The scan as plain data. Paths are joined, as one text is cheaper to pass on than thousands. */
export interface StoreScan {
  /** All files below `vars` relative to the root, except the links to readers. */
  readonly files: string;
  /** Paths of validation files with their content, `null` if that is not text. */
  readonly hashes: readonly (readonly [path: string, text: string | null])[];
  /** Links to folders, which were not followed. */
  readonly beyond: readonly string[];
  /** The folders of secrets, and for each the index of its readers in `seen`. */
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
    // Links are resolved lazily, since they may be circular.
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

/** A character that no path contains. */
const SEPARATOR = '\0';

/** A scan prepared for look-ups. */
export interface ScannedStore {
  /** The files; below `vars` as they were scanned. */
  readonly files: StoredFiles;
  /**
   * Returns the readers of a secret, or undefined if none was seen in the folder.
   * @param folder the secret's folder
   */
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
