/**
 * The options that authors write, in the words of documentation: what completion offers and hovers explain.
 *
 * Source: clan-core d7c35d912, modules/clan/{export-modules/generic-generator,vars/display}.nix.
 */

export interface OptionWords {
  readonly name: string;
  /** As the documentation of NixOS writes types. */
  readonly type: string;
  /** As Nix writes it; null where the option has to be set. */
  readonly fallback: string | null;
  readonly text: string;
  /** Values that can be chosen from, where there are few. */
  readonly values?: readonly ChoiceWords[];
  /** What is behind the `=`, with `$0` where the cursor goes. Absent: nothing but the cursor. */
  readonly body?: string;
}

export interface ChoiceWords {
  readonly value: string;
  readonly text: string;
}

/** A place to fill in, as snippets write it. */
export const place = (inside: string) => `\${1${inside}}`;
export const BOOLEAN = ` = ${place('|true,false|')};`;

export const GENERATOR_OPTIONS: readonly OptionWords[] = [
  {
    name: 'files',
    type: 'attribute set of files',
    fallback: '{ }',
    text: 'The files that the script writes into `$out`. Each of them is secret unless `secret = false`.',
    body: '.$1 = { $0};',
  },
  {
    name: 'prompts',
    type: 'attribute set of prompts',
    fallback: '{ }',
    text: 'What is asked for before the script runs. The script reads the answers in `$prompts`.',
    body: '.$1 = { $0};',
  },
  {
    name: 'script',
    type: 'string or path',
    fallback: '""',
    text: 'Bash. It reads `$in/<generator>/<file>` of its dependencies and `$prompts/<prompt>`, and writes `$out/<file>`. It runs with `set -euo pipefail`, without network, with coreutils and the packages of `runtimeInputs` alone.',
    body: " = ''\n  $0\n'';",
  },
  {
    name: 'runtimeInputs',
    type: 'list of packages',
    fallback: '[ ]',
    text: 'Packages whose commands the script uses. Only coreutils is there without being listed: not grep, sed, awk or bash.',
    body: ' = [ $0 ];',
  },
  {
    name: 'dependencies',
    type: 'list of strings',
    fallback: '[ ]',
    text: 'Generators whose files the script reads as `$in/<generator>/<file>`. When one of them changes, this one is generated anew.',
    body: ' = [ "$0" ];',
  },
  {
    name: 'share',
    type: 'boolean',
    fallback: 'false',
    text: 'True: shared, one value for all machines, in `vars/shared`. False: per machine, in `vars/per-machine`.',
    body: BOOLEAN,
  },
  {
    name: 'validation',
    type: 'null, boolean, integer, string, or attribute set of these (two levels)',
    fallback: 'null',
    text: 'What the values are made for. When it changes, they are generated anew.',
    body: ' = $0;',
  },
];

export const FILE_OPTIONS: readonly OptionWords[] = [
  {
    name: 'secret',
    type: 'boolean',
    fallback: 'true',
    text: 'False: the value is public, lies in the repository as text and can be read as `.value`.',
    body: BOOLEAN,
  },
  {
    name: 'deploy',
    type: 'boolean',
    fallback: 'true',
    text: 'False: the secret never reaches a machine; only those who hold a key of the repository can read it.',
    body: BOOLEAN,
  },
  {
    name: 'owner',
    type: 'string',
    fallback: '"root"',
    text: 'The user that owns the deployed secret.',
    body: ' = "$0";',
  },
  {
    name: 'group',
    type: 'string',
    fallback: '"root", on darwin "wheel"',
    text: 'The group that owns the deployed secret.',
    body: ' = "$0";',
  },
  {
    name: 'mode',
    type: 'string of four octal digits',
    fallback: '"0400"',
    text: 'The permissions of the deployed secret.',
    body: ` = "${place(':0400')}";`,
    values: [
      { value: '0400', text: 'Its owner reads it.' },
      { value: '0440', text: 'Its owner and its group read it.' },
      { value: '0444', text: 'Everybody on the machine reads it.' },
      { value: '0600', text: 'Its owner reads and writes it.' },
    ],
  },
  {
    name: 'neededFor',
    type: 'one of "partitioning", "activation", "users", "services"',
    fallback: '"services"',
    text: 'When the secret has to be there.',
    body: ' = "$0";',
    values: [
      { value: 'services', text: 'When services start. The default.' },
      { value: 'users', text: 'When users are made: for `hashedPasswordFile`.' },
      {
        value: 'activation',
        text: 'Before the configuration is activated: clan uploads it before `nixos-rebuild` or `nixos-install` runs.',
      },
      {
        value: 'partitioning',
        text: 'When the disk is partitioned: for the passphrase of an encrypted disk. It is there at installation only, and never deployed again.',
      },
    ],
  },
  {
    name: 'restartUnits',
    type: 'list of strings',
    fallback: '[ ]',
    text: 'systemd units to restart when the secret changes. With sops on NixOS only.',
    body: ' = [ "$0" ];',
  },
];

export const PROMPT_OPTIONS: readonly OptionWords[] = [
  {
    name: 'description',
    type: 'string',
    fallback: 'the name of the prompt',
    text: 'What is shown to the person who is asked.',
    body: ' = "$0";',
  },
  {
    name: 'type',
    type: 'one of "line", "hidden", "multiline", "multiline-hidden"',
    fallback: '"line"',
    text: 'How the answer is typed.',
    body: ' = "$0";',
    values: [
      { value: 'line', text: 'One line, shown while it is typed.' },
      { value: 'hidden', text: 'One line, not shown: for passwords and tokens.' },
      { value: 'multiline', text: 'Several lines, shown while they are typed.' },
      { value: 'multiline-hidden', text: 'Several lines, not shown: for keys.' },
    ],
  },
  {
    name: 'persist',
    type: 'boolean',
    fallback: 'false',
    text: 'True: the answer becomes a secret file of the same name, and is not asked for again.',
    body: BOOLEAN,
  },
  {
    name: 'display',
    type: 'attribute set',
    fallback: '{ }',
    text: 'How forms show the prompt: `label`, `group`, `helperText`, `required`.',
    body: ' = { $0};',
  },
];

export const DISPLAY_OPTIONS: readonly OptionWords[] = [
  {
    name: 'label',
    type: 'null or string',
    fallback: 'null',
    text: 'What a form calls the prompt, instead of its name.',
    body: ' = "$0";',
  },
  {
    name: 'group',
    type: 'null or string',
    fallback: 'null',
    text: 'Prompts of one group stand together in a form.',
    body: ' = "$0";',
  },
  {
    name: 'helperText',
    type: 'null or string',
    fallback: 'null',
    text: 'What a form says beside the prompt.',
    body: ' = "$0";',
  },
  {
    name: 'required',
    type: 'boolean',
    fallback: 'true',
    text: 'False: a form may be sent without an answer.',
    body: BOOLEAN,
  },
];

/** What can be read of a file once it is declared. */
export const FILE_ATTRIBUTES: readonly ChoiceWords[] = [
  { value: 'path', text: 'Where the file lies on the machine; for a public file, in the Nix store.' },
  { value: 'value', text: 'What a public file holds. It fails for a secret.' },
  { value: 'exists', text: 'Whether a public file has been generated. It fails for a secret.' },
  { value: 'flakePath', text: 'Where a public file lies in the repository.' },
  { value: 'secret', text: 'Whether the file is secret.' },
  { value: 'deploy', text: 'Whether it is deployed.' },
  { value: 'owner', text: 'The user that owns it on the machine.' },
  { value: 'group', text: 'The group that owns it on the machine.' },
  { value: 'mode', text: 'Its permissions on the machine.' },
];
