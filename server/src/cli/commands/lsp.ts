/** `varsmith lsp`: runs the language server over standard input and output, with or without `--stdio`. */

import type { Io } from '../io.ts';
import { readCommand } from '../table/read-command.ts';

export async function lsp(args: readonly string[], io: Io): Promise<number> {
  const parsed = readCommand('lsp', args);
  return io.serveStdio({ tracesQueries: parsed.flag('trace-queries') });
}
