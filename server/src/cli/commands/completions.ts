/** `varsmith completions`: prints the completion scripts of shells, made from the table of commands. */
import { oneOf } from '../arguments.ts';
import { bashCompletions } from '../completions/bash.ts';
import { fishCompletions } from '../completions/fish.ts';
import { nushellCompletions } from '../completions/nushell.ts';
import { zshCompletions } from '../completions/zsh.ts';
import { EXIT, type Io, UsageError } from '../io.ts';
import { namesOf } from '../names-in-fleet.ts';
import { NAME_SOURCES } from '../table/command-spec.ts';
import { COMMANDS } from '../table/command-table.ts';
import { SHELLS } from '../table/commands-around.ts';
import { readCommand } from '../table/read-command.ts';

const SCRIPTS = {
  bash: bashCompletions,
  zsh: zshCompletions,
  fish: fishCompletions,
  nushell: nushellCompletions,
} as const;

export async function completions(args: readonly string[], io: Io): Promise<number> {
  const parsed = readCommand('completions', args);
  const kind = parsed.option('names');
  if (kind !== undefined) {
    const source = oneOf('--names', kind, NAME_SOURCES, 'machine');
    for (const name of await namesOf(source, io)) io.stdout.write(`${name}\n`);
    return EXIT.ok;
  }
  const [shell] = parsed.positions;
  if (shell === undefined) throw new UsageError(`Which shell? It may be ${SHELLS.join(', ')}.`);
  io.stdout.write(SCRIPTS[oneOf('completions', shell, SHELLS, 'bash')](COMMANDS));
  return EXIT.ok;
}
