/**
 * The diagnostics of every file as last computed, each with an id that changes when they do. Both push and pull read
 * from here. Knows no connection.
 */
import type { Diagnostic } from 'vscode-languageserver';
import type { Finding } from '../checks/rule.ts';
import type { Snapshot } from '../editor/snapshot.ts';
import { isSameData } from '../nix/same-data.ts';
import { sameItems } from '../std.ts';
import { diagnosticOf, type ProtocolContext } from './to-protocol.ts';

interface FileReport {
  readonly uri: string;
  readonly items: readonly Diagnostic[];
  /** The `resultId` of the protocol. */
  readonly id: string;
}

export interface Reports {
  /**
   * Replaces a workspace's findings.
   * @param absoluteOf returns the absolute path of a file of that workspace
   * @returns absolute paths of the files whose diagnostics have changed
   */
  update(
    owner: object,
    findings: Snapshot['findings'],
    border: ProtocolContext,
    absoluteOf: (path: string) => string,
  ): string[];
  /** Removes all files of a workspace. Returns those that had diagnostics. */
  remove(owner: object): string[];
  /** Returns the diagnostics of a file, or `null` if it never had any. */
  of(absolute: string): FileReport | null;
  /** Returns the files that have or had diagnostics. */
  all(): Iterable<readonly [absolute: string, report: FileReport]>;
}

interface Kept extends FileReport {
  readonly owner: object;
  /** What the diagnostics were made of. */
  readonly from: Made;
}

/** The sources of diagnostics, which stay the same while these, and the texts and addresses of the files, are the same. */
interface Made {
  readonly findings: readonly Finding[];
  /** The files in which the findings have places. */
  readonly files: readonly string[];
}

/** A file in which findings have places. */
interface ShownFile {
  readonly text: string | null;
  readonly uri: string;
}

const NOTHING: Made = { findings: [], files: [] };

export function createReports(): Reports {
  const kept = new Map<string, Kept>();
  /** The files in which findings of each workspace have places, as they last were. */
  const shown = new WeakMap<object, Map<string, ShownFile>>();
  let count = 0;

  const put = (
    absolute: string,
    { owner, uri, from, items }: Pick<Kept, 'owner' | 'uri' | 'from' | 'items'>,
  ): boolean => {
    const before = kept.get(absolute);
    const isSame = isSameData(before?.items ?? [], items);
    if (before === undefined && isSame) return false;
    const id = before !== undefined && isSame ? before.id : String(++count);
    kept.set(absolute, {
      owner,
      uri,
      from,
      items: before !== undefined && isSame ? before.items : items,
      id,
    });
    return !isSame;
  };

  return {
    update(owner, findingsByFile, border, absoluteOf) {
      const changed: string[] = [];
      const seen = new Set<string>();
      const files = shown.get(owner) ?? new Map<string, ShownFile>();
      shown.set(owner, files);
      const moved = changedFiles(files, border);
      for (const [path, findings] of findingsByFile) {
        const absolute = absoluteOf(path);
        seen.add(absolute);
        const before = kept.get(absolute);
        if (before?.owner === owner && isMadeOf(before.from, findings, moved)) continue;
        const items = findings.map(finding => diagnosticOf(border, finding)).filter(item => item !== null);
        const from = { findings, files: filesOf(findings) };
        for (const file of from.files) if (!files.has(file)) files.set(file, shownFile(file, border));
        if (put(absolute, { owner, uri: border.uriOf(path), from, items })) changed.push(absolute);
      }
      for (const [absolute, report] of kept) {
        if (report.owner !== owner || seen.has(absolute)) continue;
        if (put(absolute, { ...report, from: NOTHING, items: [] })) changed.push(absolute);
      }
      return changed;
    },
    remove(owner) {
      const changed: string[] = [];
      for (const [absolute, report] of kept) {
        if (report.owner === owner && put(absolute, { ...report, from: NOTHING, items: [] }))
          changed.push(absolute);
      }
      return changed;
    },
    of: absolute => kept.get(absolute) ?? null,
    all: () => kept,
  };
}

function filesOf(findings: readonly Finding[]): readonly string[] {
  const files = new Set<string>();
  for (const { at, related } of findings) {
    files.add(at.file);
    for (const other of related) files.add(other.at.file);
  }
  return [...files];
}

function shownFile(path: string, { files, uriOf }: ProtocolContext): ShownFile {
  return { text: files.text(path), uri: uriOf(path) };
}

/** Notes how files are now, and returns those whose text or address is different. */
function changedFiles(files: Map<string, ShownFile>, border: ProtocolContext): ReadonlySet<string> {
  const changed = new Set<string>();
  for (const [path, before] of files) {
    const now = shownFile(path, border);
    if (now.text === before.text && now.uri === before.uri) continue;
    files.set(path, now);
    changed.add(path);
  }
  return changed;
}

function isMadeOf(before: Made, findings: readonly Finding[], moved: ReadonlySet<string>): boolean {
  return sameItems(before.findings, findings) && !before.files.some(path => moved.has(path));
}
