/**
 * What the folders below `machines/` say: every one is a machine to clan, and some of its files are modules of it by
 * themselves. A folder is looked at once, until something in it changes.
 */
import type { NixFiles } from '../../nix/eval/value.ts';
import type { Place } from '../../nix/places.ts';
import type { Machine, MachineClass } from '../model/base.ts';
import { platformIn } from './machine-facts.ts';

export interface MachineFolders {
  /** One for each folder. A machine is the same object for as long as its folder stands. */
  machines(): readonly Machine[];
  /**
   * Files of `machines/<name>/` that are modules of the machine by themselves, as clan takes them: the same list as long
   * as they are the same.
   * @param directory the clan's folder
   */
  clanFiles(name: string, directory: string): readonly string[];
  /** A file or folder was made, changed or removed. */
  forget(path: string): void;
}

const ROOT = 'machines';

/** Files of a machine's folder that clan imports. */
const CLAN_FILES = ['configuration.nix', 'hardware-configuration.nix', 'disko.nix'];

/** Those, and the one that a configuration usually begins with. */
const MACHINE_FILES = ['configuration.nix', 'default.nix', 'hardware-configuration.nix'];

/** @param files the workspace, read without being noted */
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

/** Answers by name. What is read again and found to be the same stays the same object. */
function keptByName<T>(read: (name: string) => T) {
  const known = new Map<string, T>();
  const stale = new Set<string>();
  return {
    of(name: string): T {
      const before = known.get(name);
      if (before !== undefined && !stale.delete(name)) return before;
      const fresh = read(name);
      if (before !== undefined && JSON.stringify(before) === JSON.stringify(fresh)) return before;
      known.set(name, fresh);
      return fresh;
    },
    /** Without a name: all of them. */
    forget(name: string | undefined): void {
      if (name === undefined) known.clear();
      else stale.add(name);
    },
  };
}

/** Returns the machines of a clan that has its folders elsewhere, read anew each time. */
export function machinesBelow(files: NixFiles, root: string): Machine[] {
  return (files.list(root) ?? []).flatMap(entry =>
    entry.kind === 'directory' ? [readFolder(files, `${root}/${entry.name}`)] : [],
  );
}

function readFolder(files: NixFiles, folder: string): Machine {
  const paths = MACHINE_FILES.map(file => `${folder}/${file}`);
  const system = paths.map(path => platformIn(files.text(path) ?? '')).find(found => found !== null) ?? null;
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
 * Returns the class that a platform shows. It shows only what is unusual: any Linux may be a machine of another kind.
 */
function classOfSystem(system: string | null): MachineClass | null {
  return system?.endsWith('-darwin') === true ? 'darwin' : null;
}

function placeOfFile(files: NixFiles, paths: readonly string[]): Place | null {
  const path = paths.find(candidate => files.kind(candidate) === 'file');
  return path === undefined ? null : { file: path, start: 0, end: 0 };
}
