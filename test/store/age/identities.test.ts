import { describe, expect, it } from 'vitest';
import { generateKeyPair, openKeyring } from '../../../server/src/store/age/crypt.ts';
import {
  ageIdentities,
  type IdentityPlaces,
  noIdentityMessage,
  sopsIdentities,
} from '../../../server/src/store/age/identities.ts';
import { parseIdentities, recipientKind } from '../../../server/src/store/age/recipients.ts';

const KEY = 'AGE-SECRET-KEY-18XWJT5F4RFUF4RM0FREU5GSPYQCZ30HLHWRV6HSLWVYU0KJNRM8SEZPPWS';
const PLUGIN = 'AGE-PLUGIN-YUBIKEY-1QQPQYQGZQQZSTQ5';
const SSH = '-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----\n';

function places(
  env: Readonly<Record<string, string>>,
  files: Readonly<Record<string, string>> = {},
  platform = 'linux',
): IdentityPlaces {
  return { env, platform, home: '/home/ada', read: path => files[path] ?? null };
}

const sources = (found: ReturnType<typeof sopsIdentities>) => found.identities.map(one => one.source);

describe('where the keys for sops files are', () => {
  it('the variables come first, then the key file, then ssh keys', () => {
    const found = sopsIdentities(
      places(
        { SOPS_AGE_KEY: KEY, SOPS_AGE_KEY_FILE: '/keys' },
        { '/keys': KEY, '/home/ada/.config/sops/age/keys.txt': KEY, '/home/ada/.ssh/id_rsa': SSH },
      ),
    );
    expect(sources(found)).toEqual([
      'SOPS_AGE_KEY',
      '/keys',
      '/home/ada/.config/sops/age/keys.txt',
      '/home/ada/.ssh/id_rsa',
    ]);
  });

  it('the key file follows XDG_CONFIG_HOME, and the system', () => {
    const at = (env: Readonly<Record<string, string>>, platform: string, path: string) =>
      sources(sopsIdentities(places(env, { [path]: KEY }, platform)));
    expect(at({ XDG_CONFIG_HOME: '/xdg' }, 'linux', '/xdg/sops/age/keys.txt')).toHaveLength(1);
    expect(at({ XDG_CONFIG_HOME: '/xdg' }, 'darwin', '/xdg/sops/age/keys.txt')).toHaveLength(1);
    expect(at({}, 'darwin', '/home/ada/Library/Application Support/sops/age/keys.txt')).toHaveLength(1);
    expect(at({}, 'linux', '/home/ada/Library/Application Support/sops/age/keys.txt')).toHaveLength(0);
  });

  it('a file that a variable names must be there', () => {
    const found = sopsIdentities(places({ SOPS_AGE_KEY_FILE: '/gone' }));
    expect(found.problems.map(one => one.message)).toEqual([
      'SOPS_AGE_KEY_FILE names /gone, which cannot be read',
    ]);
  });

  it('a command that prints a key is noted and not run', () => {
    expect(sopsIdentities(places({ SOPS_AGE_KEY_CMD: 'pass age' })).commands).toEqual([
      { variable: 'SOPS_AGE_KEY_CMD', command: 'pass age' },
    ]);
  });

  it('an ssh key that a variable names stands for those of the home folder', () => {
    const files = { '/id': SSH, '/home/ada/.ssh/id_ed25519': SSH };
    expect(sources(sopsIdentities(places({ SOPS_AGE_SSH_PRIVATE_KEY_FILE: '/id' }, files)))).toEqual(['/id']);
  });

  it('where there is none, the message says where was looked', () => {
    expect(noIdentityMessage(sopsIdentities(places({})))).toContain('/home/ada/.config/sops/age/keys.txt');
    expect(noIdentityMessage(sopsIdentities({ ...places({}), home: null }))).toContain('SOPS_AGE_KEY');
  });
});

describe('where the keys for clan’s age backend are', () => {
  const files = { '/home/ada/.config/age/identities': KEY, '/home/ada/.age/key.txt': KEY, '/k': KEY };

  it('AGE_KEY alone, else AGE_KEYFILE alone, else every file of the home folder', () => {
    expect(sources(ageIdentities(places({ AGE_KEY: KEY, AGE_KEYFILE: '/k' }, files)))).toEqual(['AGE_KEY']);
    expect(sources(ageIdentities(places({ AGE_KEYFILE: '/k' }, files)))).toEqual(['/k']);
    expect(sources(ageIdentities(places({}, files)))).toEqual([
      '/home/ada/.config/age/identities',
      '/home/ada/.age/key.txt',
    ]);
  });

  it('AGE_KEYFILE must be there', () => {
    expect(ageIdentities(places({ AGE_KEYFILE: '/gone' })).problems).toHaveLength(1);
  });
});

describe('a key file', () => {
  it('has comments, keys and plugins with their recipient before them', () => {
    const text = `# created: today\n# public key: age1abc\n${KEY}\n\n# recipient: age1yubikey1qq\n${PLUGIN}\n${PLUGIN}\n`;
    expect(parseIdentities(text, 'keys.txt').identities).toEqual([
      { kind: 'native', source: 'keys.txt', secret: KEY },
      { kind: 'plugin', source: 'keys.txt', secret: PLUGIN, plugin: 'yubikey', recipient: 'age1yubikey1qq' },
      { kind: 'plugin', source: 'keys.txt', secret: PLUGIN, plugin: 'yubikey', recipient: null },
    ]);
  });

  it('names a line that is no key by its number, never by its text', () => {
    const { identities, problems } = parseIdentities(
      `${KEY}\n${KEY.slice(0, 40).toLowerCase()}\n`,
      'keys.txt',
    );
    expect(identities).toHaveLength(1);
    expect(problems.map(one => one.message)).toEqual([
      'keys.txt, line 2: not an age identity (AGE-SECRET-KEY-1… or AGE-PLUGIN-…)',
    ]);
  });
});

describe('keys that need another program', () => {
  it('say so where there is no age command, and those of a passphrase always', async () => {
    const identities = [
      ...parseIdentities(SSH, '/home/ada/.ssh/id_rsa').identities,
      ...parseIdentities(PLUGIN, 'keys.txt').identities,
      ...parseIdentities('-----BEGIN AGE ENCRYPTED FILE-----\n', 'locked.age').identities,
    ];
    const { unusable } = await openKeyring(identities, null);
    expect(unusable).toEqual([
      '/home/ada/.ssh/id_rsa holds an ssh key, which needs the "age" command. Install age.',
      'keys.txt holds a key of the plugin age-plugin-yubikey, which needs the "age" command. Install age.',
      'locked.age is protected by a passphrase. Decrypt it with "age -d" and name the result in SOPS_AGE_KEY.',
    ]);
  });

  it('a key with a wrong checksum is named by its place', async () => {
    const damaged = `${KEY.slice(0, -1)}Y`;
    const { unusable, recipients } = await openKeyring(parseIdentities(damaged, 'keys.txt').identities, null);
    expect(recipients).toEqual([]);
    expect(unusable).toEqual(['The age identity in keys.txt is damaged: its checksum does not match.']);
  });
});

describe('kinds of recipients', () => {
  it('are told by their text', async () => {
    const { recipient } = await generateKeyPair();
    expect(recipientKind(recipient)).toBe('native');
    expect(recipientKind('age1pq1qqqq')).toBe('native');
    expect(recipientKind('age1yubikey1qqqq')).toBe('plugin');
    expect(recipientKind('ssh-ed25519 AAAAC3Nz ada@home')).toBe('ssh');
    expect(recipientKind('ada@home')).toBe('unknown');
  });
});
