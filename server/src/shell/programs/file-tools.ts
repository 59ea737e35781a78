/**
 * Looks up in `data/programs.json` which options and operands of a program name files that it reads or writes. A
 * program that is not listed counts as unknown if it is passed a watched path, so a gap in the table may hide a
 * finding but never causes a wrong one.
 */
import data from './data/programs.json' with { type: 'json' };

/**
 * `write`: creates a file; `change`: modifies an existing file; `make`: creates a directory; `directory`: a directory
 * in which the program reads and writes freely; `text`: not a file, even if it looks like one; `ignore`: neither.
 */
export type Role = 'read' | 'write' | 'change' | 'make' | 'directory' | 'text' | 'ignore' | 'unknown';

export interface FileTool {
  /** Options that take a value, without dashes, by the role of the value. */
  readonly options?: Readonly<
    Partial<Record<Exclude<Role, 'ignore' | 'make' | 'unknown'>, readonly string[]>>
  >;
  /** The roles of the first operands. */
  readonly operands?: readonly Role[];
  /** The role of further operands; `unknown` by default. */
  readonly rest?: Role;
  /** `single`: long options with one dash (`-out`). */
  readonly style?: 'single';
  /** Options whose file may not be written in a successful run. */
  readonly unsure?: readonly string[];
  /** Suffixes of further files that are created with an option's file. */
  readonly also?: Readonly<Record<string, readonly string[]>>;
  /** The number of leading words that only choose what the program does. */
  readonly skip?: number;
}

interface Group extends FileTool {
  readonly programs: readonly string[];
}

const GROUPS = data.groups as readonly Group[];

/** Tools for programs whose calls are distinguished by code. */
const CHOSEN_TOOLS = data.chosen as Readonly<Record<keyof typeof data.chosen, FileTool>>;

const TOOLS: Readonly<Record<string, FileTool>> = {
  ...Object.fromEntries(GROUPS.flatMap(({ programs, ...tool }) => programs.map(name => [name, tool]))),
  ...(data.programs as Readonly<Record<string, FileTool>>),
};

/** Functions that choose a tool by other words of the call: `nix key generate-secret`. */
const CHOSEN: Readonly<Record<string, (texts: readonly (string | null)[]) => FileTool | null>> = {
  openssl,
  nix: texts => (texts.includes('key') || texts.includes('hash') ? CHOSEN_TOOLS.nix : null),
  'pwgen-secure': () => null,
  // `wg genkey`, `wg genpsk` and `wg pubkey` only read and print; other commands talk to the kernel.
  wg: texts => (['genkey', 'genpsk', 'pubkey'].includes(texts[0] ?? '') ? CHOSEN_TOOLS.wg : null),
  sops: texts => (texts.some(text => text === '-i' || text === '--in-place') ? null : CHOSEN_TOOLS.sops),
  yq: texts =>
    texts.some(text => text !== null && /^(-\w*i|--inplace|--in-place|eval-all|ea|-s|--split-exp)/.test(text))
      ? null
      : CHOSEN_TOOLS.yq,
};

/** Commands of OpenSSL whose operands are not files. */
const OPENSSL_TALKERS = [
  'rand',
  'passwd',
  'genrsa',
  'dhparam',
  'prime',
  'version',
  'list',
  'gendsa',
  'ecparam',
  'genpkey',
];

function openssl(texts: readonly (string | null)[]): FileTool | null {
  const [command] = texts;
  if (command === null || command === undefined || command === 'ca' || command === 'ts') return null;
  const writesKey = texts.includes('-newkey') || !texts.includes('-key');
  const tool = { ...CHOSEN_TOOLS.openssl, unsure: command === 'req' && writesKey ? [] : ['keyout'] };
  return { ...tool, rest: OPENSSL_TALKERS.includes(command) ? 'text' : 'read' };
}

/** Returns the description of a program's arguments, or `null` if it is unknown. */
export function fileTool(name: string, texts: readonly (string | null)[]): FileTool | null {
  const chosen = Object.hasOwn(CHOSEN, name) ? CHOSEN[name] : undefined;
  if (chosen) return chosen(texts);
  return (Object.hasOwn(TOOLS, name) ? TOOLS[name] : undefined) ?? null;
}

/** The options of programs that have their own code. `copy` is for `cp`, `mv` and `install`. */
export const SPECIAL_OPTIONS = data.special as Readonly<Record<keyof typeof data.special, FileTool>>;

/** Programs that run other programs: Python, Perl, other shells. */
export const INTERPRETERS: readonly string[] = data.interpreters;
