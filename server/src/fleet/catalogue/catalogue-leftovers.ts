/**
 * Which generator of clan-core, of today or of earlier, made what lies on disk and what nothing declares any more.
 * Knows the catalogue and the names on disk; whether something is declared is for the caller to say.
 */
import { CATALOGUE, type CatalogueFile } from './catalogue-data.ts';
import { FORMER } from './catalogue-former.ts';
import { filled, holesIn, patternOf } from './catalogue-names.ts';

/** What is stored of one generator in one placement: on one machine, or shared. */
export interface StoredGenerator {
  readonly name: string;
  readonly shared: boolean;
  /** All its files. */
  readonly files: readonly string[];
}

export interface Leftover {
  /** Null for a core module, and where several services have or had it alike. */
  readonly service: string | null;
  /** The files asked for, as clan-core declares or declared them. */
  readonly files: readonly CatalogueFile[];
  /** True if they are all that the generator makes. */
  readonly complete: boolean;
}

interface Entry {
  readonly name: string;
  readonly pattern: RegExp;
  readonly service: string | null;
  /** Null where a setting decides. */
  readonly share: boolean | null;
  readonly files: readonly CatalogueFile[];
  /** The day of the last commit that had it; null for what clan-core has today. */
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
  /** With their holes filled in. */
  readonly files: readonly CatalogueFile[];
  /** How many of its files are stored. */
  readonly stored: number;
}

/**
 * Returns the generator of clan-core whose files these are. Returns `null` if there is none, or if one of the files
 * is of no such generator: then they belong to another generator of the same name.
 * @param stored what lies there
 * @param unexplained those of its files that nothing declares
 */
export function leftoverOf(stored: StoredGenerator, unexplained: readonly string[]): Leftover | null {
  const candidates = ENTRIES.flatMap(entry => candidate(entry, stored))
    .filter(({ files }) => files.some(({ name }) => unexplained.includes(name)))
    .sort(byFit);
  const files = unexplained.flatMap(name => {
    const file = candidates.flatMap(one => one.files).find(catalogueFile => catalogueFile.name === name);
    return file === undefined ? [] : [file];
  });
  const [best] = candidates;
  if (best === undefined || files.length < unexplained.length) return null;
  const equal = candidates.filter(one => one.stored === best.stored && missing(one) === missing(best));
  const services = new Set(equal.map(one => one.entry.service));
  return {
    service: services.size === 1 ? best.entry.service : null,
    files,
    complete: best.files.every(({ name }) => unexplained.includes(name)),
  };
}

function candidate(entry: Entry, stored: StoredGenerator): Candidate[] {
  if (entry.share !== null && entry.share !== stored.shared) return [];
  const holes = holesIn(entry.pattern, stored.name);
  if (holes === null) return [];
  const files = entry.files.map(file => ({ ...file, name: filled(file.name, holes) }));
  return [{ entry, files, stored: files.filter(({ name }) => stored.files.includes(name)).length }];
}

/** Orders candidates: the one that explains most first, then the one that lacks least, then the newest. */
function byFit(a: Candidate, b: Candidate): number {
  return b.stored - a.stored || missing(a) - missing(b) || until(b).localeCompare(until(a));
}

function missing({ files, stored }: Candidate): number {
  return files.length - stored;
}

function until({ entry }: Candidate): string {
  return entry.until ?? 'today';
}
