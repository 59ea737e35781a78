/**
 * Lists the generated files in a repository: their placement, their path, and whether they are public or secret. A
 * pure function of the names of files and folders; reads no content.
 * Layouts, newest first (clan-core d7c35d912 and its history):
 * - `vars/<placement>/<generator>/<file>/{value,secret}`, and for age
 *   `secrets/clan-vars/<placement>/<generator>/<file>/<file>.age`;
 * - August 2024: the public value is the file `vars/<placement>/<generator>/<file>` itself, the secret is
 *   `sops/vars/<placement>/<generator>/<file>/secret`;
 * - July 2024: `machines/<machine>/vars/<generator>/<file>`.
 * The hash of a generator's inputs is beside its files as `.validation-hash`; late in 2024 it was
 * `vars/<generator>/{invalidation_hash,validation}`, and for a while the same names beside the files.
 */

import { byText } from '../../std.ts';
import { below, foldersIn, type Tree } from './files.ts';

type Placement = 'shared' | 'per-machine' | 'per-export';

/** The store that keeps secrets in this layout; `in-repo` for public values. */
type Keeper = 'in-repo' | 'sops' | 'age';

export interface StoredVar {
  readonly placement: Placement;
  /** The machine, or the key of the export; `null` for shared files. */
  readonly owner: string | null;
  readonly generator: string;
  /** May contain slashes, as generators' file names may. */
  readonly file: string;
  readonly kind: 'public' | 'secret';
  readonly keeper: Keeper;
  /** False for a layout that clan no longer reads. */
  readonly current: boolean;
  /** The file with the value or the ciphertext. */
  readonly path: string;
}

/** A file that records the inputs which a generator's files were made from. */
export interface StoredValidation {
  /** `null` for a layout without placements. */
  readonly placement: Placement | null;
  readonly owner: string | null;
  readonly generator: string;
  readonly current: boolean;
  readonly path: string;
}

export interface StoredVars {
  /** Sorted by placement, owner, generator, file and kind. A file that is both public and secret is listed twice. */
  readonly vars: readonly StoredVar[];
  readonly validations: readonly StoredValidation[];
}

/** The folder in which the age backend keeps what others keep under `vars`. */
export const AGE_FOLDER = 'secrets/clan-vars';

/** Folders of links beside a secret. */
const LINK_FOLDERS = new Set(['users', 'machines', 'groups']);

/** Limit for slashes in file names, which also ends circular links. */
const MAX_DEPTH = 8;

const OLD_VALIDATIONS = new Set(['validation', 'invalidation_hash']);

type Slot = Pick<StoredVar, 'placement' | 'owner' | 'generator'>;

/**
 * Returns the stored files.
 * @param directory the clan's folder in the repository (`clan.directory`); the root is ''
 */
export function readVars(files: Tree, directory = ''): StoredVars {
  const vars: StoredVar[] = [];
  const validations: StoredValidation[] = [];

  function inVars(slot: Slot, folder: string): void {
    for (const { name, kind } of files.list(folder) ?? []) {
      const path = `${folder}/${name}`;
      if (kind === 'directory') valueOrSecret(slot, path, name, 1);
      else if (name === '.validation-hash') validations.push({ ...slot, current: true, path });
      else if (OLD_VALIDATIONS.has(name)) validations.push({ ...slot, current: false, path });
      else if (!name.startsWith('.'))
        vars.push({ ...slot, file: name, kind: 'public', keeper: 'in-repo', current: false, path });
    }
  }

  function valueOrSecret(slot: Slot, folder: string, file: string, depth: number): void {
    for (const { name, kind } of files.list(folder) ?? []) {
      const path = `${folder}/${name}`;
      if (kind === 'directory') {
        if (!LINK_FOLDERS.has(name) && depth < MAX_DEPTH)
          valueOrSecret(slot, path, `${file}/${name}`, depth + 1);
      } else if (name === 'secret')
        vars.push({ ...slot, file, kind: 'secret', keeper: 'sops', current: true, path });
      else if (name === 'value')
        vars.push({ ...slot, file, kind: 'public', keeper: 'in-repo', current: true, path });
    }
  }

  function inAge(slot: Slot, folder: string, prefix = '', depth = 1): void {
    for (const name of foldersIn(files, folder)) {
      const file = prefix + name;
      const path = `${folder}/${name}/${name}.age`;
      if (files.kind(path) === 'file')
        vars.push({ ...slot, file, kind: 'secret', keeper: 'age', current: true, path });
      if (depth < MAX_DEPTH) inAge(slot, `${folder}/${name}`, `${file}/`, depth + 1);
    }
  }

  function inOldSops(slot: Slot, folder: string): void {
    for (const file of foldersIn(files, folder)) {
      const path = `${folder}/${file}/secret`;
      if (files.kind(path) === 'file')
        vars.push({ ...slot, file, kind: 'secret', keeper: 'sops', current: false, path });
    }
  }

  function inMachine(slot: Slot, folder: string): void {
    for (const { name, kind } of files.list(folder) ?? [])
      if (kind === 'file' && !name.startsWith('.'))
        vars.push({
          ...slot,
          file: name,
          kind: 'public',
          keeper: 'in-repo',
          current: false,
          path: `${folder}/${name}`,
        });
  }

  eachGenerator(files, below(directory, 'vars'), inVars);
  eachGenerator(files, below(directory, AGE_FOLDER), inAge);
  eachGenerator(files, below(directory, 'sops/vars'), inOldSops);
  for (const generator of foldersIn(files, below(directory, 'vars')))
    for (const name of PLACEMENTS.has(generator) ? [] : OLD_VALIDATIONS) {
      const path = below(directory, `vars/${generator}/${name}`);
      if (files.kind(path) === 'file')
        validations.push({ placement: null, owner: null, generator, current: false, path });
    }
  const machines = below(directory, 'machines');
  for (const owner of foldersIn(files, machines)) {
    const folder = `${machines}/${owner}/vars`;
    for (const generator of foldersIn(files, folder))
      inMachine({ placement: 'per-machine', owner, generator }, `${folder}/${generator}`);
  }
  return {
    vars: sortedBy(vars, stored => `${stored.file}\0${stored.kind}`),
    validations: sortedBy(validations, () => ''),
  };
}

/** Calls `read` for every generator's folder below a root, with its placement and owner. */
function eachGenerator(files: Tree, root: string, read: (slot: Slot, folder: string) => void): void {
  for (const generator of foldersIn(files, `${root}/shared`))
    read({ placement: 'shared', owner: null, generator }, `${root}/shared/${generator}`);
  for (const placement of ['per-machine', 'per-export'] as const)
    for (const owner of foldersIn(files, `${root}/${placement}`))
      for (const generator of foldersIn(files, `${root}/${placement}/${owner}`))
        read({ placement, owner, generator }, `${root}/${placement}/${owner}/${generator}`);
}

const ORDER: Readonly<Record<Placement, string>> = { shared: '0', 'per-machine': '1', 'per-export': '2' };

const PLACEMENTS: ReadonlySet<string> = new Set(Object.keys(ORDER));

function sortedBy<T extends Slot | StoredValidation>(all: readonly T[], last: (item: T) => string): T[] {
  return all
    .map(item => ({
      item,
      key: `${item.placement === null ? '3' : ORDER[item.placement]}\0${item.owner ?? ''}\0${item.generator}\0${last(item)}`,
    }))
    .sort(byText(({ key }) => key))
    .map(({ item }) => item);
}
