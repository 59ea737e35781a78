/** Finds the files of `$out` that receive a private key, as far as scripts show. Knows nothing of findings. */
import type { CommandFact, Flow } from '../../../shell/flow/flow-facts.ts';
import type { ShellPath } from '../../../shell/flow/values.ts';
import { pipelineStartingAt } from './script-secrets.ts';

/** A file that receives a private key, with the program that creates it. */
export interface PrivateKey {
  readonly path: ShellPath;
  readonly program: string;
}

/** Returns the files that certainly hold a private key after a key-generating program has run. */
export function privateKeys(flow: Flow): PrivateKey[] {
  return flow.commands.flatMap(command => {
    const { name, stdoutTo } = command;
    const output = name === null || !command.reached ? null : keyOutput(command);
    if (name === null || output === null) return [];
    const paths =
      output === 'printed' ? [stdoutTo, ...copiedOf(flow, command)] : writtenFor(flow, command, output);
    return paths.flatMap(path => (path === null ? [] : [{ path, program: name }]));
  });
}

/**
 * Returns the option that names the key's output file, 'printed' if the key is printed, or null if the command
 * creates no key.
 */
function keyOutput(command: CommandFact): string | 'printed' | null {
  const words = command.arguments.map(({ text }) => text);
  const [first = ''] = words;
  const printedOr = (option: string) => (words.includes(option) ? option : 'printed');
  switch (command.name) {
    case 'ssh-keygen':
      return words.includes('-f') && !words.some(word => NO_NEW_KEY.test(word)) ? '-f' : null;
    case 'age-keygen':
      return words.includes('-y') ? null : printedOr('-o');
    case 'wg':
      return first === 'genkey' ? 'printed' : null;
    case 'openssl':
      return keyOfOpenssl(first, words, printedOr);
    default:
      return null;
  }
}

/** Options that make `ssh-keygen` do something other than create a key. */
const NO_NEW_KEY = /^-([yselcpRFHiBDLkQKYMr]|[A-Za-z]*[yse])$/;

function keyOfOpenssl(
  command: string,
  words: readonly string[],
  printedOr: (option: string) => string,
): string | null {
  if (command === 'req') return words.includes('-newkey') && words.includes('-keyout') ? '-keyout' : null;
  if (command === 'ecparam') return words.includes('-genkey') ? printedOr('-out') : null;
  const makesKey = command === 'genrsa' || (command === 'genpkey' && !words.includes('-genparam'));
  return makesKey ? printedOr('-out') : null;
}

/** Returns the files named by the value of an option. */
function writtenFor(flow: Flow, command: CommandFact, option: string): ShellPath[] {
  const value = command.arguments[command.arguments.findIndex(({ text }) => text === option) + 1];
  return flow.writes.flatMap(write =>
    write.command === command.index &&
    write.start === value?.start &&
    write.fate !== 'removed' &&
    write.path.rest?.endsWith('.pub') === false
      ? [write.path]
      : [],
  );
}

/** Returns the files to which a directly following `tee` copies the output. */
function copiedOf(flow: Flow, command: CommandFact): ShellPath[] {
  const [, next] = pipelineStartingAt(flow, command) ?? [];
  if (next?.name !== 'tee') return [];
  return flow.writes.flatMap(({ command: by, path, how }) =>
    by === next.index && how === 'command' ? [path] : [],
  );
}
