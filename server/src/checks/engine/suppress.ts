/**
 * Handles suppression comments. `# varsmith: ignore <rule> <reason>` applies to findings that begin on its line
 * or, if the comment is alone on its line, to the next line that is not such a comment. `# varsmith:
 * ignore-file <rule> <reason>` applies to the whole file. Knows comments and places, not rules.
 */

import { eolOf, indentOf } from '../../edits/edits.ts';
import { stringOfLinesAt } from '../../edits/locate.ts';
import type { Sources } from '../../edits/text-edit.ts';
import { positionAt, type SourceFile } from '../../nix/source.ts';
import { addToSet, memoized } from '../../std.ts';
import type { Finding, Fix } from '../rule.ts';

interface Silences {
  readonly inFile: ReadonlySet<string>;
  /** The suppressed rules by 0-based line. */
  readonly onLine: ReadonlyMap<number, ReadonlySet<string>>;
}

/**
 * Returns the findings of a file that no comment suppresses.
 * @param file null if it cannot be read
 */
export function withoutSilenced<Found extends Pick<Finding, 'rule' | 'at'>>(
  file: SourceFile | null,
  findings: readonly Found[],
): readonly Found[] {
  if (file === null) return findings;
  const { inFile, onLine } = silencesOf(file);
  if (inFile.size === 0 && onLine.size === 0) return findings;
  const isSilencedAt = (offset: number, rule: string) =>
    onLine.get(positionAt(file.lineStarts, offset).line)?.has(rule) === true ||
    onLine.get(anchorLine(file, offset))?.has(rule) === true;
  return findings.filter(({ rule, at }) => !inFile.has(rule) && !isSilencedAt(at.start, rule));
}

/** Returns the fixes that suppress a finding: one for its line and one for the whole file. */
export function silenceFixes(finding: Pick<Finding, 'rule' | 'at'>, sources: Sources): Fix[] {
  const file = sources.parse(finding.at.file);
  if (file === null) return [];
  // Insert after a byte order mark, which is only valid as the first character.
  const first = file.text.startsWith('\ufeff') ? 1 : 0;
  const start = Math.max(first, file.lineStarts[anchorLine(file, finding.at.start)] ?? 0);
  const eol = eolOf(file);
  const insert = (at: number, text: string) => [{ file: file.path, start: at, end: at, text }];
  return [
    {
      title: `Ignore ${finding.rule} here`,
      edits: insert(start, `${indentOf(file, start)}# varsmith: ignore ${finding.rule}${eol}`),
      preferred: false,
    },
    {
      title: `Ignore ${finding.rule} in this file`,
      edits: insert(first, `# varsmith: ignore-file ${finding.rule}${eol}`),
      preferred: false,
    },
  ];
}

const silencesOf = memoized(readSilences);

function readSilences(file: SourceFile): Silences {
  const inFile = new Set<string>();
  const onLine = new Map<number, Set<string>>();
  const commentLines = linesOfTheirOwn(file);
  for (const comment of file.comments) {
    const match = /^(?:#|\/\*)+\s*varsmith:\s*(ignore|ignore-file)\s+([a-z]+\/[a-z-]+)/.exec(comment.text);
    const rule = match?.[2];
    if (match === null || rule === undefined) continue;
    if (match[1] === 'ignore-file') {
      inFile.add(rule);
      continue;
    }
    let { line } = positionAt(file.lineStarts, comment.start);
    while (commentLines.has(line)) line++;
    addToSet(onLine, line, rule);
  }
  return { inFile, onLine };
}

/** Returns the lines that contain only a comment. */
function linesOfTheirOwn(file: SourceFile): Set<number> {
  const lines = new Set<number>();
  for (const comment of file.comments) {
    const first = positionAt(file.lineStarts, comment.start).line;
    const last = positionAt(file.lineStarts, comment.end).line;
    const before = file.text.slice(file.lineStarts[first], comment.start);
    const after = file.text.slice(comment.end, file.lineStarts[last + 1] ?? file.text.length);
    if (before.trim() !== '' || after.trim() !== '') continue;
    for (let line = first; line <= last; line++) lines.add(line);
  }
  return lines;
}

/**
 * Returns the line above which a comment can be inserted: the line of the offset, or the first line of the
 * multi-line string around it.
 */
function anchorLine(file: SourceFile, offset: number): number {
  const start = stringOfLinesAt(file, offset)?.start ?? offset;
  return positionAt(file.lineStarts, start).line;
}
