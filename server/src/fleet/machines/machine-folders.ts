/**
 * Finds machines by the folders in `machines/`: clan declares a machine for each, and imports certain files in it. A
 * folder is read again only after a change in it.
 */
import type { NixFiles } from '../../nix/eval/value.ts';
import type { Place } from '../../nix/places.ts';
import { isSameData } from '../../nix/same-data.ts';
import { type Database, input, isKnown, query, set } from '../../query/database.ts';
import { forAll } from '../../query/groups.ts';
import { settled } from '../../query/settled.ts';
import { finish } from '../../query/steps.ts';
import { sameItems } from '../../std.ts';
import type { Machine, MachineClass } from '../model/base.ts';
import { platformIn } from './machine-facts.ts';

const ROOT = 'machines';

/** Files of a machine's folder that clan imports. */
const CLAN_FILES = ['configuration.nix', 'hardware-configuration.nix', 'disko.nix'];

/** Files of a machine's folder that may state the platform: those that clan imports, and a usual entry point. */
const MACHINE_FILES = ['configuration.nix', 'default.nix', 'hardware-configuration.nix'];

/** The part of a database's context that queries about folders need. */
export interface FolderContext {
  /** The workspace; reads of it are not recorded. */
  readonly files: NixFiles;
}

function filesOf({ context }: Database): NixFiles {
  return (context as FolderContext).files;
}

/** The number of changes in a folder, or of all at once. */
const CHANGES = input<string, number>('changes of folder', () => 0);

const EVERYWHERE = '';

/** The machine of a folder. */
const MACHINE = query<string, Machine>(
  'machine of folder',
  (database, folder) => {
    noteFolder(database, folder);
    return readFolder(filesOf(database), folder);
  },
  { equals: isSameData },
);

/** The files of a folder that clan imports. */
const IMPORTED = settled(
  query<string, readonly string[]>(
    'files that clan imports',
    (database, folder) => {
      noteFolder(database, folder);
      const files = filesOf(database);
      return CLAN_FILES.map(file => `${folder}/${file}`).filter(path => files.kind(path) === 'file');
    },
    { equals: sameItems, isKept: true },
  ),
);

function noteFolder(database: Database, folder: string): void {
  CHANGES(database, folder);
  CHANGES(database, EVERYWHERE);
}

/** The folders in `machines/`. */
const FOLDERS = input<null, readonly string[]>('folders of machines', () => [], { equals: sameItems });

/** A machine for each folder. A machine stays the same object until its folder changes, and so does the list. */
export const MACHINES_OF_FOLDERS = forAll(FOLDERS, MACHINE);

/** Looks which folders there are, and what clan imports of them. */
export function noteFolders(database: Database): void {
  const folders: string[] = [];
  for (const { name, kind } of filesOf(database).list(ROOT) ?? [])
    if (kind === 'directory') folders.push(`${ROOT}/${name}`);
  set(database, FOLDERS, null, folders);
  finish(IMPORTED.settling(database));
}

/**
 * Returns the files of `machines/<name>/` that clan imports into the machine; the same list as long as they do not
 * change.
 * @param directory the clan's folder
 */
export function importedByClan(database: Database, name: string, directory: string): readonly string[] {
  return IMPORTED.answers(database, `${directory === '' ? '' : `${directory}/`}${ROOT}/${name}`);
}

/** Handles that a file or folder was created, changed or removed. */
export function folderChanged(database: Database, path: string): void {
  const names = path.split('/');
  for (const [at, name] of names.entries()) {
    if (name !== ROOT) continue;
    const folder = at + 1 < names.length ? names.slice(0, at + 2).join('/') : EVERYWHERE;
    if (isKnown(database, CHANGES, folder)) set(database, CHANGES, folder, database.cells.revision);
  }
}

/** Reads the machines of a clan that has another folder; they are not cached. */
export function machinesBelow(files: NixFiles, root: string): Machine[] {
  return (files.list(root) ?? []).flatMap(entry =>
    entry.kind === 'directory' ? [readFolder(files, `${root}/${entry.name}`)] : [],
  );
}

function readFolder(files: NixFiles, folder: string): Machine {
  const paths = MACHINE_FILES.map(file => `${folder}/${file}`);
  const system =
    paths.map(path => platformIn(files.text(path) ?? '')).find(platform => platform !== null) ?? null;
  return {
    name: folder.slice(folder.lastIndexOf('/') + 1),
    class: classOfSystem(system),
    system,
    tags: [],
    at: placeOfFile(files, paths),
    source: 'folder',
  };
}

/**
 * Returns the class that a platform implies. Only Darwin implies one, since a machine with any Linux platform may be of
 * another kind.
 */
function classOfSystem(system: string | null): MachineClass | null {
  return system?.endsWith('-darwin') === true ? 'darwin' : null;
}

function placeOfFile(files: NixFiles, paths: readonly string[]): Place | null {
  const path = paths.find(candidate => files.kind(candidate) === 'file');
  return path === undefined ? null : { file: path, start: 0, end: 0 };
}
