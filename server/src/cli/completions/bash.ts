/** Makes completions for bash: a script for Bash 3.2 and later without dependencies. */
import type { CommandSpec, ValueSpec } from '../table/command-spec.ts';
import { completedBy, firstWords, quoted } from './shared.ts';

const GLOBAL = '--help --version';

export function bashCompletions(commands: readonly CommandSpec[]): string {
  const firsts = firstWords(commands);
  const seconds = firsts.filter(({ next }) => next.length > 0);
  return `# bash completion for varsmith, made by \`varsmith completions bash\`.

_varsmith_second_words() {
  case $1 in
${seconds.map(({ word, next }) => `    ${word}) echo ${quoted(next.map(({ word: second }) => second).join(' '))} ;;`).join('\n')}
  esac
}

_varsmith_options() {
  case $1 in
${commands.map(({ name, options }) => `    ${quoted(name)}) echo ${quoted(shown(options))} ;;`).join('\n')}
  esac
}

# What an option of a command takes; nothing for one that takes no value.
_varsmith_value() {
  case $1 in
${commands.flatMap(valueLines).join('\n')}
  esac
}

# What stands at a position of a command, from 1.
_varsmith_position() {
  case $1 in
${commands.flatMap(positionLines).join('\n')}
  esac
}

_varsmith_reply() {
  local kind=$1 current=$2 line
  COMPREPLY=()
  case $kind in
    @files) compopt -o filenames 2>/dev/null; while IFS= read -r line; do COMPREPLY+=("$line"); done < <(compgen -f -- "$current") ;;
    @folders) compopt -o filenames 2>/dev/null; while IFS= read -r line; do COMPREPLY+=("$line"); done < <(compgen -d -- "$current") ;;
    @nothing) ;;
    @*) kind=$(varsmith completions --names "\${kind#@}" 2>/dev/null) ;;
  esac
  if [[ $kind != @* ]]; then
    while IFS= read -r line; do COMPREPLY+=("$line"); done < <(compgen -W "\${kind//\\*/\\\\*}" -- "$current")
  fi
  if [[ \${#COMPREPLY[@]} -eq 1 && \${COMPREPLY[0]} == *= ]]; then compopt -o nospace 2>/dev/null; fi
  return 0
}

_varsmith() {
  local current=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD-1]}
  local last=$COMP_CWORD command= position=1 index word kind
  # Bash takes \`--option=value\` for three words.
  if [[ $current == = ]]; then current= before=\${COMP_WORDS[COMP_CWORD-1]} last=$((COMP_CWORD - 1))
  elif [[ $before == = ]]; then before=\${COMP_WORDS[COMP_CWORD-2]} last=$((COMP_CWORD - 2)); fi
  for ((index = 1; index < last; index++)); do
    word=\${COMP_WORDS[index]}
    if [[ $word == -- ]]; then return 0
    elif [[ $word == -* ]]; then
      if [[ \${COMP_WORDS[index+1]-} == = ]]; then index=$((index + 2))
      elif [[ -n $(_varsmith_value "$command $word") ]]; then index=$((index + 1)); fi
    elif [[ -z $command ]]; then command=$word
    elif [[ " $(_varsmith_second_words "$command") " == *" $word "* ]]; then command="$command $word"
    else position=$((position + 1)); fi
  done
  if [[ $before == -* ]]; then
    kind=$(_varsmith_value "$command $before")
    if [[ -n $kind ]]; then _varsmith_reply "$kind" "$current"; return 0; fi
  fi
  if [[ $current == -* ]]; then _varsmith_reply "$(_varsmith_options "$command") ${GLOBAL}" "$current"
  elif [[ -z $command ]]; then _varsmith_reply ${quoted(firsts.map(({ word }) => word).join(' '))} "$current"
  elif [[ -n $(_varsmith_second_words "$command") ]]; then _varsmith_reply "$(_varsmith_second_words "$command")" "$current"
  else
    kind=$(_varsmith_position "$command $position")
    _varsmith_reply "\${kind:-@nothing}" "$current"
  fi
}

complete -F _varsmith varsmith
`;
}

function shown(options: CommandSpec['options']): string {
  return options
    .filter(({ hidden }) => !hidden)
    .map(({ name }) => `--${name}`)
    .join(' ');
}

function valueLines({ name, options }: CommandSpec): readonly string[] {
  return options.flatMap(({ name: option, short, value }) => {
    if (value === undefined) return [];
    const spellings = [`--${option}`, ...(short === undefined ? [] : [`-${short}`])];
    return [
      `    ${spellings.map(spelling => quoted(`${name} ${spelling}`)).join('|')}) echo ${quoted(kindOf(value))} ;;`,
    ];
  });
}

function positionLines({ name, positions }: CommandSpec): readonly string[] {
  return positions.map((position, index) => {
    const at = position.many ? `${quoted(`${name} `)}*` : quoted(`${name} ${index + 1}`);
    return `    ${at}) echo ${quoted(kindOf(position))} ;;`;
  });
}

/** Returns the words of a value, or `@` with the kind of names to request. */
function kindOf(value: ValueSpec): string {
  const completed = completedBy(value);
  if (completed.kind === 'words') return completed.words.join(' ');
  return completed.kind === 'names' ? `@${completed.of}` : `@${completed.kind}`;
}
