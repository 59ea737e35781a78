/** `varsmith lsp`: the language server over standard input and output, whether or not that is asked for by name. */
import { readArguments } from './arguments.ts';
import type { Io } from './io.ts';

export async function lsp(args: readonly string[], io: Io): Promise<number> {
  readArguments(args, { stdio: 'flag' }, 0);
  return io.serveStdio();
}
