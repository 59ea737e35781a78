/** Makes the help texts from the table of commands. */

import { exitCodesLine } from '../exit-codes.ts';
import type { CommandSpec, OptionSpec } from '../table/command-spec.ts';
import { COMMAND_GROUPS, commandsOf } from '../table/command-table.ts';

const WIDTH = 120;

/** Returns the help of a command, or the overview for `null` and unknown names. */
export function helpOf(command: string | null): string {
  const commands = command === null ? [] : commandsOf(command);
  return commands.length === 0 ? overview() : commands.map(commandHelp).join('\n');
}

function overview(): string {
  const rows = COMMAND_GROUPS.map(group =>
    group.map(({ name, operand, summary }) => [`${name} ${operand}`.trim(), summary] as const),
  );
  const groups = rows.map(group => table(group, columnOf(rows.flat()))).join('\n');
  return `\
Varsmith reads the Nix sources of a fleet and says what is wrong with its vars: no Nix, no network needed.

Usage: varsmith COMMAND [OPTIONS]

Commands:
${groups}
Options:
  -h, --help        this text, or that of a command
  -V, --version     the version
  --json            data for programs, with every command that prints any; the same as --format json

ROOT is the folder of the fleet. Without it, it is the nearest one upward with \`.clan-flake\`, \`flake.nix\` or \`.git\`.
${exitCodesLine()}
`;
}

function commandHelp({ text, usage, options, after }: CommandSpec): string {
  const lead = ['Usage: varsmith ', '       varsmith '];
  const lines = usage.map((line, index) => {
    const [first, ...rest] = line.split(' ');
    const start = `${lead[index === 0 ? 0 : 1]}${first} `;
    return filled(usageParts(rest.join(' ')), start, ' '.repeat(start.length));
  });
  const rows = options
    .filter(({ hidden }) => !hidden)
    .map(option => [spelling(option), option.help] as const);
  const listed = rows.length === 0 ? '' : `\nOptions:\n${table(rows, columnOf(rows))}`;
  const more = after === undefined ? '' : `\n${filled(after.split(' '), '', '')}`;
  return `${filled(text.split(' '), '', '')}\n${lines.join('')}${listed}${more}`;
}

/** Returns the option as shown: `-m, --machine M`. */
export function spelling({ name, short, value }: OptionSpec): string {
  return `${short === undefined ? '' : `-${short}, `}--${name}${value === undefined ? '' : ` ${value.label}`}`;
}

/** Returns the parts of a usage line that must not be broken; brackets are kept together. */
function usageParts(usage: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  for (const word of usage.split(' ').filter(part => part !== '')) {
    if (depth === 0) parts.push(word);
    else parts.push(`${parts.pop()} ${word}`);
    for (const character of word) depth += character === '[' ? 1 : character === ']' ? -1 : 0;
  }
  return parts;
}

/** Returns the start of the second column. */
function columnOf(rows: readonly (readonly [string, string])[]): number {
  const lengths = rows.map(([left]) => left.length).filter(length => length <= 26);
  return 2 + Math.max(...lengths, 0) + 4;
}

function table(rows: readonly (readonly [string, string])[], column: number): string {
  const indent = ' '.repeat(column);
  return rows
    .map(([left, right]) => {
      const start = `  ${left}`;
      // A text that does not fit its column gets a line of its own.
      const needsLine = start.length + 2 > column;
      return `${needsLine ? `${start}\n` : ''}${filled(right.split(' '), needsLine ? indent : start.padEnd(column), indent)}`;
    })
    .join('');
}

/** Returns the parts joined by spaces, in lines of at most `WIDTH` characters with line breaks. */
function filled(parts: readonly string[], start: string, indent: string): string {
  const lines: string[] = [];
  let line = start;
  let isEmpty = true;
  for (const part of parts) {
    if (!isEmpty && line.length + 1 + part.length > WIDTH) {
      lines.push(line);
      line = indent;
      isEmpty = true;
    }
    line += `${isEmpty ? '' : ' '}${part}`;
    isEmpty = false;
  }
  return `${[...lines, line.trimEnd()].join('\n')}\n`;
}
