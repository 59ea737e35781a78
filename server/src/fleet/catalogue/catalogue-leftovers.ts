/**
 * Finds the present or former generator of clan-core that made stored files which nothing declares any more. Knows the
 * catalogue and names on disk; the caller decides whether a file is declared.
 */
import { compareTexts } from '../../std.ts';
import { CATALOGUE, type CatalogueFile } from './catalogue-data.ts';
import { FORMER } from './catalogue-former.ts';
import { filled, holesIn, patternOf } from './catalogue-names.ts';

/** The files stored for one generator in one placement: on one machine, or shared. */
export interface StoredGenerator {
  readonly name: string;
  readonly shared: boolean;
  /** Names of all its files. */
  readonly files: readonly string[];
}

export interface Leftover {
  /** Null for a core module, and if several services have or had the same generator. */
  readonly service: string | null;
  /** The files of the question, as clan-core declares or declared them. */
  readonly files: readonly CatalogueFile[];
  /** True if the generator has no other files. */
  readonly complete: boolean;
  /** The day of the last commit of clan-core that had the generator; null if it still has it. */
  readonly until: string | null;
}

interface Entry {
  readonly name: string;
  readonly pattern: RegExp;
  readonly service: string | null;
  /** Null if a setting decides. */
  readonly share: boolean | null;
  readonly files: readonly CatalogueFile[];
  /** The day of the last commit that had it; null if clan-core still has it. */
  readonly until: string | null;
}

const ENTRIES: readonly Entry[] = [
  ...CATALOGUE.map(({ name, service, share, files }) => ({
    name,
    pattern: patternOf(name),
    service,
    share: typeof share === 'boolean' ? share : null,
    files,
    until: null,
  })),
  ...FORMER.map(({ name, service, share, files, date }) => ({
    name,
    pattern: patternOf(name),
    service,
    share,
    files,
    until: date,
  })),
];

interface Candidate {
  readonly entry: Entry;
  /** The files, with holes filled in. */
  readonly files: readonly CatalogueFile[];
  /** The number of its files that are stored. */
  readonly stored: number;
}

/**
 * Returns the generator of clan-core that made the files. Returns `null` if there is none, or if it does not have one
 * of the files, which then belong to another generator of the same name.
 * @param stored all files of the generator on disk
 * @param unexplained those of its files that nothing declares
 */
export function leftoverOf(stored: StoredGenerator, unexplained: readonly string[]): Leftover | null {
  const candidates = ENTRIES.flatMap(entry => candidate(entry, stored))
    .filter(({ files }) => files.some(({ name }) => unexplained.includes(name)))
    .sort(byFit);
  const files = unexplained.flatMap(name => {
    const file = candidates.flatMap(match => match.files).find(catalogueFile => catalogueFile.name === name);
    return file === undefined ? [] : [file];
  });
  const [best] = candidates;
  if (best === undefined || files.length < unexplained.length) return null;
  const equal = candidates.filter(match => match.stored === best.stored && missing(match) === missing(best));
  const services = new Set(equal.map(match => match.entry.service));
  return {
    service: services.size === 1 ? best.entry.service : null,
    files,
    complete: best.files.every(({ name }) => unexplained.includes(name)),
    until: best.entry.until,
  };
}

function candidate(entry: Entry, stored: StoredGenerator): Candidate[] {
  if (entry.share !== null && entry.share !== stored.shared) return [];
  const holes = holesIn(entry.pattern, stored.name);
  if (holes === null) return [];
  const files = entry.files.map(file => ({ ...file, name: filled(file.name, holes) }));
  return [{ entry, files, stored: files.filter(({ name }) => stored.files.includes(name)).length }];
}

/** Orders candidates by the most stored files, then the fewest missing files, then the newest. */
function byFit(a: Candidate, b: Candidate): number {
  return b.stored - a.stored || missing(a) - missing(b) || compareTexts(until(b), until(a));
}

function missing({ files, stored }: Candidate): number {
  return files.length - stored;
}

function until({ entry }: Candidate): string {
  return entry.until ?? 'today';
}
