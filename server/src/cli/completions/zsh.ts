/** Makes completions for zsh: a function for a folder of `fpath`, which can also be sourced. */
import type { CommandSpec, OptionSpec, ValueSpec } from '../table/command-spec.ts';
import { completedBy, described, firstWords, quoted } from './shared.ts';

export function zshCompletions(commands: readonly CommandSpec[]): string {
  const firsts = firstWords(commands);
  return `#compdef varsmith
# zsh completion for varsmith, made by \`varsmith completions zsh\`.

_varsmith_names() {
  local -a names
  names=(\${(f)"$(varsmith completions --names $1 2>/dev/null)"})
  compadd -a names
}

_varsmith_words() {
  local -a words_with_help
  case $1 in
    first) words_with_help=(
${firsts.map(wordLine).join('\n')}
    ) ;;
${firsts
  .filter(({ next }) => next.length > 0)
  .map(({ word, next }) => `    ${word}) words_with_help=(\n${next.map(wordLine).join('\n')}\n    ) ;;`)
  .join('\n')}
  esac
  _describe -t commands 'command' words_with_help
}

_varsmith() {
  local curcontext=$curcontext state line ret=1
  typeset -A opt_args
  _arguments -C '(- *)'{-h,--help}'[help]' '(- *)'{-V,--version}'[the version]' \\
    '1: : _varsmith_words first' '*:: :->command' && ret=0
  [[ $state == command ]] || return ret
  local command=$words[1]
  case $command in
    ${firsts
      .filter(({ next }) => next.length > 0)
      .map(({ word }) => word)
      .join('|')})
      _arguments -C "1: : _varsmith_words $command" '*:: :->more' && ret=0
      [[ $state == more ]] || return ret
      command="$command $words[1]" ;;
  esac
  case $command in
${commands.map(commandCase).join('\n')}
  esac
  return ret
}

if [[ $funcstack[1] == _varsmith ]]; then _varsmith "$@"; else compdef _varsmith varsmith; fi
`;
}

function wordLine({ word, summary }: { readonly word: string; readonly summary: string }): string {
  return `      ${quoted(`${word}:${summary}`)}`;
}

function commandCase({ name, options, positions }: CommandSpec): string {
  const specs = [
    ...options.filter(({ hidden }) => !hidden).flatMap(optionSpecs),
    ...positions.map((position, index) =>
      quoted(`${position.many ? '*' : index + 1}:${position.label}:${actionOf(position)}`),
    ),
    `'(-h --help)'{-h,--help}'[help]'`,
  ];
  return `    ${quoted(name)}) _arguments -s ${specs.join(' \\\n        ')} && ret=0 ;;`;
}

/** Returns the specs of an option. Every option may be repeated; the program itself rejects wrong repetitions. */
function optionSpecs({ name, short, value, help }: OptionSpec): readonly string[] {
  const text = described(help).replace(/[[\]\\:]/g, '\\$&');
  const argument = value === undefined ? '' : `:${value.label.replaceAll(':', '\\:')}:${actionOf(value)}`;
  const long = quoted(`*--${name}${value === undefined ? '' : '='}[${text}]${argument}`);
  const letter =
    short === undefined ? [] : [quoted(`*-${short}${value === undefined ? '' : '+'}[${text}]${argument}`)];
  return [...letter, long];
}

function actionOf(value: ValueSpec): string {
  const completed = completedBy(value);
  if (completed.kind === 'words') return `(${completed.words.join(' ')})`;
  if (completed.kind === 'names') return ` _varsmith_names ${completed.of}`;
  return { files: '_files', folders: '_files -/', nothing: ' ' }[completed.kind];
}
