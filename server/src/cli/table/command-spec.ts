/** The types of the table of commands: plain data for the parser, the help, completions and the manual page. */

/** Kinds of names that a fleet or Varsmith defines. */
export const NAME_SOURCES = ['machine', 'generator', 'var', 'user', 'rule'] as const;
export type NameSource = (typeof NAME_SOURCES)[number];

/** The possible values of a name or path on the command line, for completion. */
type Source = NameSource | 'file' | 'folder' | 'text';

export interface ValueSpec {
  /** The label in the help: `FORMAT`. */
  readonly label: string;
  /** All possible values, or their source. */
  readonly from: readonly string[] | Source;
}

export interface OptionSpec {
  /** The name without dashes. */
  readonly name: string;
  /** The short form, a letter. */
  readonly short?: string;
  /** Absent if the option takes no value. */
  readonly value?: ValueSpec;
  /** The beginning of a sentence without a full stop; may be several lines long. */
  readonly help: string;
  /** Accepted but not shown, as another spelling of an option. */
  readonly hidden?: true;
}

export interface PositionSpec extends ValueSpec {
  /** True if all further positions are of this kind. */
  readonly many?: true;
}

export interface CommandSpec {
  /** One word, or two if the first is not specific enough: `add secret`. */
  readonly name: string;
  /** The operand in the overview: `[ROOT]`. */
  readonly operand: string;
  /** A line for the overview. */
  readonly summary: string;
  /** A paragraph for the help, which is re-wrapped. */
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
  'ask Nix too, where it is installed: offline, without building anything, a machine at a time; this evaluates code of the flake, so you must trust the folder',
);
/** The options that select the machines that Nix is asked about, for several runners. */
export const nixMachines: readonly OptionSpec[] = [
  value('shard', 'K/N', 'text', 'with --nix: ask about one of N parts of the machines, as in 2/8'),
  value(
    'machines-from',
    'A..M',
    'text',
    'with --nix: ask about the machines from A to M, in the order of their names',
  ),
];
export const json = flag('json', 'for programs');
export const dryRun = flag('dry-run', 'print what would change as a diff, and change nothing');
export const noCommit = flag('no-commit', 'stage what is stored but commit nothing (as CLAN_NO_COMMIT=1)');
