/**
 * The options that sops-nix and agenix know: of a secret, of a template, and of `sops` and `age` themselves. Data only.
 *
 * Source: sops-nix 56b2406 (modules/sops, modules/nix-darwin, modules/home-manager), agenix b027ee2 (modules/age.nix,
 * modules/age-home.nix); agenix-rekey adds to agenix what is marked `any`.
 */
import type { SecretKeeper } from '../model/secrets.ts';

/** What an option takes; `any` where nothing is claimed of it, `computed` where it is there to be read only. */
export type SecretOptionType =
  | 'any'
  | 'bool'
  | 'computed'
  | 'count'
  | 'format'
  | 'integer'
  | 'log'
  | 'mode'
  | 'options'
  | 'path'
  | 'paths'
  | 'place'
  | 'text'
  | 'texts'
  | 'user';

/** `home`: what the modules for home-manager have; `system`: only what those for machines have. */
export type SecretSide = 'home' | 'system' | 'both';

export interface KnownOption {
  readonly type: SecretOptionType;
  readonly side: SecretSide;
  /** One sentence without a stop. */
  readonly about: string;
}

export type SecretOwner = 'secret' | 'template' | 'keeper';

type Options = ReadonlyMap<string, KnownOption>;
type Rows = Readonly<Record<string, readonly [SecretOptionType, SecretSide, string]>>;

function options(rows: Rows): Options {
  return new Map(Object.entries(rows).map(([name, [type, side, about]]) => [name, { type, side, about }]));
}

const OWNERSHIP: Rows = {
  owner: ['user', 'system', 'The user that the file belongs to'],
  uid: ['integer', 'system', 'The number of the user, where `owner` is not set'],
  group: ['user', 'system', 'The group that the file belongs to; that of `owner` unless it is set'],
  gid: ['integer', 'system', 'The number of the group, where `group` is not set'],
};

const UNITS: Rows = {
  restartUnits: ['texts', 'system', 'Units that are restarted when it changes'],
  reloadUnits: ['texts', 'system', 'Units that are reloaded when it changes'],
};

const SOPS: Readonly<Record<SecretOwner, Options>> = {
  secret: options({
    name: ['text', 'both', 'The name of the file; that of the secret unless it is set'],
    key: [
      'text',
      'both',
      'The key in the encrypted file, with a slash for each map; empty for the whole file',
    ],
    path: ['text', 'both', 'Where the file is to be found; elsewhere than usual, a link is made'],
    format: ['format', 'both', 'What the encrypted file is written in'],
    mode: ['mode', 'both', 'The permissions of the file, in octal digits'],
    sopsFile: ['path', 'both', 'The encrypted file that the secret is in'],
    sopsFileHash: ['computed', 'system', 'A hash of the encrypted file, for `restartTriggers`'],
    ...OWNERSHIP,
    ...UNITS,
    neededForUsers: [
      'bool',
      'system',
      'Decrypted before users are made, below `/run/secrets-for-users`, for root alone',
    ],
  }),
  template: options({
    name: ['text', 'both', 'The name of the file; that of the template unless it is set'],
    path: ['text', 'both', 'Where the file is to be found'],
    content: ['text', 'both', 'The text, with `config.sops.placeholder.<name>` where secrets are to stand'],
    file: ['path', 'both', 'A file with the text, in place of `content`'],
    mode: ['mode', 'both', 'The permissions of the file, in octal digits'],
    ...OWNERSHIP,
    ...UNITS,
  }),
  keeper: options({
    secrets: ['options', 'both', 'The secrets, by name'],
    templates: ['options', 'both', 'Files with secrets in them, by name'],
    placeholder: ['options', 'both', 'What stands for each secret in a template'],
    defaultSopsFile: ['path', 'both', 'The encrypted file of secrets that name none'],
    defaultSopsFormat: ['text', 'both', 'The format of encrypted files where a secret does not say'],
    defaultSopsKey: ['user', 'both', 'The key of secrets that name none; without it, their names'],
    validateSopsFiles: ['bool', 'both', 'Whether encrypted files are looked at when the system is built'],
    keepGenerations: ['count', 'both', 'How many generations of secrets are kept; 0 for all'],
    log: ['log', 'both', 'What is logged'],
    environment: ['any', 'both', 'Variables for the program that decrypts'],
    package: ['any', 'both', 'The program that decrypts'],
    validationPackage: [
      'any',
      'system',
      'The program that looks at encrypted files when the system is built',
    ],
    useTmpfs: [
      'bool',
      'system',
      'Keeps secrets in a tmpfs, which may be swapped to disk, in place of a ramfs',
    ],
    useSystemdActivation: [
      'bool',
      'system',
      'Decrypts in a unit of systemd in place of an activation script',
    ],
    defaultSymlinkPath: ['text', 'home', 'Where the newest generation of secrets is to be found'],
    defaultSecretsMountPoint: ['text', 'home', 'Where generations of secrets are kept'],
    age: ['options', 'both', 'The keys of age that decrypt'],
    'age.keyFile': ['place', 'both', 'The file with the key of age; not one in the Nix store'],
    'age.plugins': ['any', 'both', 'Plugins of age'],
    'age.generateKey': ['bool', 'both', 'Makes the key file where there is none'],
    'age.sshKeyPaths': ['paths', 'both', 'Keys of SSH that are used as keys of age'],
    gnupg: ['options', 'both', 'The keys of GnuPG that decrypt'],
    'gnupg.home': ['place', 'both', 'The folder of GnuPG'],
    'gnupg.sshKeyPaths': ['paths', 'both', 'RSA keys of SSH that are used as keys of GnuPG'],
    'gnupg.package': ['any', 'both', 'The GnuPG that is used'],
    'gnupg.qubes-split-gpg': ['options', 'home', 'GnuPG in another qube of Qubes OS'],
    'gnupg.qubes-split-gpg.enable': ['bool', 'home', 'Whether the keys are in another qube'],
    'gnupg.qubes-split-gpg.domain': ['user', 'home', 'The qube that has the keys'],
    gnupgHome: ['any', 'system', 'The older name of `gnupg.home`'],
    sshKeyPaths: ['any', 'system', 'The older name of `gnupg.sshKeyPaths`'],
  }),
};

const AGE: Readonly<Record<SecretOwner, Options>> = {
  secret: options({
    name: ['text', 'both', 'The name of the file; that of the secret unless it is set'],
    file: ['path', 'both', 'The encrypted file'],
    path: ['text', 'both', 'Where the file is to be found'],
    mode: ['text', 'both', 'The permissions of the file, as `chmod` takes them'],
    owner: ['text', 'system', 'The user that the file belongs to, by name or number'],
    group: ['text', 'system', 'The group that the file belongs to; that of `owner` unless it is set'],
    symlink: ['bool', 'both', 'Whether `path` is a link to the file, or the file itself'],
    rekeyFile: ['any', 'both', 'The file that agenix-rekey encrypts for each machine'],
    generator: ['any', 'both', 'How agenix-rekey makes the secret'],
    settings: ['any', 'both', 'Settings for the generator of agenix-rekey'],
    intermediary: ['any', 'both', 'Only for other secrets of agenix-rekey, not for machines'],
  }),
  template: options({}),
  keeper: options({
    secrets: ['options', 'both', 'The secrets, by name'],
    ageBin: ['text', 'system', 'The program that decrypts'],
    package: ['any', 'home', 'The age that is used'],
    secretsDir: ['place', 'both', 'The folder in which secrets are to be found'],
    secretsMountPoint: ['text', 'both', 'Where generations of secrets are kept'],
    identityPaths: ['paths', 'both', 'The private keys that decrypt'],
    sshKeyPaths: ['any', 'system', 'The older name of `identityPaths`'],
    rekey: ['any', 'both', 'Settings of agenix-rekey'],
    generators: ['any', 'both', 'Generators of agenix-rekey'],
  }),
};

/** The options that a keeper's module has, by the names below what has them, joined by dots. */
export const SECRET_OPTIONS: Readonly<Record<SecretKeeper, Readonly<Record<SecretOwner, Options>>>> = {
  sops: SOPS,
  age: AGE,
};

export const SOPS_FORMATS = ['yaml', 'json', 'binary', 'dotenv', 'ini'] as const;

export const SOPS_LOGS = ['keyImport', 'secretChanges'] as const;
