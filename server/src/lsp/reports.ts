/**
 * The diagnostics of every file as last computed, each with an id that changes when they do. Both push and pull read
 * from here. Knows no connection.
 */
import type { Diagnostic } from 'vscode-languageserver';
import type { Snapshot } from '../editor/snapshot.ts';
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
  /** The diagnostics as text, to detect changes. */
  readonly text: string;
}

const EMPTY = '[]';

export function createReports(): Reports {
  const kept = new Map<string, Kept>();
  let count = 0;

  const put = (owner: object, absolute: string, uri: string, items: readonly Diagnostic[]): boolean => {
    const text = items.length === 0 ? EMPTY : JSON.stringify(items);
    const before = kept.get(absolute);
    if (before ? before.text === text : text === EMPTY) return false;
    kept.set(absolute, { owner, uri, items, text, id: String(++count) });
    return true;
  };

  return {
    update(owner, findingsByFile, border, absoluteOf) {
      const changed: string[] = [];
      const seen = new Set<string>();
      for (const [path, findings] of findingsByFile) {
        const items = findings.map(finding => diagnosticOf(border, finding)).filter(item => item !== null);
        const absolute = absoluteOf(path);
        seen.add(absolute);
        if (put(owner, absolute, border.uriOf(path), items)) changed.push(absolute);
      }
      for (const [absolute, report] of kept) {
        if (report.owner !== owner || seen.has(absolute)) continue;
        if (put(owner, absolute, report.uri, [])) changed.push(absolute);
      }
      return changed;
    },
    remove(owner) {
      const changed: string[] = [];
      for (const [absolute, report] of kept) {
        if (report.owner === owner && put(owner, absolute, report.uri, [])) changed.push(absolute);
      }
      return changed;
    },
    of: absolute => kept.get(absolute) ?? null,
    all: () => kept,
  };
}
