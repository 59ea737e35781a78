/**
 * The options of sops-nix and agenix that authors write, in the words of documentation: what completion offers and
 * hovers explain.
 *
 * Sources: sops-nix 56b2406, modules/sops, modules/home-manager; agenix, modules/age.nix, modules/age-home.nix.
 */
import type { SecretKeeper } from '../../fleet/model/secrets.ts';
import type { SecretOwner } from '../../fleet/secrets/secrets-schema.ts';
import { BOOLEAN, type OptionWords, place } from '../names/option-words.ts';

const TEXT = ' = "$0";';
const LIST = ' = [ "$0" ];';
const PATH = ' = ./$0;';

const MODE: OptionWords = {
  name: 'mode',
  type: 'string of octal digits',
  fallback: '"0400"',
  text: 'The permissions of the decrypted file.',
  body: ` = "${place(':0400')}";`,
  values: [
    { value: '0400', text: 'Its owner reads it.' },
    { value: '0440', text: 'Its owner and its group read it.' },
    { value: '0444', text: 'Everybody on the machine reads it.' },
    { value: '0600', text: 'Its owner reads and writes it.' },
  ],
};

/** What a service does when a secret has changed. */
const units = (verb: string): OptionWords => ({
  name: `${verb}Units`,
  type: 'list of strings',
  fallback: '[ ]',
  text: `systemd units to ${verb} when the value changes, with their suffix: \`web.service\`.`,
  body: LIST,
});

const OWNER: OptionWords = {
  name: 'owner',
  type: 'null or string',
  fallback: 'null (root)',
  text: 'The user that owns the decrypted file.',
  body: TEXT,
};

const GROUP: OptionWords = {
  name: 'group',
  type: 'null or string',
  fallback: 'the group of the owner',
  text: 'The group that owns the decrypted file.',
  body: TEXT,
};

const IDS: readonly OptionWords[] = [
  ['uid', 'The owner by number, also of a user that does not exist. Only without `owner`.'],
  ['gid', 'The group by number, also of a group that does not exist. Only without `group`.'],
].map(([name = '', text = '']) => ({ name, type: 'null or integer', fallback: '0', text }));

/** `sops.secrets.<name>.…` */
const SOPS_SECRET: readonly OptionWords[] = [
  {
    name: 'sopsFile',
    type: 'path',
    fallback: 'config.sops.defaultSopsFile',
    text: 'The encrypted file that the secret is taken from.',
    body: PATH,
  },
  {
    name: 'key',
    type: 'string',
    fallback: 'the name of the secret',
    text: 'The key in the encrypted file; a slash goes one map down. `""` means the whole file. Files of the formats binary, dotenv and ini have no keys.',
    body: TEXT,
  },
  {
    name: 'format',
    type: 'one of "yaml", "json", "binary", "dotenv", "ini"',
    fallback: 'config.sops.defaultSopsFormat ("yaml")',
    text: 'The format of the encrypted file.',
    body: TEXT,
    values: [
      { value: 'yaml', text: 'Keys choose single values.' },
      { value: 'json', text: 'Keys choose single values.' },
      { value: 'binary', text: 'The whole file is one secret.' },
      { value: 'dotenv', text: 'The whole file, for `EnvironmentFile`.' },
      { value: 'ini', text: 'The whole file.' },
    ],
  },
  OWNER,
  GROUP,
  MODE,
  {
    name: 'neededForUsers',
    type: 'boolean',
    fallback: 'false',
    text: 'True: it is decrypted before users are made, for `hashedPasswordFile`. It then lies in `/run/secrets-for-users` and belongs to root.',
    body: BOOLEAN,
  },
  {
    name: 'path',
    type: 'string',
    fallback: '"/run/secrets/<name>"',
    text: 'Where a link to the decrypted file is made.',
    body: TEXT,
  },
  units('restart'),
  units('reload'),
  {
    name: 'name',
    type: 'string',
    fallback: 'the name of the secret',
    text: 'The name of the decrypted file in `/run/secrets`.',
    body: TEXT,
  },
  ...IDS,
];

/** `sops.templates.<name>.…` */
const SOPS_TEMPLATE: readonly OptionWords[] = [
  {
    name: 'content',
    type: 'lines',
    fallback: '""',
    text: 'The text of the file. The interpolation of `config.sops.placeholder."<secret>"` stands for the value of a secret, which is filled in on the machine.',
    body: " = ''\n  $0\n'';",
  },
  {
    name: 'file',
    type: 'path',
    fallback: 'a file with `content`',
    text: 'A file used as the template, instead of `content`.',
    body: PATH,
  },
  OWNER,
  GROUP,
  MODE,
  {
    name: 'path',
    type: 'string',
    fallback: '"/run/secrets/rendered/<name>"',
    text: 'Where the file is put.',
    body: TEXT,
  },
  units('restart'),
  units('reload'),
  {
    name: 'name',
    type: 'string',
    fallback: 'the name of the template',
    text: 'The name of the file in `/run/secrets/rendered`.',
    body: TEXT,
  },
  ...IDS,
];

/** `age.secrets.<name>.…` */
const AGE_SECRET: readonly OptionWords[] = [
  {
    name: 'file',
    type: 'path',
    fallback: null,
    text: 'The encrypted file. To whom it is encrypted is said by `secrets.nix`.',
    body: PATH,
  },
  { ...OWNER, type: 'string', fallback: '"0"' },
  { ...GROUP, type: 'string' },
  MODE,
  {
    name: 'path',
    type: 'string',
    fallback: '"/run/agenix/<name>"',
    text: 'Where the decrypted file is put.',
    body: TEXT,
  },
  {
    name: 'name',
    type: 'string',
    fallback: 'the name of the secret',
    text: 'The name of the decrypted file in `/run/agenix`.',
    body: TEXT,
  },
  {
    name: 'symlink',
    type: 'boolean',
    fallback: 'true',
    text: 'Whether `path` is a link to the decrypted file; false: the file itself.',
    body: BOOLEAN,
  },
];

/** `sops.…` */
const SOPS: readonly OptionWords[] = [
  {
    name: 'secrets',
    type: 'attribute set of secrets',
    fallback: '{ }',
    text: 'The secrets of the machine, each taken by its key out of an encrypted file.',
    body: '."$1" = { $0};',
  },
  {
    name: 'templates',
    type: 'attribute set of templates',
    fallback: '{ }',
    text: 'Files in which values of secrets are filled in on the machine.',
    body: ".\"$1\".content = ''\n  $0\n'';",
  },
  {
    name: 'defaultSopsFile',
    type: 'path',
    fallback: null,
    text: 'The encrypted file of all secrets without a `sopsFile` of their own.',
    body: PATH,
  },
  {
    name: 'defaultSopsFormat',
    type: 'string',
    fallback: '"yaml"',
    text: 'The format of encrypted files where a secret does not set its own.',
    body: TEXT,
  },
  {
    name: 'defaultSopsKey',
    type: 'null or string',
    fallback: 'null',
    text: 'The key of all secrets without one of their own, in place of their names.',
    body: TEXT,
  },
  {
    name: 'validateSopsFiles',
    type: 'boolean',
    fallback: 'true',
    text: 'Whether encrypted files and their keys are checked when the system is built.',
    body: BOOLEAN,
  },
  {
    name: 'age',
    type: 'attribute set',
    fallback: '{ }',
    text: 'With which age key the machine decrypts: `keyFile`, `sshKeyPaths`, `generateKey`.',
    body: '.keyFile = "$0";',
  },
  {
    name: 'gnupg',
    type: 'attribute set',
    fallback: '{ }',
    text: 'With which GPG key the machine decrypts: `home`, `sshKeyPaths`.',
    body: '.home = "$0";',
  },
];

/** `age.…` of agenix. */
const AGE: readonly OptionWords[] = [
  {
    name: 'secrets',
    type: 'attribute set of secrets',
    fallback: '{ }',
    text: 'The secrets of the machine, each a file of its own.',
    body: '.$1.file = ./$0;',
  },
  {
    name: 'identityPaths',
    type: 'list of paths',
    fallback: 'the host keys of openssh',
    text: 'The SSH keys that the machine decrypts with.',
    body: LIST,
  },
  {
    name: 'secretsDir',
    type: 'path',
    fallback: '"/run/agenix"',
    text: 'The folder that decrypted secrets are linked to.',
    body: TEXT,
  },
];

/** What can be read of a secret. */
export const SECRET_ATTRIBUTES: Readonly<Record<SecretKeeper | 'template', readonly string[]>> = {
  sops: ['path', 'owner', 'group', 'mode', 'key', 'sopsFile', 'sopsFileHash', 'name'],
  age: ['path', 'owner', 'group', 'mode', 'file', 'name'],
  template: ['path', 'content', 'owner', 'group', 'mode', 'name'],
};

/** `sops.age.…` */
export const SOPS_AGE: readonly OptionWords[] = [
  {
    name: 'keyFile',
    type: 'null or string',
    fallback: 'null',
    text: 'The age key that the machine decrypts with. A path on the machine, not in the Nix store.',
    body: TEXT,
  },
  {
    name: 'generateKey',
    type: 'boolean',
    fallback: 'false',
    text: 'Whether an age key is made at `keyFile` if there is none.',
    body: BOOLEAN,
  },
  {
    name: 'sshKeyPaths',
    type: 'list of paths',
    fallback: 'the ed25519 host keys of openssh',
    text: 'SSH keys that the machine decrypts with, made into age keys.',
    body: LIST,
  },
];

/** The options by what has them, with their names below that, joined by dots. */
export const OPTION_WORDS: Readonly<
  Record<SecretKeeper, Readonly<Record<SecretOwner, readonly OptionWords[]>>>
> = {
  sops: {
    secret: SOPS_SECRET,
    template: SOPS_TEMPLATE,
    keeper: [...SOPS, ...SOPS_AGE.map(one => ({ ...one, name: `age.${one.name}` }))],
  },
  age: { secret: AGE_SECRET, template: [], keeper: AGE },
};
