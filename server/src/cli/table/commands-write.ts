/** The commands that write sources. */
import { type CommandSpec, dryRun, flag, json, machines, ROOT, value } from './command-spec.ts';

/** The kinds that `rename` accepts; `moved` takes files that have been moved already. */
export const RENAMED_KINDS = ['generator', 'file', 'prompt', 'key', 'machine', 'moved'] as const;

const NAME = { label: 'NAME', from: 'text' } as const;
const TEMPLATES = [
  'from-a-prompt',
  'environment-file',
  'random-password',
  'password-and-hash',
  'ssh-key',
  'wireguard-key',
  'certificate-authority-and-certificate',
];
const template = value(
  'template',
  'ID',
  TEMPLATES,
  'from-a-prompt, environment-file, random-password (default), password-and-hash, ssh-key, wireguard-key, certificate-authority-and-certificate',
);

export const WRITE: readonly CommandSpec[] = [
  {
    name: 'add secret',
    operand: 'NAME',
    summary: 'add a secret to the registry, and to machines',
    text:
      'Adds a secret to the registry, in the form of the existing entries, and its key to the rows of machines. What you ' +
      'leave open is taken from similar entries; on a terminal you can change it.',
    usage: ['add secret NAME [ROOT] [--kind KIND] [--machines M,…] [--yes] [--dry-run]'],
    positions: [NAME, ROOT],
    options: [
      value(
        'kind',
        'KIND',
        ['prompt', 'setting', 'password'],
        'prompt (default): the secret is typed in; setting: the same for a public value; password: a script generates it',
      ),
      value(
        'category',
        'TEXT',
        'text',
        'the category of the entry, for example api-key; the rest follows entries of the same category',
      ),
      value('machines', 'M,…', 'machine', 'the machines that get it; may be given several times', {
        short: 'm',
      }),
      value('machine', 'M', 'machine', '', { hidden: true }),
      value('description', 'TEXT', 'text', 'what is asked for'),
      value('domain', 'TEXT', 'text', 'what it belongs to'),
      value('generator', 'NAME', 'text', 'the generator that makes it'),
      value('env', 'VARIABLE', 'text', 'the environment variable that sessions find it in'),
      flag('no-env', 'in no variable'),
      value('registry', 'FILE', 'file', 'the registry, where there are several'),
      flag('yes', 'ask nothing', { short: 'y' }),
      dryRun,
    ],
  },
  {
    name: 'add sops',
    operand: 'NAME',
    summary: 'add a secret to an encrypted file of sops-nix, and declare it',
    text:
      'Adds a secret to an encrypted file of sops-nix, with its declaration. The value is typed in, hidden, or read from ' +
      'standard input as it is.',
    usage: [
      'add sops NAME [ROOT] [--file FILE] [--module FILE] [--key KEY] [--random] [-i KEYFILE]… [--dry-run]',
    ],
    positions: [NAME, ROOT],
    options: [
      value(
        'file',
        'FILE',
        'file',
        "the encrypted file (default: that of the module's other secrets); a new one is encrypted to the recipients in the creation rule of .sops.yaml",
      ),
      value('module', 'FILE', 'file', 'where it is declared (default: where others of the file are)'),
      value('key', 'KEY', 'text', 'the key in the file (default: NAME); a slash selects inside a map'),
      flag('random', 'generate the value: 32 random bytes as letters, digits, - and _'),
      value(
        'identity',
        'KEYFILE',
        'file',
        'a key to decrypt the file, in addition to those that sops finds; may be given several times',
        { short: 'i' },
      ),
      dryRun,
      flag('json', 'say what was done as JSON'),
    ],
  },
  {
    name: 'rename',
    operand: 'KIND OLD NEW',
    summary: 'change a name everywhere, with what is stored under it',
    text:
      'Changes a name everywhere: where it is declared, in uses, dependencies, matrices and scripts, and moves what is ' +
      'stored under it, with the links that say who a secret is shared with. Values and keys stay as they are. All of it ' +
      'or nothing; nothing is committed, and git knows the files by their new names, as after `git mv`. `rename moved` is for ' +
      'what has been moved already, by hand or by an editor: it puts the links and git right.',
    usage: [
      'rename generator|key|machine OLD NEW [--root ROOT] [--keep-stored] [--dry-run] [--json]',
      'rename file|prompt GENERATOR/OLD NEW [--root ROOT] [--keep-stored] [--dry-run] [--json]',
      'rename moved OLD-PATH NEW-PATH… [--root ROOT] [--dry-run] [--json]',
    ],
    positions: [
      { label: 'KIND', from: RENAMED_KINDS },
      { label: 'OLD', from: 'text' },
      { label: 'NEW', from: 'text', many: true },
    ],
    options: [
      value(
        'root',
        'ROOT',
        'folder',
        'the folder of the fleet, instead of the one around the current folder',
      ),
      flag('keep-stored', 'leave what is stored where it is; what has the new name is generated again'),
      flag('dry-run', 'print the changes and moves, and make none'),
      json,
    ],
  },
  {
    name: 'convert',
    operand: 'SECRET…',
    summary: 'make vars of secrets of sops-nix and agenix, with their values',
    text:
      'Makes vars of secrets of sops-nix and agenix: a generator in the place of each declaration, with its owner, group, mode ' +
      'and units, its value decrypted in memory and stored for the machines that declare it, its uses rewritten, and its old ' +
      'value taken out of the encrypted file. All of it or nothing; nothing is committed.',
    usage: [
      'convert SECRET… [--root ROOT] [--name NAME] [--keep-old] [-i KEYFILE]… [--dry-run]',
      'convert --all|--file FILE|--machine M [--root ROOT] [--keep-old] [-i KEYFILE]… [--dry-run]',
      'convert --undo [--root ROOT]',
    ],
    positions: [{ label: 'SECRET', from: 'text', many: true }],
    options: [
      flag('all', 'everything that can be converted; what cannot is listed with the reason'),
      value('file', 'FILE', 'file', 'those of an encrypted file, or of a module'),
      value('machine', 'M', 'machine', 'those of a machine; may be given several times', { short: 'm' }),
      value(
        'name',
        'NAME',
        'text',
        'name of the generator if one secret is converted (default: the name of the secret with dashes for slashes)',
      ),
      flag('keep-old', 'leave the old values where they are'),
      value(
        'identity',
        'KEYFILE',
        'file',
        'a further age identity or ssh key for decryption, besides those that sops and age find',
        { short: 'i' },
      ),
      flag('dry-run', 'do all of it in memory: print the diff, and what would be stored for whom'),
      flag(
        'undo',
        'take the last conversion back as a whole, unless one of its files has changed since then',
      ),
      flag('json', 'say what was done as JSON'),
      value('root', 'ROOT', 'folder', 'the folder of the fleet'),
    ],
  },
  {
    name: 'new generator',
    operand: 'NAME',
    summary: 'write a generator from a template',
    text: 'Writes a generator from a template.',
    usage: ['new generator NAME [ROOT] [--template ID] [--file FILE] [--machine M]… [--dry-run]'],
    positions: [NAME, ROOT],
    options: [
      template,
      value('file', 'FILE', 'file', 'the module to add it to, or a file to make (default modules/NAME.nix)'),
      machines('a machine that imports the file; may be given several times'),
      dryRun,
    ],
  },
  {
    name: 'new service',
    operand: 'NAME',
    summary: 'write a service module with a generator from a template',
    text: 'Writes a service module with a generator from a template.',
    usage: ['new service NAME [ROOT] [--template ID] [--per instance|machine] [--dry-run]'],
    positions: [NAME, ROOT],
    options: [
      template,
      value(
        'per',
        'WHAT',
        ['instance', 'machine'],
        'a generator for each instance of the service (default) or for each machine that has any',
      ),
      dryRun,
    ],
  },
  {
    name: 'init',
    operand: '[ROOT]',
    summary: 'set up a plain clan, or the registry pipeline, in a repository',
    text:
      'Sets up the registry pipeline in a repository: registry, matrix, generators function, session variables and accessors; where ' +
      'there is no machine yet, a flake with a clan and an example machine as well. With `--plain`: only a flake with a clan, and an ' +
      'example machine with a generator. A file that is there already is kept as it ' +
      'is. A folder that is in no git repository is made one, since a flake sees only what git knows; nothing is committed.',
    usage: ['init [ROOT] [--plain] [--machine NAME] [--system SYSTEM] [--no-git] [--dry-run]'],
    positions: [ROOT],
    options: [
      flag('plain', 'make a clan without a registry; only for a fleet without machines'),
      value(
        'machine',
        'NAME',
        'text',
        'what the example machine is called (default example); only for a fleet without machines',
      ),
      value(
        'system',
        'SYSTEM',
        ['x86_64-linux', 'aarch64-linux', 'aarch64-darwin', 'x86_64-darwin'],
        'its system: x86_64-linux (default), aarch64-linux, aarch64-darwin, x86_64-darwin',
      ),
      flag('no-git', 'make no repository, and do not tell git about the new files'),
      flag('dry-run', 'say which files it would make, and make none'),
    ],
  },
];
