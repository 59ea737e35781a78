/**
 * Recognises calls of programs that ask on the terminal, and knows how to avoid the question. Calls with unknown
 * words are not judged.
 */
import type { Argument, CommandFact } from '../flow/flow-facts.ts';
import { literal } from '../flow/values.ts';

export interface Question {
  /** The requested input as an object: `a passphrase`. */
  readonly asks: string;
  /** How to avoid the question, for display. */
  readonly instead: string;
  /** Words to insert after the program's name, or `null` if only the author can know them. */
  readonly words: string | null;
}

type Asked = (words: readonly string[]) => Question | null;

const PROGRAMS: Readonly<Record<string, Asked>> = {
  'ssh-keygen': sshKeygen,
  openssl,
  mkpasswd: words => {
    const isQuiet = hasOption(words, 'sP', ['stdin', 'password-fd']) || asksForHelp(words);
    if (isQuiet || hasOption(words, 'm', ['method'], 'help')) return null;
    const operands = operandsOf(words, 'mRSPp', ['method', 'rounds', 'salt', 'password-fd']);
    return operands.length > 0
      ? null
      : { asks: 'a password', instead: 'pass it on standard input, with `-s`', words: null };
  },
  htpasswd: words => {
    if (hasOption(words, 'biDv', []) || asksForHelp(words)) return null;
    return { asks: 'a password', instead: 'use `-i` and standard input', words: null };
  },
  gpg: gnupg,
  gpg2: gnupg,
  age: words =>
    hasOption(words, 'p', ['passphrase']) && !hasOption(words, 'd', ['decrypt'])
      ? { asks: 'a passphrase', instead: 'encrypt to a recipient (`-r`)', words: null }
      : null,
  passwd: () => ({ asks: 'a password', instead: 'use `mkpasswd -s`', words: null }),
  'grub-mkpasswd-pbkdf2': () => ({ asks: 'a password', instead: 'pass it on standard input', words: null }),
  vim: editor,
  vi: editor,
  nvim: editor,
  nano: editor,
};

/**
 * Returns what a command asks for on its standard input, or `null` if that is not the terminal, it asks nothing, or
 * that is uncertain.
 */
export function questionOf(command: CommandFact): Question | null {
  const name = command.name ?? '';
  if (command.stdin !== 'inherited' || command.kind === 'function') return null;
  if (command.kind === 'builtin') return name === 'read' ? readBuiltin(command) : null;
  const asked = Object.hasOwn(PROGRAMS, name) ? PROGRAMS[name] : undefined;
  const words = asked === undefined ? null : wordsOf(command.arguments);
  return asked === undefined || words === null ? null : asked(words);
}

/** Returns all words with `…` in place of unknown ones, or `null` if they may contain further options. */
function wordsOf(list: readonly Argument[]): string[] | null {
  // A word that begins with an unknown part may be an option or several words.
  const isVague = list.some(({ value: [first] }) => first?.kind === 'hole' || first?.kind === 'unknown');
  return isVague ? null : list.map(({ value, text }) => literal(value) ?? text);
}

/** Returns what `read` asks for. It reads from the terminal unless it is given another descriptor. */
function readBuiltin({ arguments: list }: CommandFact): Question | null {
  const words = wordsOf(list);
  if (words === null || hasOption(words, 'ut', [])) return null;
  return { asks: 'a line', instead: 'declare a prompt and read `$prompts/NAME`', words: null };
}

function editor(words: readonly string[]): Question | null {
  return words.some(word => /^-(-version|-help|h|[esE]+)$|^-c/.test(word))
    ? null
    : { asks: 'somebody to edit a text', instead: 'declare a prompt of several lines', words: null };
}

function sshKeygen(words: readonly string[]): Question | null {
  // `-N` and `-P` give the passphrase of a new key; the other letters do something other than creating one.
  if (hasOption(words, 'yleipsFRHrDLUQGTMYkKZAINP', []) || asksForHelp(words)) return null;
  return { asks: 'a passphrase', instead: 'add `-N ""`', words: '-N ""' };
}

function gnupg(words: readonly string[]): Question | null {
  const makes = words.some(word => /^--(full-)?(gen|generate)-key$/.test(word));
  if (!makes || words.includes('--batch')) return null;
  return { asks: 'what key to make', instead: 'use `--batch` with parameters', words: null };
}

function openssl([command, ...words]: readonly string[]): Question | null {
  const has = (...names: string[]) => words.some(word => names.includes(word.replace(/^--/, '-')));
  if (has('-help', '-config', '-batch')) return null;
  if (command === 'req') {
    const makesKey = has('-newkey', '-keyout') && !has('-key', '-nodes', '-noenc', '-passout');
    if (makesKey) return { asks: 'a passphrase', instead: 'add `-noenc`', words: null };
    const makes = has('-new', '-x509', '-newkey') && !has('-subj', '-in');
    return makes ? { asks: 'the name for the certificate', instead: 'add `-subj`', words: null } : null;
  }
  const encrypts = words.some(word => /^-(aes|aria|camellia)-?(128|192|256)(-cbc)?$|^-des3?$/.test(word));
  if ((command === 'genrsa' || command === 'genpkey') && encrypts && !has('-passout', '-pass'))
    return { asks: 'a passphrase', instead: 'leave out the cipher, or add `-passout`', words: null };
  if (command === 'pkcs12' && has('-export') && !has('-passout', '-password', '-nodes', '-noenc'))
    return { asks: 'a passphrase', instead: 'add `-passout`', words: null };
  return null;
}

function asksForHelp(words: readonly string[]): boolean {
  return words.some(word => /^(-h|--help|-V|--version)$/.test(word));
}

/** Returns whether an option is present: alone, in a bundle of letters, or by its long name. */
function hasOption(
  words: readonly string[],
  letters: string,
  names: readonly string[],
  value?: string,
): boolean {
  return words.some((word, index) => {
    const long = /^--([^=]+)/.exec(word)?.[1];
    const isGiven =
      long !== undefined ? names.includes(long) : /^-[^-]/.test(word) && hasLetter(word, letters);
    return isGiven && (value === undefined || word.endsWith(value) || words[index + 1] === value);
  });
}

function hasLetter(word: string, letters: string): boolean {
  return [...word.slice(1)].some(letter => letters.includes(letter));
}

function operandsOf(words: readonly string[], withValue: string, names: readonly string[]): string[] {
  const operands: string[] = [];
  for (let at = 0; at < words.length; at++) {
    const word = words[at] as string;
    if (word.startsWith('--')) at += Number(names.includes(word.slice(2)));
    else if (/^-./.test(word)) at += Number(withValue.includes(word.at(-1) as string));
    else operands.push(word);
  }
  return operands;
}
