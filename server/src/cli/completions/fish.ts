/** Makes completions for fish. */
import type { CommandSpec, OptionSpec, ValueSpec } from '../table/command-spec.ts';
import { completedBy, described, firstWords } from './shared.ts';

export function fishCompletions(commands: readonly CommandSpec[]): string {
  const firsts = firstWords(commands);
  const withValue = new Set(
    commands.flatMap(({ options }) =>
      options.flatMap(({ name, short, value }) =>
        value === undefined ? [] : [`--${name}`, ...(short === undefined ? [] : [`-${short}`])],
      ),
    ),
  );
  return `# fish completion for varsmith, made by \`varsmith completions fish\`.

# The words that are no options and no values of options, without the program and without what is being typed.
function __varsmith_words
    set -l words (commandline -opc)
    set -e words[1]
    set -l value 0
    for word in $words
        if test $value = 1
            set value 0
        else if contains -- $word ${[...withValue].join(' ')}
            set value 1
        else if not string match -q -- '-*' $word
            echo $word
        end
    end
end

# Is this the command (of one or two words) and, with a second argument, that position of it?
function __varsmith_is
    set -l words (__varsmith_words)
    set -l parts (string split ' ' -- $argv[1])
    set -l count (count $parts)
    test (count $words) -ge $count; or return 1
    test "$words[1..$count]" = "$parts"; or return 1
    test (count $argv) -lt 2; and return 0
    test (math (count $words) - $count + 1) -eq $argv[2]
end

complete -c varsmith -f
complete -c varsmith -s h -l help -d 'Help'
complete -c varsmith -n 'not __varsmith_words | string length -q' -s V -l version -d 'The version'
${firsts.map(({ word, summary }) => `complete -c varsmith -n 'not __varsmith_words | string length -q' -a ${word} -d ${fishText(summary)}`).join('\n')}
${firsts
  .flatMap(({ word, next }) =>
    next.map(
      subcommand =>
        `complete -c varsmith -n '__varsmith_is ${word} 1' -a ${subcommand.word} -d ${fishText(subcommand.summary)}`,
    ),
  )
  .join('\n')}
${commands.flatMap(commandLines).join('\n')}
`;
}

function commandLines({ name, options, positions }: CommandSpec): readonly string[] {
  const optionLines = options.filter(({ hidden }) => !hidden).map(option => optionLine(name, option));
  const places = positions.flatMap((position, index) => {
    const values = argumentsOf(position);
    const at = position.many ? fishText(name) : `${fishText(name)} ${index + 1}`;
    return values === '' ? [] : [`complete -c varsmith -n ${fishText(`__varsmith_is ${at}`)} ${values}`];
  });
  return [...optionLines, ...places];
}

function optionLine(command: string, { name, short, value, help }: OptionSpec): string {
  const parts = [
    `complete -c varsmith -n ${fishText(`__varsmith_is ${fishText(command)}`)}`,
    ...(short === undefined ? [] : [`-s ${short}`]),
    `-l ${name}`,
    ...(value === undefined ? [] : ['-x', argumentsOf(value)]),
    `-d ${fishText(described(help))}`,
  ];
  return parts.filter(part => part !== '').join(' ');
}

function argumentsOf(value: ValueSpec): string {
  const completed = completedBy(value);
  if (completed.kind === 'words') return `-a ${fishText(completed.words.join(' '))}`;
  if (completed.kind === 'names')
    return `-a ${fishText(`(varsmith completions --names ${completed.of} 2>/dev/null)`)}`;
  if (completed.kind === 'files') return `-a '(__fish_complete_path (commandline -ct))'`;
  return completed.kind === 'folders' ? `-a '(__fish_complete_directories (commandline -ct))'` : '';
}

/** Returns the text in single quotes, in which fish knows the escapes `\'` and `\\`. */
function fishText(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
