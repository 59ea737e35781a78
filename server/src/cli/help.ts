/** The help texts. */

const OVERVIEW = `\
Varsmith reads the Nix sources of a fleet and says what is wrong with its vars: no Nix, no network needed.

Usage: varsmith COMMAND [OPTIONS]

Commands:
  check [ROOT]      report findings
  inspect [ROOT]    list machines, generators, keys, uses and stored files
  graph [ROOT]      draw which generator is made from which
  explain RULE      say what a rule finds, why, and what to do
  rules             list all rules
  lsp --stdio       run the language server

Options:
  -h, --help        this text, or that of a command
  -V, --version     the version

ROOT is the folder of the fleet. Without it, it is the nearest one upward with \`.clan-flake\`, \`flake.nix\` or \`.git\`.
Exit codes: 0 nothing found, 1 findings or a failed operation, 2 wrong usage or unreadable input.
`;

const COMMANDS: Readonly<Record<string, string>> = {
  check: `\
Reports findings.

Usage: varsmith check [ROOT] [--format FORMAT] [--rule ID]… [--severity LEVEL] [--fix [--dry-run]]
                      [--baseline FILE] [--write-baseline FILE]

Options:
  --format FORMAT         text (default), json, sarif, or github (annotations of a workflow)
  --rule ID               only this rule; may be given several times
  --severity LEVEL        end with code 1 for findings of this level or above: error (default), warning, info, hint
  --fix                   apply the fixes that are certain (never a guess), then report what is left
  --dry-run               with --fix: print what it would change as a diff, and change nothing
  --baseline FILE         leave out the findings that the file lists
  --write-baseline FILE   write all findings to the file, for --baseline

Severities and paths to leave out are set in varsmith.json at the root.
`,
  inspect: `\
Lists machines, generators, registry keys, uses, and what is stored.

Usage: varsmith inspect [ROOT] [--format FORMAT]

Options:
  --format FORMAT    text (default, a summary for people) or json
`,
  graph: `\
Draws which generator is made from which.

Usage: varsmith graph [ROOT] [--machine NAME] [-g GENERATOR] [--format FORMAT]

Options:
  --machine NAME          only what this machine has, and what that is made from
  -g, --generator NAME    only this generator, what it is made from, and what is made from it
  --format FORMAT         svg (default), dot (Graphviz), mermaid (Markdown), or json
`,
  explain: `\
Says what a rule finds, why it matters and what to do, with examples.

Usage: varsmith explain RULE
`,
  rules: `\
Lists all rules with their severities, as varsmith.json sets them.

Usage: varsmith rules [ROOT]
`,
  lsp: `\
Runs the language server for an editor, over standard input and output.

Usage: varsmith lsp --stdio
`,
};

/** The help of a command; the overview for null and for names that are no command. */
export function helpOf(command: string | null): string {
  return (command !== null && COMMANDS[command]) || OVERVIEW;
}
