/** The commands around a fleet: machines, keys, programs, shells, editors. */
import { pageUrl } from '../../checks/pages/pages.ts';
import {
  type CommandSpec,
  flag,
  json,
  MACHINE,
  NAME_SOURCES,
  noCommit,
  ROOT,
  value,
} from './command-spec.ts';

/** The shells for which there are completions. */
export const SHELLS = ['bash', 'zsh', 'fish', 'nushell'] as const;

export const AROUND: readonly CommandSpec[] = [
  {
    name: 'deploy',
    operand: 'MACHINE',
    summary: "verify a machine's vars, then deploy its configuration",
    text:
      "Verifies a machine's vars, shows what would run, where, and how to undo it, and runs it once you have confirmed: " +
      '`clan machines update` where the fleet is a clan and `clan` is installed, else `nixos-rebuild` or `darwin-rebuild`.',
    usage: [
      'deploy MACHINE [ROOT] [--test | --install | --rollback] [--target-host HOST] [--build-host HOST] [--local] [--with TOOL] [--anyway] [--yes] [--dry-run [--json]] [-- ARGUMENTS…]',
    ],
    positions: [MACHINE, ROOT],
    options: [
      flag('test', 'only until its next start (nixos-rebuild test)'),
      flag(
        'install',
        'install it on a computer that has no NixOS yet (clan): everything on its disks is lost',
      ),
      flag('rollback', 'bring back the previous configuration (nixos-rebuild, darwin-rebuild)'),
      value(
        'target-host',
        'HOST',
        'text',
        "user@host of the machine (default: the clan's setting, or this computer)",
      ),
      value('build-host', 'HOST', 'text', 'user@host that builds'),
      flag('local', 'this computer is the machine, although its name is different'),
      value('with', 'TOOL', ['auto', 'clan', 'rebuild'], 'auto (default), clan, rebuild'),
      flag('anyway', 'deploy although the vars have problems'),
      flag('yes', 'do not ask', { short: 'y' }),
      flag('dry-run', 'show what would run, and run nothing; with --json for programs'),
      flag('json', 'with --dry-run: for programs'),
    ],
    after: 'Arguments after `--` are passed to the program unchanged.',
  },
  {
    name: 'allow',
    operand: '[ROOT]',
    summary: "allow the store's command of varsmith.json",
    text:
      'Allows the command that varsmith.json names as the store of secrets to run for this folder. The repository chooses ' +
      'it and it runs with all of your permissions, so review it first. It must be allowed again when it, or a ' +
      'file of the repository that it names, changes. In an editor, trusting the folder has the same effect.',
    usage: ['allow [ROOT] [--json]', 'allow --list [--json]', 'allow --revoke [ROOT] [--json]'],
    positions: [ROOT],
    options: [
      flag('list', 'the folders and commands that you have allowed'),
      flag('revoke', 'take back what you have allowed for the folder'),
      json,
    ],
  },
  {
    name: 'keygen',
    operand: '[ROOT]',
    summary: 'create a key for you, and add you as a user',
    text: 'Creates a key for you if you have none, and adds you to the repository as a user with it.',
    usage: ['keygen [ROOT] [--user NAME] [--force] [--no-commit] [--json]'],
    positions: [ROOT],
    options: [
      value('user', 'NAME', 'text', 'your name in sops/users (default: your login name)'),
      flag('force', 'replace the key that a user of this name has', { short: 'f' }),
      noCommit,
      json,
    ],
  },
  {
    name: 'doctor',
    operand: '[ROOT]',
    summary: 'show what was found of the fleet and its environment, and what is missing',
    text:
      'Shows what was found and what is missing, where Varsmith looked, and what to do: the root and what is understood of the ' +
      'fleet, the backend, your keys (places and public halves only), and the programs that Varsmith uses. Ends with code 1 if ' +
      'something that the fleet requires will not work. Without a key of yours it ends with 0: reading a fleet, as CI does, needs none.',
    usage: ['doctor [ROOT] [--format FORMAT]'],
    positions: [ROOT],
    options: [value('format', 'FORMAT', ['text', 'json'], 'text (default) or json')],
  },
];

export const PROGRAMS: readonly CommandSpec[] = [
  {
    name: 'lsp',
    operand: '',
    summary: 'run the language server, for an editor',
    text: 'Runs the language server for an editor, over standard input and output.',
    usage: ['lsp [--stdio] [--trace-queries]'],
    positions: [],
    options: [
      flag('stdio', 'the default; accepted because some editors pass it'),
      flag('trace-queries', "write to the editor's log what an edit computes again, and why"),
    ],
    after: `How to set it up in Neovim, Helix and Emacs: ${pageUrl('editors/')}`,
  },
  {
    name: 'completions',
    operand: 'SHELL',
    summary: 'print the completions of a shell: bash, zsh, fish, nushell',
    text:
      "Prints a script that completes commands, options, their values, and the names of the fleet's machines, generators and " +
      'users in a shell.',
    usage: ['completions bash|zsh|fish|nushell', 'completions --names KIND'],
    positions: [{ label: 'SHELL', from: SHELLS }],
    options: [
      value(
        'names',
        'KIND',
        NAME_SOURCES,
        'used by the scripts: all names of a kind, one per line (machine, generator, var, user, rule)',
      ),
    ],
    after: `Where the script goes: ${pageUrl('shells')}`,
  },
  {
    name: 'man',
    operand: '',
    summary: 'print the manual page',
    text: 'Prints the manual page, as man(1) reads it: `varsmith man | man -l -`.',
    usage: ['man'],
    positions: [],
    options: [],
  },
];
