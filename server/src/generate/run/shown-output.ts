/** What is shown of a script that has run: of what it said, and of the names of files that it was not asked for. */
import type { ProcessResult } from '../../host/programs/process.ts';
import type { Undeclared } from '../../host/sandbox/run-script.ts';
import { MOST_SHOWN, redacted, redactedAll } from './redact.ts';

/** What a script has to do with, as far as it is known. */
export interface Known {
  readonly secrets: readonly Uint8Array[];
  /** What may be seen: pieces of secrets that are in it stay. */
  readonly open: readonly Uint8Array[];
}

const SHOWN_LINES = 20;

/** Of each line, in UTF-16 units. */
const SHOWN_LENGTH = 1000;

/** Returns the end of what the script said, without secrets. @param limit of each stream, in words */
export function shownOutput(
  { stdout, stderr, truncated }: ProcessResult,
  { secrets, open }: Known,
  limit: string,
): string {
  const output = [stdout, stderr]
    .map(stream => stream.subarray(-MOST_SHOWN / 2).toString('utf8'))
    // Half of a secret's line would not be recognised.
    .map(text => (truncated ? text.slice(0, text.lastIndexOf('\n') + 1) : text).trim())
    .filter(text => text !== '')
    .join('\n');
  const shown = redacted(output, secrets, open);
  if (shown === null) return '(Its output is not shown: it may hold a secret.)';
  const lines = shown
    .split('\n')
    .slice(-SHOWN_LINES)
    .map(line => (line.length > SHOWN_LENGTH ? `${line.slice(0, SHOWN_LENGTH)}…` : line));
  return (truncated ? [...lines, `(What it said after ${limit} was dropped.)`] : lines).join('\n');
}

/**
 * Instead of what a script said that traces itself: a trace has values that the script derives, which cannot be recognised.
 *
 * @param line of the script that failed, from 1; null where that is not known
 */
export function withheldTrace(line: number | null): string {
  const where = line === null ? '' : ` It failed at line ${line} of the script.`;
  return `(Its output is not shown: the script switches tracing on, as "set -x" does, and a trace may hold secrets.${where})`;
}

/** Names are given by the script, and may be made of anything. */
export function shownNames({ names, more }: Undeclared, { secrets, open }: Known): Undeclared {
  if (names.length === 0) return { names, more };
  const shown = redactedAll(names, secrets, open);
  return shown === null ? { names: ['[secret]'], more: names.length - 1 + more } : { names: shown, more };
}
