/**
 * Which options and operands of which programs name files that they read or write: reads `data/programs.json`. What is
 * not listed there counts as unknown where it is handed a place that matters, so that a gap in the table costs a
 * finding and never a wrong one.
 */
import data from './data/programs.json' with { type: 'json' };

/**
 * `write`: a file made anew; `change`: a file that is there already; `make`: a directory made; `directory`: a place in
 * which the program reads and writes as it likes; `text`: no file, even if it looks like one; `ignore`: neither.
 */
export type Role = 'read' | 'write' | 'change' | 'make' | 'directory' | 'text' | 'ignore' | 'unknown';

export interface FileTool {
  /** Names of options that take a value, without dashes, by what the value is. */
  readonly options?: Readonly<
    Partial<Record<Exclude<Role, 'ignore' | 'make' | 'unknown'>, readonly string[]>>
  >;
  /** What the first operands are. */
  readonly operands?: readonly Role[];
  /** What further operands are; by default `unknown`. */
  readonly rest?: Role;
  /** `single`: long options with one dash (`-out`). */
  readonly style?: 'single';
  /** Options whose file is not written in every run that succeeds. */
  readonly unsure?: readonly string[];
  /** Further files that writing an option's file makes, by their ending. */
  readonly also?: Readonly<Record<string, readonly string[]>>;
  /** Words in front that only choose what the program does. */
  readonly skip?: number;
}

interface Group extends FileTool {
  readonly programs: readonly string[];
}

const GROUPS = data.groups as readonly Group[];

/** Programs with calls that only code tells apart; which of them a call is, is for the code. */
const CHOSEN_TOOLS = data.chosen as Readonly<Record<keyof typeof data.chosen, FileTool>>;

const TOOLS: Readonly<Record<string, FileTool>> = {
  ...Object.fromEntries(GROUPS.flatMap(({ programs, ...tool }) => programs.map(name => [name, tool]))),
  ...(data.programs as Readonly<Record<string, FileTool>>),
};

/** Tools that another word chooses among: `nix key generate-secret`. */
const CHOSEN: Readonly<Record<string, (texts: readonly (string | null)[]) => FileTool | null>> = {
  openssl,
  nix: texts => (texts.includes('key') || texts.includes('hash') ? CHOSEN_TOOLS.nix : null),
  'pwgen-secure': () => null,
  // `wg genkey`, `wg genpsk`, `wg pubkey` read and print; the others talk to the kernel.
  wg: texts => (['genkey', 'genpsk', 'pubkey'].includes(texts[0] ?? '') ? CHOSEN_TOOLS.wg : null),
  sops: texts => (texts.some(text => text === '-i' || text === '--in-place') ? null : CHOSEN_TOOLS.sops),
  yq: texts =>
    texts.some(text => text !== null && /^(-\w*i|--inplace|--in-place|eval-all|ea|-s|--split-exp)/.test(text))
      ? null
      : CHOSEN_TOOLS.yq,
};

/** Commands of OpenSSL of which the operands are no files. */
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

/** Returns what a program does with its words; null if that is not known. */
export function fileTool(name: string, texts: readonly (string | null)[]): FileTool | null {
  const chosen = Object.hasOwn(CHOSEN, name) ? CHOSEN[name] : undefined;
  if (chosen) return chosen(texts);
  return (Object.hasOwn(TOOLS, name) ? TOOLS[name] : undefined) ?? null;
}

/** The options of programs that are followed by code of their own; `copy` for `cp`, `mv` and `install`. */
export const SPECIAL_OPTIONS = data.special as Readonly<Record<keyof typeof data.special, FileTool>>;

/** Python, Perl, another shell: programs that run a program. */
export const INTERPRETERS: readonly string[] = data.interpreters;
