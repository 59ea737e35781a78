/** `varsmith man`: the manual page, made from the table of commands. */
import { readCommand } from './commands/read.ts';
import { COMMANDS } from './commands/table.ts';
import { EXIT, type Io } from './io.ts';
import { manualPage } from './manual-page.ts';

export async function man(args: readonly string[], io: Io): Promise<number> {
  readCommand('man', args);
  io.stdout.write(manualPage(COMMANDS, io.version));
  return EXIT.ok;
}
