/** Reads the arguments of a command by its entry in the table. */
import { type Parsed, readArguments } from '../arguments.ts';
import { COMMANDS } from './command-table.ts';

/**
 * Returns the parsed arguments.
 * @param name as in the table: `check`, `add secret`
 * @param args the arguments after the first word, so that a second word is the first position
 * @throws UsageError
 */
export function readCommand(name: string, args: readonly string[]): Parsed {
  const command = COMMANDS.find(spec => spec.name === name);
  if (command === undefined) throw new Error(`The table has no command "${name}".`);
  const { options, positions } = command;
  const kinds = Object.fromEntries(
    options.map(option => [option.name, option.value === undefined ? 'flag' : 'value'] as const),
  );
  const shorts = Object.fromEntries(
    options.flatMap(({ name: long, short }) => (short === undefined ? [] : [[short, long]])),
  );
  const words = name.split(' ').length - 1;
  const most = positions.some(({ many }) => many) ? Number.POSITIVE_INFINITY : words + positions.length;
  return readArguments(args, kinds, most, shorts);
}
