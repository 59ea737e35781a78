/**
 * What Nix stumbles over in the files that it reads: grammar, names that are there twice or not at all, paths that lead
 * nowhere. It reads the flake, the modules of the machines, and what those lead to; what lies about beside them, such as
 * templates, it never sees.
 */
import { folderOf, joinPath } from '../nix/paths.ts';
import { type Refused, refusedIn } from '../nix/refused.ts';
import type { SourceFile } from '../nix/source.ts';
import type { NixSyntaxError, Range } from '../nix/syntax.ts';
import type { NixFiles } from '../nix/value.ts';
import { type Lead, leadsOf } from './leads.ts';
import type { MachineModules } from './machine-modules.ts';
import { belongsToFleet } from './machines.ts';
import type { NotAnalysable, Place } from './model.ts';
import { sameItems } from './same.ts';

/** How Nix comes to a file: for certain, under a condition, or by no way that is known. */
export type Reach = 'certain' | 'possible' | 'unknown';

/** A file with something that Nix stumbles over. */
export interface FileFaults {
  readonly file: string;
  readonly reach: Reach;
  /** Machines that have the file among their modules, sorted. */
  readonly machines: readonly string[];
  /** Where the grammar is broken; the rest of the lists is empty then. */
  readonly syntax: SyntaxFault | null;
  readonly refused: readonly Refused[];
  /** Paths that lead to nothing. */
  readonly absent: readonly AbsentFile[];
}

export interface SyntaxFault extends NixSyntaxError {
  /** What is never closed before it, and may be the cause. */
  readonly unclosed: NixSyntaxError | null;
}

export interface AbsentFile {
  readonly at: Place;
  /** Relative to the root. */
  readonly target: string;
  /** There is such a folder, but no `default.nix` in it. */
  readonly isFolder: boolean;
  /** Is it certain that a machine, or the flake as a whole, needs it? */
  readonly isNeeded: boolean;
}

export interface FaultParts {
  readonly files: NixFiles;
  readonly modules: ReadonlyMap<string, MachineModules>;
  /** All files of the workspace; another list where one has come or gone. */
  readonly paths: readonly string[];
  /** Files that were read for what they say of vars. */
  readonly units: ReadonlyMap<string, unknown>;
  /** Hears of files that have been read. */
  readonly done: (file: SourceFile) => void;
}

/** What is kept from one build to the next. */
export interface FaultCache {
  /** Files that have changed since. */
  readonly stale: Set<string>;
  last: Kept | null;
}

interface Kept {
  readonly paths: readonly string[];
  readonly present: ReadonlySet<string>;
  readonly modules: readonly MachineModules[];
  readonly units: ReadonlySet<string>;
  readonly reached: ReadonlyMap<string, Reach>;
  /** The flake and what it imports as modules of its own. */
  readonly flakeModules: ReadonlySet<string>;
  /** True where a file may be imported with names of its own: then any name may be known. */
  readonly isScoped: boolean;
  /** What each file led to when it was followed. */
  readonly leads: Map<string, readonly Lead[]>;
  readonly faults: Map<string, FileFaults>;
  readonly list: readonly FileFaults[];
}

export function createFaultCache(): FaultCache {
  return { stale: new Set(), last: null };
}

/** All files with faults, by path. The same list for as long as nothing of it changes. */
export function findFaults(parts: FaultParts, cache: FaultCache): readonly FileFaults[] {
  const before = cache.last;
  const kept = before !== null && stands(parts, before, cache.stale) ? before : follow(parts);
  const toRead = kept === before ? [...cache.stale, ...kept.faults.keys()] : kept.reached.keys();
  for (const path of toRead) {
    const faults = faultsOf(parts, kept, path);
    if (faults === null) kept.faults.delete(path);
    else kept.faults.set(path, faults);
  }
  cache.stale.clear();
  const found = [...kept.faults.values()].sort((a, b) => (a.file < b.file ? -1 : 1));
  const isSame = sameFaults(before?.list ?? [], found);
  cache.last = { ...kept, list: isSame && before !== null ? before.list : found };
  return cache.last.list;
}

/** Would all be followed to the same files? */
function stands(parts: FaultParts, before: Kept, stale: ReadonlySet<string>): boolean {
  if (before.paths !== parts.paths || !sameItems(before.modules, [...parts.modules.values()])) return false;
  if (before.units.size !== parts.units.size || before.isScoped) return false;
  for (const path of stale) {
    if (parts.units.has(path) !== before.units.has(path)) return false;
    const led = before.leads.get(path);
    const file = led === undefined ? null : parts.files.parse(path);
    if (led === undefined) continue;
    if (file === null || isScoping(file) || !leadAlike(led, leadsOf(file))) return false;
  }
  return true;
}

function leadAlike(left: readonly Lead[], right: readonly Lead[]): boolean {
  return (
    left.length === right.length &&
    left.every(({ target, certain, isTree, isOwn }, index) => {
      const other = right[index] as Lead;
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

function follow(parts: FaultParts): Kept {
  const { files, modules, paths, units } = parts;
  const reached = new Map<string, Reach>();
  const leads = new Map<string, readonly Lead[]>();
  let isScoped = false;
  const flakeModules = new Set(['flake.nix']);
  const certain = ['flake.nix'];
  const possible: string[] = [];
  for (const own of modules.values()) {
    certain.push(...own.files, ...own.homeFiles);
    possible.push(...own.possibleFiles);
  }
  const present = new Set(paths);
  const walk = (stack: string[], reach: Reach): void => {
    for (let path = stack.pop(); path !== undefined; path = stack.pop()) {
      if (reached.has(path) || !present.has(path)) continue;
      reached.set(path, reach);
      const file = files.parse(path);
      if (file === null) continue;
      const found = leadsOf(file);
      if (isScoping(file)) isScoped = true;
      if (reach === 'certain') refusedIn(file);
      parts.done(file);
      leads.set(path, found);
      for (const lead of found) {
        const targets = targetsOf(present, lead);
        (lead.certain ? stack : possible).push(...targets);
        if (lead.isOwn && lead.certain && flakeModules.has(path))
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
    reached,
    flakeModules,
    isScoped,
    leads,
    faults: new Map(),
    list: [],
  };
}

function targetsOf(present: ReadonlySet<string>, { target, isTree }: Lead): readonly string[] {
  if (present.has(target)) return [target];
  if (isTree)
    return [...present].filter(path => isBelow(path, target) && !/\/_/.test(path.slice(target.length)));
  return [joinPath(target, 'default.nix') as string];
}

function isBelow(path: string, folder: string): boolean {
  return folder === '' || path.startsWith(`${folder}/`);
}

const NONE: readonly never[] = [];

function faultsOf({ files, modules, done }: FaultParts, kept: Kept, path: string): FileFaults | null {
  const reach = kept.reached.get(path);
  const file = reach === undefined ? null : files.parse(path);
  if (reach === undefined || file === null) return null;
  const syntax = brokenAt(file);
  const isRead = reach === 'certain' && file.errors.length === 0;
  const all = isRead ? refusedIn(file) : NONE;
  const refused = kept.isScoped ? all.filter(({ kind }) => kind !== 'variable') : all;
  const written = isRead ? leadsOf(file).flatMap(lead => absentAt(files, kept.present, path, lead)) : NONE;
  done(file);
  const missed = withEvaluated(files, written, path, modules);
  if (syntax === null && refused.length === 0 && missed.length === 0) return null;
  const machines = [...modules].filter(([, own]) => own.files.includes(path)).map(([name]) => name);
  const isOfFlake = kept.flakeModules.has(path);
  const absent = missed.map(one => ({
    ...one,
    isNeeded: machines.length > 0 || (isOfFlake && one.isNeeded),
  }));
  return { file: path, reach, machines: machines.sort(), syntax, refused, absent };
}

/** Where the grammar of a file is broken first; null where only this reader gives up. */
function brokenAt(file: SourceFile): SyntaxFault | null {
  const { errors, text } = file;
  if (errors.some(error => error.isLimit) || text.includes('\0')) return null;
  const [first] = errors;
  // Where a bracket is opened Nix is still content: it stumbles over what comes instead of the closing one.
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

/** A range that cuts no character in two. */
function whole<T extends Range>(text: string, range: T): T {
  const isInside = (offset: number) =>
    /[\ud800-\udbff]/.test(text.charAt(offset - 1)) && /[\udc00-\udfff]/.test(text.charAt(offset));
  const { start, end } = range;
  return { ...range, start: isInside(start) ? start - 1 : start, end: isInside(end) ? end + 1 : end };
}

function isUnclosed({ message }: NixSyntaxError): boolean {
  return message.endsWith(' is never closed.');
}

/** Nothing but blanks and comments? */
function isEmpty({ text, comments }: SourceFile): boolean {
  let at = 0;
  for (const { start, end } of comments) {
    if (text.slice(at, start).trim() !== '') return false;
    at = end;
  }
  return text.slice(at).trim() === '';
}

/** With the modules that evaluation was led to and that are not there, however their paths are made. */
function withEvaluated(
  files: NixFiles,
  written: readonly AbsentFile[],
  path: string,
  modules: FaultParts['modules'],
): readonly AbsentFile[] {
  let all: AbsentFile[] | null = null;
  for (const own of modules.values())
    for (const { at, target } of own.absent) {
      if (at.file !== path || (all ?? written).some(one => one.at.start === at.start)) continue;
      if (files.kind(target) !== null) continue;
      all ??= [...written];
      const folder = target.endsWith('/default.nix') ? folderOf(target) : null;
      const isFolder = folder !== null && files.kind(folder) === 'directory';
      all.push({ at, target: isFolder ? folder : target, isFolder, isNeeded: true });
    }
  return all ?? written;
}

function absentAt(
  files: NixFiles,
  present: ReadonlySet<string>,
  path: string,
  lead: Lead,
): readonly AbsentFile[] {
  const { target, start, end } = lead;
  // What is no Nix comes and goes without the list of files being another one.
  if (!lead.certain || lead.isAsked || !/(^|\/)(\.*|[^./]+|[^/]*\.nix)$/.test(target)) return NONE;
  if (present.has(target) || present.has(`${target}/default.nix`)) return NONE;
  const kind = files.kind(target);
  const isFolder = kind === 'directory';
  if (kind === 'file' || (isFolder && (lead.isTree || files.kind(`${target}/default.nix`) !== null)))
    return NONE;
  return [{ at: { file: path, start, end }, target, isFolder, isNeeded: lead.isOwn }];
}

function sameFaults(left: readonly FileFaults[], right: readonly FileFaults[]): boolean {
  return left.length === right.length && JSON.stringify(left) === JSON.stringify(right);
}

/** The broken files, for the list of what cannot be analysed. */
export function notRead(faults: readonly FileFaults[]): NotAnalysable[] {
  return faults.flatMap(({ file, syntax }) =>
    syntax === null
      ? []
      : [{ at: { file, start: syntax.start, end: syntax.end }, reason: 'Nix cannot read the file' }],
  );
}
