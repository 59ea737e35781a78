/**
 * Finds the files that Nix reaches: the flake, the modules of machines, and all files that literal paths in them lead
 * to. Other files, such as templates, are not reached.
 */

import { type WrittenPath, writtenPathsOf } from '../../flake/written-paths.ts';
import { joinPath } from '../../nix/eval/paths.ts';
import { isSameData } from '../../nix/same-data.ts';
import { type Database, input, query, set } from '../../query/database.ts';
import { settled } from '../../query/settled.ts';
import type { Steps } from '../../query/steps.ts';
import { sameItems } from '../../std.ts';
import { belongsToFleet } from '../machines/machines.ts';
import { GENERATORS_BY_MACHINE } from '../machines/ownership.ts';
import type { Reach } from '../model/faults.ts';
import { stateOf } from './builder-state.ts';
import { GROUPS, TEXT } from './survey.ts';
import { readForFaults } from './trees.ts';

/** The files that Nix reaches. */
export interface Reached {
  readonly files: ReadonlyMap<string, Reach>;
  /** The flake and the modules that it imports for itself. */
  readonly flakeModules: ReadonlySet<string>;
  /** True if a file may be imported with `scopedImport`, so that any name may be defined in it. */
  readonly isScoped: boolean;
}

/** Sets which files were read as units. Called before anything is asked of what is reached. */
export function noteUnitFiles(database: Database, files: readonly string[]): void {
  set(database, UNIT_FILES, null, files);
}

const UNIT_FILES = input<null, readonly string[]>('files of units', () => [], { equals: sameItems });

/** All files of the workspace. */
export const PRESENT = query<null, ReadonlySet<string>>(
  'files that are there',
  database => new Set(GROUPS(database, null).paths),
  { equals: (left, right) => sameItems([...left], [...right]) },
);

/** The files that modules of machines are in. */
interface ModuleFiles {
  readonly certain: readonly string[];
  readonly possible: readonly string[];
}

const MODULE_FILES = query<null, ModuleFiles>(
  'files that machines have',
  database => {
    const certain = new Set<string>();
    const possible = new Set<string>();
    for (const { files, homeFiles, possibleFiles } of GENERATORS_BY_MACHINE(database, null).values()) {
      for (const list of [files, homeFiles]) for (const file of list) certain.add(file);
      for (const file of possibleFiles) possible.add(file);
    }
    return { certain: [...certain], possible: [...possible] };
  },
  { equals: isSameData },
);

/** The paths by which a file leads to others. */
interface Leading {
  readonly paths: readonly WrittenPath[];
  readonly isScoping: boolean;
}

/** Finds the paths in a file; null if it cannot be read. The answer is the same while at most offsets differ. */
const LEADING = query<string, Leading | null>(
  'paths in file',
  (database, path) => {
    TEXT(database, path);
    const { files, trees } = stateOf(database);
    const file = files.parse(path);
    if (file === null) return null;
    readForFaults(file);
    trees.done(path, file.text.length);
    return { paths: writtenPathsOf(file), isScoping: file.text.includes('scopedImport') };
  },
  {
    equals: (left, right) =>
      left === null || right === null
        ? left === right
        : left.isScoping === right.isScoping && areEqualPaths(left.paths, right.paths),
  },
);

const REACHED_FILES = settled(
  query<null, Reached>('reached files', database => followed(database), {
    isKept: true,
    equals: isSameData,
  }),
);

/** The files that Nix reaches, as they were last settled. */
export const REACHED = REACHED_FILES.answers;

/** Brings the files that are reached up to date. To be done after changes, before anything is asked of them. */
export const settlingReached: (database: Database) => Steps<void> = REACHED_FILES.settling;

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

/** Follows all paths from the flake and the machines' modules. */
function followed(database: Database): Reached {
  const reached = new Map<string, Reach>();
  let isScoped = false;
  const flakeModules = new Set(['flake.nix']);
  const modules = MODULE_FILES(database, null);
  const possible = [...modules.possible];
  const present = PRESENT(database, null);
  const walk = (stack: string[], reach: Reach): void => {
    for (let path = stack.pop(); path !== undefined; path = stack.pop()) {
      if (reached.has(path) || !present.has(path)) continue;
      reached.set(path, reach);
      const leading = LEADING(database, path);
      if (leading === null) continue;
      if (leading.isScoping) isScoped = true;
      for (const writtenPath of leading.paths) {
        const targets = targetsOf(present, writtenPath);
        (writtenPath.certain ? stack : possible).push(...targets);
        if (writtenPath.isOwn && writtenPath.certain && flakeModules.has(path))
          for (const target of targets) flakeModules.add(target);
      }
    }
  };
  walk(['flake.nix', ...modules.certain], 'certain');
  walk(possible, 'possible');
  const { files } = stateOf(database);
  for (const path of UNIT_FILES(database, null))
    if (!reached.has(path) && belongsToFleet(files, path)) reached.set(path, 'unknown');
  return { files: reached, flakeModules, isScoped };
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
