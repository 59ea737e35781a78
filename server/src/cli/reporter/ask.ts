/** The terminal that a person can be asked on. */
import type { Io } from '../io.ts';
import type { Terminal } from './terminal.ts';

/** Returns the terminal of a command; null where standard input or standard error is none. */
export function terminalOf({ stdin, stderr, interruption }: Io): Terminal | null {
  if (!stdin?.isTTY || !stderr.isTTY) return null;
  return { input: stdin, output: stderr, signal: interruption?.() ?? new AbortController().signal };
}
