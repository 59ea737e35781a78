/** The commands that generate, show and change vars. */
import {
  type CommandSpec,
  flag,
  GENERATOR,
  generators,
  json,
  MACHINE,
  machines,
  nix,
  noCommit,
  type OptionSpec,
  ROOT,
  value,
} from './command-spec.ts';

const VAR = { label: 'GENERATOR/FILE', from: 'var' } as const;
const USER = { label: 'USER', from: 'user' } as const;
const yes = flag('yes', 'give access to keys that have none now, without asking', { short: 'y' });
const events = flag('events', 'for programs that watch the run and answer: one JSON object per line');
const regenerate = flag('regenerate', 'also what is complete', { short: 'r' });
const skipUnknown = flag(
  'skip-unknown',
  'leave out generators that need Nix, with everything that depends on them',
);
const ONLY_GENERATOR = 'only this one, or one of its places (per-machine/web/GENERATOR)';
const only: readonly OptionSpec[] = [machines(), generators(ONLY_GENERATOR), json];

/** Options for running scripts. */
const running: readonly OptionSpec[] = [
  value(
    'prompt',
    'GENERATOR/PROMPT=@FILE',
    'text',
    'the answer to a prompt, from a file (`@-`: standard input); MACHINE: in front of it for one machine alone; =VALUE is visible to everyone on this computer',
  ),
  flag('no-sandbox', 'run scripts with everything that you may do yourself'),
  flag('as-root', 'as root: run scripts in the sandbox as root, too, instead of as nobody'),
  value(
    'packages',
    'SOURCE',
    ['auto', 'nix', 'host'],
    "auto (default): from the fleet's nixpkgs where Nix is installed; nix, host",
  ),
  value('timeout', 'SECONDS', 'text', 'end a script after this time (default 600)'),
  value(
    'limit',
    'NAME=N',
    ['memoryMiB=', 'processes=', 'openFiles=', 'fileMiB=', 'temporaryMiB='],
    'how much a script may take: memoryMiB (default 4096), processes (2048), openFiles (4096), fileMiB (16), temporaryMiB (1024); varsmith.json has "limits" for all',
  ),
];

export const GENERATE: readonly CommandSpec[] = [
  {
    name: 'plan',
    operand: '[ROOT]',
    summary: 'say what a run would generate',
    text:
      'Shows what a run would do: which generators, in which order, why, and what in their declarations would make it fail. ' +
      'Only generate checks keys and installed commands, before it asks or runs anything.',
    usage: ['plan [ROOT] [--nix] [--machine M]… [-g GENERATOR]… [--regenerate] [--skip-unknown] [--json]'],
    positions: [ROOT],
    options: [
      machines(),
      generators('this one, even if it is complete, with everything that depends on it'),
      regenerate,
      skipUnknown,
      nix,
      json,
    ],
  },
  {
    name: 'generate',
    operand: '[ROOT]',
    summary: 'generate what is missing, encrypt it and store it',
    text: 'Generates what is missing or was made from other inputs, and stores it: public values in plain text, secrets encrypted.',
    usage: [
      'generate [ROOT] [--nix] [--machine M]… [-g GENERATOR]… [--regenerate] [--prompt ANSWER]… [--yes]',
    ],
    positions: [ROOT],
    options: [
      machines(),
      generators(
        'this one, even if it is complete, with everything that depends on it; or one of its places, such as per-machine/web/GENERATOR',
      ),
      regenerate,
      skipUnknown,
      flag('yes', 'overwrite stored values, and give access to keys that have none now, without asking', {
        short: 'y',
      }),
      flag('dry-run', 'show what it would do, as plan does, and do nothing'),
      noCommit,
      flag(
        'nix',
        'ask Nix too, where it is installed, and build what scripts use with `nix build`; this evaluates and builds code of the flake, so you must trust the folder',
      ),
      ...running,
      value('jobs', 'N', 'text', 'run at most this many scripts at a time (default: one per processor)', {
        short: 'j',
      }),
      json,
      events,
    ],
  },
  {
    name: 'try',
    operand: 'GENERATOR',
    summary: 'run one generator and store nothing',
    text:
      'Runs one generator and its dependencies in the sandbox, and shows what it writes. Nothing is read from the store ' +
      'and nothing is stored; missing answers to prompts are made up.',
    usage: [
      'try GENERATOR [ROOT] [--machine M] [--prompt ANSWER]… [--no-sandbox] [--as-root] [--packages SOURCE] [--timeout SECONDS] [--limit NAME=N]… [--json | --events]',
    ],
    positions: [GENERATOR, ROOT],
    options: [machines('as this machine has it'), ...running, json, events],
  },
];

export const STORED: readonly CommandSpec[] = [
  {
    name: 'list',
    operand: '[ROOT]',
    summary: 'list vars, with the values of public ones',
    text: 'Lists vars: public ones with their values, secret ones as stars.',
    usage: ['list [ROOT] [--machine M]… [-g GENERATOR]… [--json]'],
    positions: [ROOT],
    options: only,
  },
  {
    name: 'get',
    operand: 'MACHINE VAR',
    summary: 'print the value of a var',
    text: 'Prints the value of a var, byte for byte.',
    usage: ['get MACHINE GENERATOR/FILE [ROOT] [--json]'],
    positions: [MACHINE, VAR, ROOT],
    options: [json],
  },
  {
    name: 'set',
    operand: 'MACHINE VAR',
    summary: 'store a value from standard input',
    text: 'Stores a value from standard input (on a terminal: hidden, typed twice). Dependent vars are not changed.',
    usage: ['set MACHINE GENERATOR/FILE [ROOT] [--yes] [--no-commit] [--json]'],
    positions: [MACHINE, VAR, ROOT],
    options: [yes, noCommit, json],
  },
  {
    name: 'verify',
    operand: '[ROOT]',
    summary: 'show which vars are missing, outdated, or encrypted to the wrong keys',
    text:
      'Shows which vars are missing, which were made from other inputs, and which are encrypted to the wrong keys. Opens ' +
      'nothing and changes nothing. Ends with code 1 if there are any.',
    usage: ['verify [ROOT] [--nix] [--machine M]… [-g GENERATOR]… [--json]'],
    positions: [ROOT],
    options: [...only, nix],
  },
  {
    name: 'fix',
    operand: '[ROOT]',
    summary: 'encrypt stored secrets for the right recipients',
    text:
      'Re-encrypts stored secrets for their intended readers. Values do not change: to lock a reader out, generate again. ' +
      'Shows who gains and who loses access. A key that has none now gets it only on request, unless the declarations ' +
      'alone demand it (a machine that declares the generator since).',
    usage: ['fix [ROOT] [--machine M]… [-g GENERATOR]… [--yes] [--no-commit] [--json | --events]'],
    positions: [ROOT],
    options: [machines(), generators(ONLY_GENERATOR), yes, noCommit, json, events],
  },
  {
    name: 'grant',
    operand: 'USER',
    summary: 'give a user access to stored secrets',
    text:
      'Gives a user of sops/users access to the stored secrets and to the keys of machines: as a member of the group in ' +
      'clan.core.sops.defaultGroups, or of the one that --group names; in a fleet without groups, by a link beside each secret. ' +
      'Shows who gains access and asks first. All of it is one commit.',
    usage: ['grant USER [ROOT] [--group GROUP] [--yes] [--no-commit] [--json]'],
    positions: [USER, ROOT],
    options: [
      value('group', 'GROUP', 'text', 'add the user to this group of sops/groups'),
      yes,
      noCommit,
      json,
    ],
  },
  {
    name: 'access',
    operand: '[ROOT]',
    summary: 'show who can read what, and how a change affects access',
    text:
      'Shows who can read which secret, with which key and by which link: users, machines, groups. With --diff, what access the ' +
      'changes since a revision give to whom, and take away. Uses declarations, links, public keys and what encrypted files ' +
      'state about themselves; decrypts nothing, changes nothing and checks nothing out.',
    usage: ['access [ROOT] [--machine M]… [--user U]… [-g GENERATOR]… [--diff REV] [--format FORMAT]'],
    positions: [ROOT],
    options: [
      machines('only what this machine can read; may be given several times'),
      value('user', 'U', 'user', 'only what this user can read; may be given several times'),
      generators('only the secrets of this one, or of one of its places (per-machine/web/GENERATOR)'),
      value('diff', 'REV', 'text', 'compare with a revision of git: a branch, a tag, a commit'),
      value(
        'format',
        'FORMAT',
        ['text', 'json', 'markdown'],
        'text (default), json, or markdown (for a pull request; with --diff)',
      ),
    ],
  },
];
