/**
 * Finds faults in the files that Nix reaches (see `reach.ts`): syntax errors, duplicate and undefined names, and paths
 * to missing files.
 */

import { type WrittenPath, writtenPathsOf } from '../../flake/written-paths.ts';
import { folderOf, joinPath } from '../../nix/eval/paths.ts';
import type { NixFiles } from '../../nix/eval/value.ts';
import { certainCorrection } from '../../nix/near-names.ts';
import { refusedIn } from '../../nix/refused.ts';
import type { SourceFile } from '../../nix/source.ts';
import type { NixSyntaxError, Range } from '../../nix/syntax.ts';
import { addToList, byText } from '../../std.ts';
import type { NotAnalysable } from '../model/base.ts';
import type { AbsentFile, FileFaults, Reach, SyntaxFault } from '../model/faults.ts';
import type { MachineModules } from '../model/machines.ts';
import { follow, isStillValid, type Reached, type ReachParts } from './reach.ts';

/** State that is kept from one build to the next. */
export interface FaultCache {
  /** Files that have changed since the last search. */
  readonly stale: Set<string>;
  last: Kept | null;
}

interface Kept {
  readonly reached: Reached;
  readonly faults: Map<string, FileFaults>;
  readonly list: readonly FileFaults[];
}

export function createFaultCache(): FaultCache {
  return { stale: new Set(), last: null };
}

/** Returns the files that Nix reaches, as last determined; the same map as before if nothing has changed. */
export function lastReached({ last }: FaultCache): ReadonlyMap<string, Reach> {
  return last?.reached.files ?? new Map();
}

/** Returns all files with faults, by path; the same list as before if nothing has changed. */
export function findFaults(parts: ReachParts, cache: FaultCache): readonly FileFaults[] {
  const before = cache.last;
  const isSameReach = before !== null && isStillValid(parts, before.reached, cache.stale);
  const reached = isSameReach ? before.reached : follow(parts);
  const faults = isSameReach ? before.faults : new Map<string, FileFaults>();
  const evaluated = absentModules(parts);
  for (const path of isSameReach ? [...cache.stale, ...faults.keys()] : reached.files.keys()) {
    const fileFaults = faultsOf(parts, reached, path, evaluated.get(path) ?? NONE);
    if (fileFaults === null) faults.delete(path);
    else faults.set(path, fileFaults);
  }
  cache.stale.clear();
  const inOrder = [...faults.values()].sort(byText(({ file }) => file));
  const list = before !== null && sameFaults(before.list, inOrder) ? before.list : inOrder;
  cache.last = { reached, faults, list };
  return list;
}

type AbsentModule = MachineModules['absent'][number];

/** Returns missing modules that evaluation reached, by the file that imports them. */
function absentModules({ modules }: ReachParts): ReadonlyMap<string, readonly AbsentModule[]> {
  const byFile = new Map<string, AbsentModule[]>();
  for (const machine of modules.values())
    for (const module of machine.absent) {
      addToList(byFile, module.at.file, module);
    }
  return byFile;
}

const NONE: readonly never[] = [];

function faultsOf(
  { files, modules, done }: ReachParts,
  kept: Reached,
  path: string,
  evaluated: readonly AbsentModule[],
): FileFaults | null {
  const reach = kept.files.get(path);
  const file = reach === undefined ? null : files.parse(path);
  if (reach === undefined || file === null) return null;
  const syntax = brokenAt(file);
  const isRead = reach === 'certain' && file.errors.length === 0;
  const all = file.errors.length === 0 ? refusedIn(file) : NONE;
  // Nix rejects a duplicate name on any way to the file.
  const refused = isRead && !kept.isScoped ? all : all.filter(({ kind }) => kind !== 'variable');
  const absentPaths =
    file.errors.length > 0
      ? NONE
      : writtenPathsOf(file).flatMap(writtenPath => absentAt(files, kept.present, path, writtenPath));
  // Where the file is perhaps not read, a path may be missing on purpose, but not beside what it nearly is.
  const written = isRead ? absentPaths : absentPaths.filter(absentPath => isMisspelt(files, absentPath));
  done(file);
  const missed = withEvaluated(files, written, evaluated);
  if (syntax === null && refused.length === 0 && missed.length === 0) return null;
  const machines = [...modules].filter(([, machine]) => machine.files.includes(path)).map(([name]) => name);
  const isOfAll = machines.length > 0 || kept.flakeModules.has(path);
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
  files: NixFiles,
  written: readonly AbsentFile[],
  evaluated: readonly AbsentModule[],
): readonly AbsentFile[] {
  const imported = new Set(evaluated.map(({ at }) => at.start));
  const all = written.map(file => (imported.has(file.at.start) ? { ...file, isNeeded: true } : file));
  for (const { at, target } of evaluated) {
    if (files.kind(target) !== null || all.some(file => file.at.start === at.start)) continue;
    const folder = target.endsWith('/default.nix') ? folderOf(target) : null;
    const isFolder = folder !== null && files.kind(folder) === 'directory';
    all.push({ at, target: isFolder ? folder : target, isFolder, isNeeded: true });
  }
  return all;
}

function absentAt(
  files: NixFiles,
  present: ReadonlySet<string>,
  path: string,
  writtenPath: WrittenPath,
): readonly AbsentFile[] {
  const { target, start, end } = writtenPath;
  // Other files may come and go without a change of the list of Nix files.
  if (!writtenPath.certain || writtenPath.isAsked || !/(^|\/)(\.*|[^./]+|[^/]*\.nix)$/.test(target))
    return NONE;
  const entry = joinPath(target, 'default.nix') as string;
  if (present.has(target) || present.has(entry)) return NONE;
  const kind = files.kind(target);
  const isFolder = kind === 'directory';
  if (kind === 'file' || (isFolder && (writtenPath.isTree || files.kind(entry) !== null))) return NONE;
  return [{ at: { file: path, start, end }, target, isFolder, isNeeded: writtenPath.isOwn }];
}

/** Returns whether something beside the missing path is called nearly so. */
function isMisspelt(files: NixFiles, { target, isFolder }: AbsentFile): boolean {
  if (isFolder) return false;
  const folder = folderOf(target);
  const name = target.slice(folder === '' ? 0 : folder.length + 1);
  const neighbours = (files.list(folder) ?? []).map(entry => entry.name);
  return certainCorrection(name, neighbours) !== null;
}

function sameFaults(left: readonly FileFaults[], right: readonly FileFaults[]): boolean {
  return left.length === right.length && JSON.stringify(left) === JSON.stringify(right);
}

/** Returns the broken files as places that cannot be analysed. */
export function notRead(faults: readonly FileFaults[]): NotAnalysable[] {
  return faults.flatMap(({ file, syntax }) =>
    syntax === null
      ? []
      : [{ at: { file, start: syntax.start, end: syntax.end }, what: 'file', reason: 'Nix cannot read it' }],
  );
}
