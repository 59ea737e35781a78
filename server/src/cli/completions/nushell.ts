/** Makes completions for Nushell: a module of external commands with typed options. */
import type { CommandSpec, OptionSpec, PositionSpec, ValueSpec } from '../table/command-spec.ts';
import { NAME_SOURCES } from '../table/command-spec.ts';
import { completedBy, described, firstWords } from './shared.ts';

export function nushellCompletions(commands: readonly CommandSpec[]): string {
  const firsts = firstWords(commands);
  const lists = new Map<string, string>();
  const externs = commands.map(command => externOf(command, lists));
  const words = firsts.map(({ word, summary }) => `    { value: "${word}", description: ${text(summary)} }`);
  return `# Nushell completions for varsmith, made by \`varsmith completions nushell\`.

module varsmith-completions {
  def "nu-complete varsmith command" [] { [
${words.join('\n')}
  ] }
${NAME_SOURCES.map(
  source =>
    `  def "nu-complete varsmith ${source}" [] { ^varsmith completions --names ${source} | complete | get stdout | lines }`,
).join('\n')}
${[...lists].map(([list, name]) => `  def "nu-complete varsmith ${name}" [] { [${list}] }`).join('\n')}

  export extern "varsmith" [
    command?: string@"nu-complete varsmith command"
    --help(-h)    # Help
    --version(-V)    # The version
    ...rest: string
  ]
${externs.join('\n')}
}

export use varsmith-completions *
`;
}

/**
 * Returns the declaration of a command.
 * @param lists the word lists so far by their names; new ones are added
 */
function externOf({ name, options, positions }: CommandSpec, lists: Map<string, string>): string {
  const lines = [
    ...positions.map(position => positionLine(position, lists)),
    ...options.map(option => optionLine(option, lists)),
    '--help(-h)    # Help',
  ];
  return `
  export extern "varsmith ${name}" [
${lines.map(line => `    ${line}`).join('\n')}
  ]`;
}

function positionLine(position: PositionSpec, lists: Map<string, string>): string {
  const name = position.label.toLowerCase().replace(/[^a-z]+/g, '-');
  const type = typeOf(position, lists);
  return position.many ? `...${name}: ${type}` : `${name}?: ${type}`;
}

function optionLine({ name, short, value, help }: OptionSpec, lists: Map<string, string>): string {
  const type = value === undefined ? '' : `: ${typeOf(value, lists)}`;
  const comment = described(help);
  return `--${name}${short === undefined ? '' : `(-${short})`}${type}${comment === '' ? '' : `    # ${comment}`}`;
}

function typeOf(value: ValueSpec, lists: Map<string, string>): string {
  const completed = completedBy(value);
  if (completed.kind === 'names') return `string@"nu-complete varsmith ${completed.of}"`;
  if (completed.kind === 'files') return 'path';
  if (completed.kind === 'folders') return 'directory';
  if (completed.kind !== 'words') return 'string';
  const list = completed.words.map(text).join(' ');
  const name = lists.get(list) ?? `words ${lists.size + 1}`;
  lists.set(list, name);
  return `string@"nu-complete varsmith ${name}"`;
}

const text = (words: string) => JSON.stringify(words);
