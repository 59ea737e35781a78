/**
 * Fingerprints by which a finding is known again after lines have moved: made of its rule, its file, its message
 * and the text of its line. Of several that are alike in all of these, the order decides. The text itself, which may
 * hold what nobody should read, cannot be had back from one.
 */

import type { Sources } from '../../edits/text-edit.ts';
import { hexHash } from '../../nix/hash.ts';
import { storeFolderOf } from '../facts/leftover-summaries.ts';
import type { Finding } from '../rule.ts';

/** What fingerprints are made in a certain way is part of every file that keeps them. */
export const FINGERPRINT_VERSION = 1;

/** @param lineOf the text of the line on which a finding begins; empty if its file is not there */
export function fingerprintsOf(
  findings: readonly Finding[],
  lineOf: (finding: Finding) => string,
): ReadonlyMap<Finding, string> {
  const counts = new Map<string, number>();
  const fingerprints = new Map<Finding, string>();
  for (const finding of findings) {
    const line = lineOf(finding).trim().replace(/\s+/g, ' ');
    // What a folder has left over stays one thing, whatever is removed of it.
    const alike = (
      finding.covers === undefined
        ? [finding.rule, finding.at.file, finding.message, line]
        : [finding.rule, storeFolderOf(finding.at.file), '', '']
    ).join('\0');
    const ordinal = counts.get(alike) ?? 0;
    counts.set(alike, ordinal + 1);
    fingerprints.set(finding, hexHash('sha256', `${alike}\0${ordinal}`).slice(0, 32));
  }
  return fingerprints;
}

/**
 * Returns the text of a finding's first line, for any file that is text. A finding about a stored file as a whole has
 * none: the file may be a secret that nobody encrypted, and a short one can be guessed from a hash.
 */
export function lineTextIn(
  sources: Sources & { text(path: string): string | null },
): (finding: Finding) => string {
  return ({ at }) => {
    if (at.end === 0 && !at.file.endsWith('.nix')) return '';
    const text = sources.parse(at.file)?.text ?? sources.text(at.file) ?? '';
    const start = text.lastIndexOf('\n', at.start - 1) + 1;
    const end = text.indexOf('\n', at.start);
    return text.slice(at.start === 0 ? 0 : start, end === -1 ? text.length : end);
  };
}
