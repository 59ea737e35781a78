/** A value from outside: from standard input, typed in hidden, or made at random. */
import { randomBytes } from 'node:crypto';
import { type Io, UsageError } from '../io.ts';
import { askFor } from './terminal.ts';

/** @throws UsageError where there is nothing to read it from; Cancelled */
export async function givenValue(label: string, { stdin, stderr, interruption }: Io): Promise<Uint8Array> {
  if (stdin === undefined) throw new UsageError('There is no value: it is read from standard input.');
  if (!stdin.isTTY) return stdin.read();
  const asked = { label, hidden: true, multiline: true, previous: null };
  const signal = interruption?.() ?? new AbortController().signal;
  return Buffer.from(await askFor({ input: stdin, output: stderr, signal }, asked), 'utf8');
}

/** Returns 32 random bytes in letters, digits, `-` and `_`: fit for passwords, tokens and URLs. */
export function randomValue(): Uint8Array {
  return Buffer.from(randomBytes(32).toString('base64url'), 'latin1');
}
