/** Defines the exit codes of all commands, for the help and for `docs/exit-codes.md`. */

export const EXIT = { ok: 0, findings: 1, usage: 2 } as const;

/** The meaning of exit codes that are the same for every command. */
const EXIT_CODES: ReadonlyArray<{
  readonly code: number;
  readonly short: string;
  readonly meaning: string;
}> = [
  {
    code: EXIT.ok,
    short: 'nothing found',
    meaning: 'Success. `check` found nothing at or above the level of `--severity`.',
  },
  {
    code: EXIT.findings,
    short: 'findings or a failed operation',
    meaning: 'There are findings or problems, or an operation failed, was refused or was not confirmed.',
  },
  {
    code: EXIT.usage,
    short: 'wrong usage or unreadable input',
    meaning:
      'The command was used wrongly: an option, command, machine, generator, var or rule that does not exist, settings that cannot be used, a folder that cannot be read. Nothing was done.',
  },
];

/** The meaning of code 1 by command. Commands that are not listed return it only on failure. */
const ONE: Readonly<Record<string, string>> = {
  check: 'There are findings of the level of `--severity` (default `error`) or above.',
  merge: 'As for `check`, of all reports.',
  plan: 'Something in the declarations would make a run fail. Missing vars are not a problem.',
  generate: 'Not everything could be generated and stored, or it was not confirmed.',
  try: 'The script failed, or did not create the declared files.',
  get: 'The var has not been generated yet, or cannot be decrypted.',
  verify: 'Vars are missing, outdated, or encrypted to the wrong keys.',
  fix: 'Access could not be changed, or it was not confirmed.',
  grant: 'Access could not be given, or it was not confirmed.',
  convert: 'Nothing could be converted, or some files could not be opened.',
  deploy: 'There are problems, it was not confirmed, or it failed.',
  doctor:
    'Something that the fleet requires will not work. A missing key does not count: CI and readers need none.',
  'env --explain': 'The variable is not set on the machine.',
};

/** Returns the line about exit codes for the help. */
export function exitCodesLine(): string {
  return `Exit codes: ${EXIT_CODES.map(({ code, short }) => `${code} ${short}`).join(', ')}.`;
}

/** Returns the text of `docs/exit-codes.md`. */
export function exitCodesPage(): string {
  return [
    '# Exit codes',
    'All commands of `varsmith` end with one of these:',
    table(
      ['Code', 'Meaning'],
      EXIT_CODES.map(({ code, meaning }) => [`${code}`, meaning]),
    ),
    'What 1 means for a command:',
    table(
      ['Command', '1'],
      Object.entries(ONE).map(([command, meaning]) => [`\`${command}\``, meaning]),
    ),
    'Errors go to standard error, data to standard output: with `--json` (the same as `--format json`) standard output is JSON or empty.',
    '',
  ].join('\n\n');
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
