/** `varsmith lsp`: the language server over standard input and output. */
import { readArguments } from './arguments.ts';
import { type Io, UsageError } from './io.ts';

export async function lsp(args: readonly string[], io: Io): Promise<number> {
  const given = readArguments(args, { stdio: 'flag' }, 0);
  if (!given.flag('stdio')) throw new UsageError('Only standard input and output are served: give --stdio.');
  return io.serveStdio();
}
