/**
 * All that is stored, at a glance: which files are there, whom each secret is linked and encrypted to. In a form that
 * goes from one thread to another at little cost, since most secrets of a large store are for the same few. Opens no
 * secret.
 */
import { below, type StoreFiles } from './files.ts';
import { type Holder, type HolderFacts, type HolderKind, holdersOf } from './links.ts';
import { type Reading, sopsRecipients } from './metadata.ts';

/** Who can read a secret of the sops backend, as far as it tells without being opened. */
export interface SecretAccessSeen {
  readonly holders: Readonly<Record<HolderKind, readonly HolderFacts[]>>;
  /** As its metadata has them. */
  readonly recipients: Reading<readonly string[]>;
}

/** @param folder of the secret; null where there is none in it that is text */
export function accessSeen(files: StoreFiles, folder: string): SecretAccessSeen | null {
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

/** Plain data. Paths are joined: one text costs less to hand over than thousands. */
export interface Glance {
  /** Of all files below `vars`, relative to the root, without those that say whom a secret is for. */
  readonly files: string;
  /** Paths of notes of validations, with what they say; null for those that are no text. */
  readonly hashes: readonly (readonly [path: string, text: string | null])[];
  /** Folders of secrets, and for each the number of what is seen of it. */
  readonly folders: string;
  readonly numbers: Uint32Array;
  readonly seen: readonly SecretAccessSeen[];
}

/** @param directory the clan's folder */
export function glanceAt(files: StoreFiles, directory: string): Glance {
  const paths: string[] = [];
  const hashes: [string, string | null][] = [];
  const [folders, numbers]: [string[], number[]] = [[], []];
  const known = new Map<string, number>();
  const seen: SecretAccessSeen[] = [];
  const open = [below(directory, 'vars')];
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    const entries = files.list(at) ?? [];
    // What a link leads to is asked for as it comes: it may lead in a circle.
    const links = new Set((files.links?.(at) ?? []).map(({ name }) => name));
    const isSecret = entries.some(({ name, kind }) => name === SECRET && kind === 'file');
    for (const { name, kind } of entries) {
      const path = `${at}/${name}`;
      if (kind === 'directory') {
        if (!links.has(name) && !(isSecret && HOLDERS.has(name))) open.push(path);
        continue;
      }
      paths.push(path);
      if (name === HASH) hashes.push([path, files.text(path)]);
    }
    const access = isSecret ? accessSeen(files, at) : null;
    if (access === null) continue;
    const id = JSON.stringify(access);
    const number = known.get(id) ?? seen.push(access) - 1;
    known.set(id, number);
    folders.push(at);
    numbers.push(number);
  }
  return {
    files: paths.join(SEPARATOR),
    hashes,
    folders: folders.join(SEPARATOR),
    numbers: Uint32Array.from(numbers),
    seen,
  };
}

const HOLDERS: ReadonlySet<string> = new Set(['users', 'machines', 'groups'] satisfies HolderKind[]);

/** No path has it. */
const SEPARATOR = '\0';

/** A glance, to be asked. */
export interface Seen {
  /** What look-ups of stored files ask for; below `vars` it is what was seen. */
  readonly files: StoreFiles;
  /** @param folder of a secret; undefined where none was seen in it */
  access(folder: string): SecretAccessSeen | undefined;
}

export function seenIn(glance: Glance, files: StoreFiles, directory: string): Seen {
  const paths = new Set(glance.files.split(SEPARATOR));
  const hashes = new Map(glance.hashes);
  const numbers = new Map(glance.folders.split(SEPARATOR).map((folder, at) => [folder, glance.numbers[at]]));
  const vars = `${below(directory, 'vars')}/`;
  return {
    files: {
      ...files,
      kind: path => (path.startsWith(vars) && paths.has(path) ? 'file' : files.kind(path)),
      text: path => (hashes.has(path) ? (hashes.get(path) ?? null) : files.text(path)),
    },
    access(folder) {
      const number = numbers.get(folder);
      return number === undefined ? undefined : glance.seen[number];
    },
  };
}
