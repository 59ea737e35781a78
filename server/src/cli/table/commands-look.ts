/** The commands that read the sources of a fleet. */
import { type CommandSpec, flag, json, MACHINE, nix, nixMachines, ROOT, value } from './command-spec.ts';

const FIND_AND_SHOW: readonly CommandSpec[] = [
  {
    name: 'check',
    operand: '[ROOT]',
    summary: 'report findings',
    text: 'Reports findings.',
    usage: [
      'check [ROOT] [--nix [--shard K/N] [--machines-from A..M]] [--format FORMAT] [--rule ID]… [--severity LEVEL] [--fix [--dry-run]] [--baseline FILE] [--write-baseline FILE]',
    ],
    positions: [ROOT],
    options: [
      value(
        'format',
        'FORMAT',
        ['text', 'lines', 'json', 'sarif', 'github'],
        'text (default), lines (one each), json, sarif, or github (annotations of a workflow)',
      ),
      value('rule', 'ID', 'rule', 'only this rule, or those of a group (eval/*); may be given several times'),
      value(
        'severity',
        'LEVEL',
        ['error', 'warning', 'info', 'hint'],
        'end with code 1 for findings of this level or above: error (default), warning, info, hint',
      ),
      nix,
      ...nixMachines,
      flag('fix', 'apply the fixes that are certain (never a guess), then report what is left'),
      flag('dry-run', 'with --fix: print what it would change as a diff, and change nothing'),
      value('baseline', 'FILE', 'file', 'leave out the findings that the file lists'),
      value('write-baseline', 'FILE', 'file', 'write all findings to the file, for --baseline'),
    ],
    after: 'Severities and paths to leave out are set in varsmith.json at the root.',
  },
  {
    name: 'merge',
    operand: 'FILE…',
    summary: 'join the reports of several runs of check',
    text:
      'Merges the reports of several runs of `check --format json`, such as one for each part of the machines (`--shard`): a finding in ' +
      'several reports becomes one, with the machines of all. Ends with code 2 if a shard is missing or given twice, or no report is about a machine.',
    usage: ['merge FILE… [--format FORMAT] [--severity LEVEL]'],
    positions: [{ label: 'FILE', from: 'file', many: true }],
    options: [
      value('format', 'FORMAT', ['text', 'json'], 'text (default, a line for each) or json'),
      value(
        'severity',
        'LEVEL',
        ['error', 'warning', 'info', 'hint'],
        'end with code 1 for findings of this level or above: error (default), warning, info, hint',
      ),
    ],
  },
  {
    name: 'inspect',
    operand: '[ROOT]',
    summary: 'list machines, generators, keys, uses and stored files',
    text: 'Lists machines, generators, registry keys, uses, and what is stored.',
    usage: ['inspect [ROOT] [--nix [--shard K/N] [--machines-from A..M]] [--format FORMAT]'],
    positions: [ROOT],
    options: [
      nix,
      ...nixMachines,
      value('format', 'FORMAT', ['text', 'json'], 'text (default, a summary for people) or json'),
    ],
  },
  {
    name: 'graph',
    operand: '[ROOT]',
    summary: 'draw which generator is made from which',
    text: 'Draws which generator depends on which.',
    usage: ['graph [ROOT] [--nix] [--machine NAME] [-g GENERATOR] [--group BY] [--format FORMAT]'],
    positions: [ROOT],
    options: [
      nix,
      value('machine', 'NAME', 'machine', 'only what this machine has, and its dependencies', {
        short: 'm',
      }),
      value('generator', 'NAME', 'generator', 'only this generator, its dependencies and its dependents', {
        short: 'g',
      }),
      value('group', 'BY', ['machine', 'service'], 'draw groups: by machine, or by service (else by module)'),
      value(
        'format',
        'FORMAT',
        ['svg', 'dot', 'mermaid', 'json'],
        'svg (default), dot (Graphviz), mermaid (Markdown), or json',
      ),
    ],
  },
  {
    name: 'env',
    operand: 'MACHINE',
    summary: 'print the session variables that a machine gets',
    text:
      'Prints the session variables that the registry gives to a machine: NAME_FILE with the path of the deployed file for a ' +
      'secret, NAME with the value for a public file, and what the session adds to them. Unknown variables are listed in ' +
      'comments. With --explain it shows instead why one variable is or is not set, and exits with 0 or 1.',
    usage: [
      'env MACHINE [ROOT] [--shell SHELL] [--all]',
      'env [ROOT] --machine MACHINE [--shell SHELL] [--all]',
      'env MACHINE [ROOT] --explain NAME [--format FORMAT]',
    ],
    positions: [MACHINE, ROOT],
    options: [
      value('machine', 'MACHINE', 'machine', 'the machine; not needed where there is only one', {
        short: 'm',
      }),
      value('shell', 'SHELL', ['bash', 'nushell', 'json'], 'bash (default), nushell, or json'),
      flag('all', 'below the variables, in comments: the keys without a variable, and why'),
      value(
        'explain',
        'NAME',
        'text',
        'why the variable NAME is set, or is not: the key is not selected, exports nothing, …; NAME may be a key of the registry, too',
      ),
      value('format', 'FORMAT', ['text', 'json'], 'text (default) or json'),
    ],
  },
];

const EXPLAIN: readonly CommandSpec[] = [
  {
    name: 'explain',
    operand: 'RULE',
    summary: 'explain what a rule finds, why, and what to do',
    text: 'Explains what a rule finds, why it matters and what to do, with examples. For a group (`registry`) it lists the rules.',
    usage: ['explain RULE [--json]'],
    positions: [{ label: 'RULE', from: 'rule' }],
    options: [json],
  },
  {
    name: 'rules',
    operand: '[ROOT]',
    summary: 'list all rules',
    text: 'Lists all rules with their severities, including those set in varsmith.json.',
    usage: ['rules [ROOT] [--json]'],
    positions: [ROOT],
    options: [json],
  },
];

export { EXPLAIN, FIND_AND_SHOW };
