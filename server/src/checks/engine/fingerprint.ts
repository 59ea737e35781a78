/**
 * Computes fingerprints that identify a finding even after its lines have moved. A fingerprint is made of the
 * rule, the file, the message and the text of the line; findings alike in all of these are numbered in order.
 * The text may be secret and cannot be recovered from a fingerprint.
 */

import type { Sources } from '../../edits/text-edit.ts';
import { hexHash } from '../../nix/hash.ts';
import { storeFolderOf } from '../facts/leftover-summaries.ts';
import type { Finding } from '../rule.ts';

/** The version of the fingerprint format, stored in every file that contains fingerprints. */
export const FINGERPRINT_VERSION = 1;

/**
 * Returns the fingerprints of findings.
 *
 * @param lineOf returns the text of a finding's first line, or '' if the file does not exist
 */
export function fingerprintsOf(
  findings: readonly Finding[],
  lineOf: (finding: Finding) => string,
): ReadonlyMap<Finding, string> {
  const counts = new Map<string, number>();
  const fingerprints = new Map<Finding, string>();
  for (const finding of findings) {
    const line = lineOf(finding).trim().replace(/\s+/g, ' ');
    // A summary of leftovers in one folder keeps its fingerprint when some of them are removed.
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
 * Returns the text of a finding's first line, for text files. A finding about a whole stored file has none: the
 * file may be an unencrypted secret, and a short secret can be guessed from a hash.
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
