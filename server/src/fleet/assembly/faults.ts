/**
 * Finds faults in the files that Nix reaches (see `reach.ts`): syntax errors, duplicate and undefined names, and paths
 * to missing files.
 */

import { type WrittenPath, writtenPathsOf } from '../../flake/written-paths.ts';
import { folderOf, joinPath } from '../../nix/eval/paths.ts';
import { certainCorrection } from '../../nix/near-names.ts';
import { refusedIn } from '../../nix/refused.ts';
import { isSameData } from '../../nix/same-data.ts';
import type { SourceFile } from '../../nix/source.ts';
import type { NixSyntaxError, Range } from '../../nix/syntax.ts';
import { type Database, input, query, reread } from '../../query/database.ts';
import { forAll } from '../../query/groups.ts';
import { settled } from '../../query/settled.ts';
import { finish } from '../../query/steps.ts';
import { addToList, compareTexts, sameItems } from '../../std.ts';
import { GENERATORS_BY_MACHINE } from '../machines/ownership.ts';
import type { NotAnalysable } from '../model/base.ts';
import type { AbsentFile, FileFaults, Reach, SyntaxFault } from '../model/faults.ts';
import type { MachineModules } from '../model/machines.ts';
import { stateOf } from './builder-state.ts';
import { noteUnitFiles, PRESENT, REACHED, type Reached, settlingReached } from './reach.ts';
import { TEXT } from './survey.ts';

/** Returns the files that Nix reaches; the same map as before if nothing has changed. Asked after the faults. */
export function reachedFiles(database: Database): ReadonlyMap<string, Reach> {
  return REACHED(database, null).files;
}

/**
 * Returns all files with faults, by path; the same list as before if nothing has changed. The modules of the machines must
 * have been followed before.
 * @param unitFiles the files that were read as units
 */
export function findFaults(database: Database, unitFiles: readonly string[]): readonly FileFaults[] {
  noteUnitFiles(database, unitFiles);
  // What is not Nix comes and goes without a change of the files of the workspace.
  reread(database, KIND);
  reread(database, NEIGHBOURS);
  finish(settlingReached(database));
  finish(ABSENT.settling(database));
  return FAULTS(database, null);
}

const KIND = input<string, 'file' | 'directory' | null>('kind of path', (database, path) =>
  stateOf(database).files.kind(path),
);

/** The names in a folder. */
const NEIGHBOURS = input<string, readonly string[]>(
  'names in folder',
  (database, folder) => (stateOf(database).files.list(folder) ?? []).map(({ name }) => name),
  { equals: sameItems },
);

type AbsentModule = MachineModules['absent'][number];

/** Missing modules that evaluation reached, by the file that imports them. */
const ABSENT = settled(
  query<null, ReadonlyMap<string, readonly AbsentModule[]>>(
    'missing modules',
    database => {
      const byFile = new Map<string, AbsentModule[]>();
      for (const machine of GENERATORS_BY_MACHINE(database, null).values())
        for (const module of machine.absent) addToList(byFile, module.at.file, module);
      return byFile;
    },
    { isKept: true, equals: isSameData },
  ),
);

const NONE: readonly never[] = [];

const FILES = query<null, readonly string[]>(
  'files that may have faults',
  database => [...REACHED(database, null).files.keys()].sort(compareTexts),
  { equals: sameItems },
);

const IN_FILE = query<string, FileFaults | null>(
  'faults in file',
  (database, path) => {
    TEXT(database, path);
    const reached = REACHED(database, null);
    const reach = reached.files.get(path);
    const { files, trees } = stateOf(database);
    const file = reach === undefined ? null : files.parse(path);
    if (reach === undefined || file === null) return null;
    const faults = faultsOf(database, reached, reach, file);
    trees.done(path, file.text.length);
    return faults;
  },
  { equals: isSameData },
);

const IN_FILES = forAll(FILES, IN_FILE);

const FAULTS = query<null, readonly FileFaults[]>(
  'faults',
  database => IN_FILES(database, null).filter(faults => faults !== null),
  { equals: sameItems },
);

function faultsOf(database: Database, reached: Reached, reach: Reach, file: SourceFile): FileFaults | null {
  const { path } = file;
  const syntax = brokenAt(file);
  const isRead = reach === 'certain' && file.errors.length === 0;
  const all = file.errors.length === 0 ? refusedIn(file) : NONE;
  // Nix rejects a duplicate name on any way to the file.
  const refused = isRead && !reached.isScoped ? all : all.filter(({ kind }) => kind !== 'variable');
  const absentPaths =
    file.errors.length > 0
      ? NONE
      : writtenPathsOf(file).flatMap(writtenPath => absentAt(database, path, writtenPath));
  // Where the file is perhaps not read, a path may be missing on purpose, but not beside what it nearly is.
  const written = isRead ? absentPaths : absentPaths.filter(absentPath => isMisspelt(database, absentPath));
  const missed = withEvaluated(database, written, ABSENT.answers(database, null).get(path) ?? NONE);
  if (syntax === null && refused.length === 0 && missed.length === 0) return null;
  const machines = [...GENERATORS_BY_MACHINE(database, null)]
    .filter(([, machine]) => machine.files.includes(path))
    .map(([name]) => name);
  const isOfAll = machines.length > 0 || reached.flakeModules.has(path);
  // Values are lazy: what only they import is perhaps never read.
  const absent = missed.map(absentFile => ({
    ...absentFile,
    isNeeded: isRead && isOfAll && absentFile.isNeeded,
  }));
  return { file: path, reach, machines: machines.sort(), syntax, refused, absent };
}

/** Returns the first syntax error of a file, or `null` if only this parser gives up. */
function brokenAt(file: SourceFile): SyntaxFault | null {
  const { errors, text } = file;
  if (errors.some(error => error.isLimit) || text.includes('\0')) return null;
  const [first] = errors;
  // Nix accepts an opening bracket and fails at what follows instead of the closing one.
  const stumbled = errors.find(error => !isUnclosed(error));
  if (first !== undefined)
    return {
      ...whole(text, stumbled ?? first),
      unclosed: stumbled !== undefined && isUnclosed(first) ? first : null,
    };
  if (!isEmpty(file)) return null;
  return {
    start: 0,
    end: whole(text, { start: 0, end: Math.min(1, text.length) }).end,
    message: 'There is no expression in it.',
    unclosed: null,
  };
}

/** Widens a range so that it does not split a surrogate pair. */
function whole<T extends Range>(text: string, range: T): T {
  const isInside = (offset: number) =>
    /[\ud800-\udbff]/.test(text.charAt(offset - 1)) && /[\udc00-\udfff]/.test(text.charAt(offset));
  const { start, end } = range;
  return { ...range, start: isInside(start) ? start - 1 : start, end: isInside(end) ? end + 1 : end };
}

function isUnclosed({ message }: NixSyntaxError): boolean {
  return message.endsWith(' is never closed.');
}

/** Returns whether a file has only blanks and comments. */
function isEmpty({ text, comments }: SourceFile): boolean {
  let at = 0;
  for (const { start, end } of comments) {
    if (text.slice(at, start).trim() !== '') return false;
    at = end;
  }
  return text.slice(at).trim() === '';
}

/** Adds missing files that evaluation reached, whose paths may be computed. */
function withEvaluated(
  database: Database,
  written: readonly AbsentFile[],
  evaluated: readonly AbsentModule[],
): readonly AbsentFile[] {
  const imported = new Set(evaluated.map(({ at }) => at.start));
  const all = written.map(file => (imported.has(file.at.start) ? { ...file, isNeeded: true } : file));
  for (const { at, target } of evaluated) {
    if (KIND(database, target) !== null || all.some(file => file.at.start === at.start)) continue;
    const folder = target.endsWith('/default.nix') ? folderOf(target) : null;
    const isFolder = folder !== null && KIND(database, folder) === 'directory';
    all.push({ at, target: isFolder ? folder : target, isFolder, isNeeded: true });
  }
  return all;
}

function absentAt(database: Database, path: string, writtenPath: WrittenPath): readonly AbsentFile[] {
  const { target, start, end } = writtenPath;
  // Other files may come and go without a change of the list of Nix files.
  if (!writtenPath.certain || writtenPath.isAsked || !/(^|\/)(\.*|[^./]+|[^/]*\.nix)$/.test(target))
    return NONE;
  const entry = joinPath(target, 'default.nix') as string;
  const present = PRESENT(database, null);
  if (present.has(target) || present.has(entry)) return NONE;
  const kind = KIND(database, target);
  const isFolder = kind === 'directory';
  if (kind === 'file' || (isFolder && (writtenPath.isTree || KIND(database, entry) !== null))) return NONE;
  return [{ at: { file: path, start, end }, target, isFolder, isNeeded: writtenPath.isOwn }];
}

/** Returns whether something beside the missing path is called nearly so. */
function isMisspelt(database: Database, { target, isFolder }: AbsentFile): boolean {
  if (isFolder) return false;
  const folder = folderOf(target);
  const name = target.slice(folder === '' ? 0 : folder.length + 1);
  return certainCorrection(name, NEIGHBOURS(database, folder)) !== null;
}

/** Returns the broken files as places that cannot be analysed. */
export function notRead(faults: readonly FileFaults[]): NotAnalysable[] {
  return faults.flatMap(({ file, syntax }) =>
    syntax === null
      ? []
      : [{ at: { file, start: syntax.start, end: syntax.end }, what: 'file', reason: 'Nix cannot read it' }],
  );
}
