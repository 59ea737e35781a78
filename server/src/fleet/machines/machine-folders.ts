/**
 * Finds machines by the folders in `machines/`: clan declares a machine for each, and imports certain files in it. A
 * folder is read again only after a change in it.
 */
import type { NixFiles } from '../../nix/eval/value.ts';
import type { Place } from '../../nix/places.ts';
import type { Machine, MachineClass } from '../model/base.ts';
import { platformIn } from './machine-facts.ts';

export interface MachineFolders {
  /** Returns a machine for each folder. A machine stays the same object until its folder changes. */
  machines(): readonly Machine[];
  /**
   * Returns the files of `machines/<name>/` that clan imports into the machine; the same list as long as they do not
   * change.
   * @param directory the clan's folder
   */
  clanFiles(name: string, directory: string): readonly string[];
  /** Handles that a file or folder was created, changed or removed. */
  forget(path: string): void;
}

const ROOT = 'machines';

/** Files of a machine's folder that clan imports. */
const CLAN_FILES = ['configuration.nix', 'hardware-configuration.nix', 'disko.nix'];

/** Files of a machine's folder that may state the platform: those that clan imports, and a usual entry point. */
const MACHINE_FILES = ['configuration.nix', 'default.nix', 'hardware-configuration.nix'];

/**
 * Creates the cache of machine folders.
 * @param files the workspace; reads of it are not recorded
 */
export function createMachineFolders(files: NixFiles): MachineFolders {
  const machines = keptByName(folder => readFolder(files, folder));
  const clanFiles = keptByName(folder =>
    CLAN_FILES.map(file => `${folder}/${file}`).filter(path => files.kind(path) === 'file'),
  );
  return {
    machines: () =>
      (files.list(ROOT) ?? []).flatMap(entry =>
        entry.kind === 'directory' ? [machines.of(`${ROOT}/${entry.name}`)] : [],
      ),
    clanFiles: (name, directory) => clanFiles.of(`${directory === '' ? '' : `${directory}/`}${ROOT}/${name}`),
    forget(path) {
      const names = path.split('/');
      for (const [at, name] of names.entries()) {
        if (name !== ROOT) continue;
        const folder = at + 1 < names.length ? names.slice(0, at + 2).join('/') : undefined;
        machines.forget(folder);
        clanFiles.forget(folder);
      }
    },
  };
}

/** Caches answers by name. If a fresh answer is equal, the old object is kept. */
function keptByName<T>(read: (name: string) => T) {
  const answers = new Map<string, T>();
  const stale = new Set<string>();
  return {
    of(name: string): T {
      const before = answers.get(name);
      if (before !== undefined && !stale.delete(name)) return before;
      const fresh = read(name);
      if (before !== undefined && JSON.stringify(before) === JSON.stringify(fresh)) return before;
      answers.set(name, fresh);
      return fresh;
    },
    /** Marks a name as changed; without a name, drops all answers. */
    forget(name: string | undefined): void {
      if (name === undefined) answers.clear();
      else stale.add(name);
    },
  };
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
