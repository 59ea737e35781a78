/** Finds the terminal on which a person can be asked. */
import type { Io } from '../io.ts';
import type { Terminal } from './terminal.ts';

/** Returns the terminal of a command, or `null` if standard input or standard error is not one. */
export function terminalOf({ stdin, stderr, interruption }: Io): Terminal | null {
  if (!stdin?.isTTY || !stderr.isTTY) return null;
  return { input: stdin, output: stderr, signal: interruption?.() ?? new AbortController().signal };
}
