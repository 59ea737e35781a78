/** The types of the table of commands: plain data that the help, the parser, completions and the manual page read. */

/** Names that the fleet has, or Varsmith itself. */
export const NAME_SOURCES = ['machine', 'generator', 'var', 'user', 'rule'] as const;
export type NameSource = (typeof NAME_SOURCES)[number];

/** The possible values of a name or path on the command line, for completion. */
type Source = NameSource | 'file' | 'folder' | 'text';

export interface ValueSpec {
  /** As the help shows it: `FORMAT`. */
  readonly label: string;
  /** All values that there are, or where they come from. */
  readonly from: readonly string[] | Source;
}

export interface OptionSpec {
  /** Without dashes. */
  readonly name: string;
  /** Its short form, a letter. */
  readonly short?: string;
  /** Absent: it takes no value. */
  readonly value?: ValueSpec;
  /** A sentence's beginning, without a full stop; may have several lines' length. */
  readonly help: string;
  /** Understood and not shown: another spelling of an option. */
  readonly hidden?: true;
}

export interface PositionSpec extends ValueSpec {
  /** All further positions are of this kind. */
  readonly many?: true;
}

export interface CommandSpec {
  /** One word, or two where the first alone says too little: `add secret`. */
  readonly name: string;
  /** As the overview shows it after the name: `[ROOT]`. */
  readonly operand: string;
  /** A line for the overview. */
  readonly summary: string;
  /** A paragraph for the help; it is filled anew. */
  readonly text: string;
  /** The text after `varsmith`, a line for each way to call it; lines are wrapped between options. */
  readonly usage: readonly string[];
  readonly positions: readonly PositionSpec[];
  readonly options: readonly OptionSpec[];
  /** A paragraph below the options. */
  readonly after?: string;
}

/** Returns an option without a value. */
export function flag(name: string, help: string, more: Partial<OptionSpec> = {}): OptionSpec {
  return { name, help, ...more };
}

/** Returns an option with a value. */
export function value(
  name: string,
  label: string,
  from: ValueSpec['from'],
  help: string,
  more: Partial<OptionSpec> = {},
): OptionSpec {
  return { name, help, value: { label, from }, ...more };
}

export const ROOT: PositionSpec = { label: 'ROOT', from: 'folder' };
export const MACHINE: PositionSpec = { label: 'MACHINE', from: 'machine' };
export const GENERATOR: PositionSpec = { label: 'GENERATOR', from: 'generator' };

export const machines = (help = 'only for this machine; may be given several times') =>
  value('machine', 'M', 'machine', help, { short: 'm' });

export const generators = (help: string) =>
  value('generator', 'GENERATOR', 'generator', help, { short: 'g' });

export const nix = flag(
  'nix',
  'ask Nix too, where it is installed: offline, without building anything, a machine at a time; what the flake says is evaluated, so the folder has to be one that you trust',
);
export const json = flag('json', 'for programs');
export const dryRun = flag('dry-run', 'print what would change as a diff, and change nothing');
export const noCommit = flag(
  'no-commit',
  'make new files known to git and commit nothing (as CLAN_NO_COMMIT=1)',
);
