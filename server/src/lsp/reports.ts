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

/** The findings and texts that diagnostics are made of. As long as these are the same, so are they. */
interface Made {
  readonly findings: readonly Finding[];
  /** The files in which they have places, with their texts and addresses. */
  readonly files: ReadonlyMap<string, { readonly text: string | null; readonly uri: string }>;
}

const NOTHING: Made = { findings: [], files: new Map() };

export function createReports(): Reports {
  const kept = new Map<string, Kept>();
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
      for (const [path, findings] of findingsByFile) {
        const absolute = absoluteOf(path);
        seen.add(absolute);
        const before = kept.get(absolute);
        if (before?.owner === owner && isMadeOf(before.from, findings, border)) continue;
        const items = findings.map(finding => diagnosticOf(border, finding)).filter(item => item !== null);
        const from = madeOf(findings, border);
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

function madeOf(findings: readonly Finding[], { files, uriOf }: ProtocolContext): Made {
  const paths = new Set(
    findings.flatMap(({ at, related }) => [at.file, ...related.map(({ at: { file } }) => file)]),
  );
  return {
    findings,
    files: new Map([...paths].map(path => [path, { text: files.text(path), uri: uriOf(path) }])),
  };
}

function isMadeOf(before: Made, findings: readonly Finding[], { files, uriOf }: ProtocolContext): boolean {
  if (!sameItems(before.findings, findings)) return false;
  for (const [path, { text, uri }] of before.files)
    if (files.text(path) !== text || uriOf(path) !== uri) return false;
  return true;
}
