/** Makes the manual page as man(7) text. */
import type { CommandSpec, OptionSpec } from '../table/command-spec.ts';
import { spelling } from './help.ts';

export function manualPage(commands: readonly CommandSpec[], version: string): string {
  return `.TH VARSMITH 1 "" "varsmith ${version}" "User Commands"
.SH NAME
varsmith \\- checks, generates and shows the vars of NixOS fleets
.SH SYNOPSIS
.B varsmith
.I COMMAND
.RI [ OPTIONS ]
.SH DESCRIPTION
Varsmith reads the Nix sources of a fleet and says what is wrong with its vars: the secrets and public files that Clan's
generators make. Analysis needs neither Nix nor a network, decrypts nothing and runs nothing.
.PP
.I ROOT
is the folder of the fleet. Without it, it is the nearest one upward with
.IR .clan\\-flake ,
.I flake.nix
or
.IR .git .
.SH COMMANDS
${commands.map(commandPart).join('\n')}
.SH OPTIONS
.TP
.BR \\-h ", " \\-\\-help
Shows the help, or that of a command.
.TP
.BR \\-V ", " \\-\\-version
Shows the version.
.SH FILES
.TP
.I varsmith.json
Settings at the root of the fleet: severities of rules, paths to leave out, the store, limits of scripts.
.SH EXIT STATUS
.TP
.B 0
Nothing was found.
.TP
.B 1
There are findings, or an operation failed.
.TP
.B 2
Varsmith was called wrongly, or its input cannot be read.
.SH SEE ALSO
.BR nix (1),
.BR sops (1),
.BR age (1)
`;
}

function commandPart({ name, usage, text, options, after }: CommandSpec): string {
  const lines = usage.map(line => `.B varsmith ${roff(line)}`);
  const shown = options.filter(({ hidden }) => !hidden);
  return [
    `.SS ${roff(name)}`,
    lines.join('\n.br\n'),
    '.PP',
    paragraph(text),
    ...shown.map(optionPart),
    ...(after === undefined ? [] : ['.PP', paragraph(after)]),
  ].join('\n');
}

function optionPart(option: OptionSpec): string {
  return `.TP\n.B ${roff(spelling(option))}\n${paragraph(option.help)}`;
}

/** Renders a paragraph. Words in backticks become bold. */
function paragraph(text: string): string {
  const marked = text
    .split('`')
    .map((part, index) => (index % 2 === 1 ? `\\fB${roff(part)}\\fP` : roff(part)))
    .join('');
  return /^[.']/.test(marked) ? `\\&${marked}` : marked;
}

/** Escapes text, so that hyphens of options can be copied and nothing is read as a request. */
function roff(text: string): string {
  return text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replaceAll('"', '\\(dq')
    .replaceAll('…', '...')
    .replaceAll("'", '\\(aq')
    .replaceAll('`', '\\(ga');
}
