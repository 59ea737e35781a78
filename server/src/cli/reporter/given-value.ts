/** Gets a value from outside: from standard input, from a hidden prompt, or at random. */
import { randomBytes } from 'node:crypto';
import { type Io, UsageError } from '../io.ts';
import { askFor } from './terminal.ts';

/**
 * Reads a value from standard input, or asks for it on a terminal.
 * @throws UsageError if there is nothing to read it from; Cancelled
 */
export async function givenValue(label: string, { stdin, stderr, interruption }: Io): Promise<Uint8Array> {
  if (stdin === undefined) throw new UsageError('There is no value: it is read from standard input.');
  if (!stdin.isTTY) return stdin.read();
  const asked = { label, hidden: true, multiline: true, previous: null };
  const signal = interruption?.() ?? new AbortController().signal;
  return Buffer.from(await askFor({ input: stdin, output: stderr, signal }, asked), 'utf8');
}

/** Returns 32 random bytes as letters, digits, `-` and `_`, which suit passwords, tokens and URLs. */
export function randomValue(): Uint8Array {
  return Buffer.from(randomBytes(32).toString('base64url'), 'latin1');
}
