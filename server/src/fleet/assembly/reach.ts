/**
 * Finds the files that Nix reaches: the flake, the modules of machines, and all files that literal paths in them lead
 * to. Other files, such as templates, are not reached.
 */

import { type WrittenPath, writtenPathsOf } from '../../flake/written-paths.ts';
import { joinPath } from '../../nix/eval/paths.ts';
import type { NixFiles } from '../../nix/eval/value.ts';
import { refusedIn } from '../../nix/refused.ts';
import type { SourceFile } from '../../nix/source.ts';
import { sameItems } from '../../std.ts';
import { belongsToFleet } from '../machines/machines.ts';
import type { Reach } from '../model/faults.ts';
import type { MachineModules } from '../model/machines.ts';

export interface ReachParts {
  readonly files: NixFiles;
  readonly modules: ReadonlyMap<string, MachineModules>;
  /** All files of the workspace; a new list if one appears or is removed. */
  readonly paths: readonly string[];
  /** Files that were read as units, by path. */
  readonly units: ReadonlyMap<string, unknown>;
  /** Called with each file that has been read. */
  readonly done: (file: SourceFile) => void;
}

/** The files that Nix reaches, with the inputs they were determined from. */
export interface Reached {
  readonly paths: readonly string[];
  readonly present: ReadonlySet<string>;
  readonly modules: readonly MachineModules[];
  readonly units: ReadonlySet<string>;
  readonly files: ReadonlyMap<string, Reach>;
  /** The flake and the modules that it imports for itself. */
  readonly flakeModules: ReadonlySet<string>;
  /** True if a file may be imported with `scopedImport`, so that any name may be defined in it. */
  readonly isScoped: boolean;
  /** The paths in each file when it was followed. */
  readonly writtenPaths: ReadonlyMap<string, readonly WrittenPath[]>;
}

/** Returns whether following the files again would reach the same ones. */
export function isStillValid(parts: ReachParts, before: Reached, stale: ReadonlySet<string>): boolean {
  if (before.paths !== parts.paths || !sameModules(before.modules, parts.modules)) return false;
  if (before.units.size !== parts.units.size || before.isScoped) return false;
  for (const path of stale) {
    if (parts.units.has(path) !== before.units.has(path)) return false;
    const writtenBefore = before.writtenPaths.get(path);
    const file = writtenBefore === undefined ? null : parts.files.parse(path);
    if (writtenBefore === undefined) continue;
    if (file === null || isScoping(file) || !areEqualPaths(writtenBefore, writtenPathsOf(file))) return false;
  }
  return true;
}

/** Compares contents, since a machine with anything unclear is followed in every build, mostly with the same result. */
function sameModules(before: readonly MachineModules[], now: ReadonlyMap<string, MachineModules>): boolean {
  if (before.length !== now.size) return false;
  let index = 0;
  for (const current of now.values()) {
    const other = before[index++] as MachineModules;
    if (current !== other && !areAlike(current, other)) return false;
  }
  return true;
}

function areAlike(left: MachineModules, right: MachineModules): boolean {
  return (
    sameItems(left.files, right.files) &&
    sameItems(left.possibleFiles, right.possibleFiles) &&
    sameItems(left.homeFiles, right.homeFiles) &&
    left.absent.length + right.absent.length === 0
  );
}

function areEqualPaths(left: readonly WrittenPath[], right: readonly WrittenPath[]): boolean {
  return (
    left.length === right.length &&
    left.every(({ target, certain, isTree, isOwn }, index) => {
      const other = right[index] as WrittenPath;
      return (
        target === other.target &&
        certain === other.certain &&
        isTree === other.isTree &&
        isOwn === other.isOwn
      );
    })
  );
}

function isScoping({ text }: SourceFile): boolean {
  return text.includes('scopedImport');
}

/** Computes the results of the tree that are kept after it is dropped. */
export function readForFaults(file: SourceFile): void {
  writtenPathsOf(file);
  refusedIn(file);
}

/** Follows all paths from the flake and the machines' modules. */
export function follow(parts: ReachParts): Reached {
  const { files, modules, paths, units } = parts;
  const reached = new Map<string, Reach>();
  const writtenPaths = new Map<string, readonly WrittenPath[]>();
  let isScoped = false;
  const flakeModules = new Set(['flake.nix']);
  const certain = ['flake.nix'];
  const possible: string[] = [];
  for (const machine of modules.values()) {
    certain.push(...machine.files, ...machine.homeFiles);
    possible.push(...machine.possibleFiles);
  }
  const present = new Set(paths);
  const walk = (stack: string[], reach: Reach): void => {
    for (let path = stack.pop(); path !== undefined; path = stack.pop()) {
      if (reached.has(path) || !present.has(path)) continue;
      reached.set(path, reach);
      const file = files.parse(path);
      if (file === null) continue;
      readForFaults(file);
      const writtenHere = writtenPathsOf(file);
      if (isScoping(file)) isScoped = true;
      parts.done(file);
      writtenPaths.set(path, writtenHere);
      for (const writtenPath of writtenHere) {
        const targets = targetsOf(present, writtenPath);
        (writtenPath.certain ? stack : possible).push(...targets);
        if (writtenPath.isOwn && writtenPath.certain && flakeModules.has(path))
          for (const target of targets) flakeModules.add(target);
      }
    }
  };
  walk(certain, 'certain');
  walk(possible, 'possible');
  for (const path of units.keys())
    if (!reached.has(path) && belongsToFleet(files, path)) reached.set(path, 'unknown');
  return {
    paths,
    present,
    modules: [...modules.values()],
    units: new Set(units.keys()),
    files: reached,
    flakeModules,
    isScoped,
    writtenPaths,
  };
}

function targetsOf(present: ReadonlySet<string>, { target, isTree }: WrittenPath): readonly string[] {
  if (present.has(target)) return [target];
  if (isTree)
    return [...present].filter(path => isBelow(path, target) && !/\/_/.test(path.slice(target.length)));
  return [joinPath(target, 'default.nix') as string];
}

function isBelow(path: string, folder: string): boolean {
  return folder === '' || path.startsWith(`${folder}/`);
}
