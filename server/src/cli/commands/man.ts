/** `varsmith man`: prints the manual page, made from the table of commands. */

import { EXIT, type Io } from '../io.ts';
import { manualPage } from '../output/manual-page.ts';
import { COMMANDS } from '../table/command-table.ts';
import { readCommand } from '../table/read-command.ts';

export async function man(args: readonly string[], io: Io): Promise<number> {
  readCommand('man', args);
  io.stdout.write(manualPage(COMMANDS, io.version));
  return EXIT.ok;
}
