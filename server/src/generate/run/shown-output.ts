/** Selects what to show of a script's output and of its undeclared files. */
import type { ProcessResult } from '../../host/programs/process.ts';
import type { Undeclared } from '../../host/sandbox/run-script.ts';
import { MOST_SHOWN, redacted, redactedAll } from '../redaction/redact.ts';

/** The values known to a script. */
export interface ScriptValues {
  readonly secrets: readonly Uint8Array[];
  /** Texts that may be seen; parts of secrets in them stay. */
  readonly open: readonly Uint8Array[];
}

const SHOWN_LINES = 20;

/** The maximum length of each line, in UTF-16 units. */
const SHOWN_LENGTH = 1000;

/**
 * Returns the end of a script's output, without secrets.
 *
 * @param limit of each stream, in words
 */
export function shownOutput(
  { stdout, stderr, truncated }: ProcessResult,
  { secrets, open }: ScriptValues,
  limit: string,
): string {
  const output = [stdout, stderr]
    .map(stream => stream.subarray(-MOST_SHOWN / 2).toString('utf8'))
    // Half a line of a secret would not be recognised.
    .map(text => (truncated ? text.slice(0, text.lastIndexOf('\n') + 1) : text).trim())
    .filter(text => text !== '')
    .join('\n');
  const shown = redacted(output, secrets, open);
  if (shown === null) return '(Its output is not shown: it may contain a secret.)';
  const lines = shown
    .split('\n')
    .slice(-SHOWN_LINES)
    .map(line => (line.length > SHOWN_LENGTH ? `${line.slice(0, SHOWN_LENGTH)}…` : line));
  return (truncated ? [...lines, `(Output after ${limit} was dropped.)`] : lines).join('\n');
}

/**
 * Returns the message shown instead of the output of a tracing script: a trace contains derived values, which
 * cannot be recognised.
 *
 * @param line the 1-based line where the script failed, or null if not known
 */
export function hiddenTraceLine(line: number | null): string {
  const where = line === null ? '' : ` It failed at line ${line} of the script.`;
  return `(Its output is not shown: the script turns tracing on, for example with "set -x", and a trace may contain secrets.${where})`;
}

/** Returns the names of undeclared files, which the script chooses, without secrets. */
export function shownNames({ names, more }: Undeclared, { secrets, open }: ScriptValues): Undeclared {
  if (names.length === 0) return { names, more };
  const shown = redactedAll(names, secrets, open);
  return shown === null ? { names: ['[secret]'], more: names.length - 1 + more } : { names: shown, more };
}
