import { describe, expect, it } from 'vitest';
import { readAgeKeys } from '../../../server/src/store/age/age-keys.ts';
import {
  ageMachineKeyChanges,
  ageRecipients,
  ageSecretChanges,
  machineKeyring,
  openAgeSecret,
} from '../../../server/src/store/age/age-writes.ts';
import { generateKeyPair, openKeyring } from '../../../server/src/store/age/crypt.ts';
import { parseIdentities } from '../../../server/src/store/age/recipients.ts';
import { readSops } from '../../../server/src/store/sops/sops-keys.ts';
import { openSecret, sealSecret } from '../../../server/src/store/sops/sops-secret.ts';
import {
  actingUser,
  keyFile,
  machineKeyChanges,
  recipientDrift,
  recipientsFor,
  secretChanges,
  userChanges,
  varAccess,
} from '../../../server/src/store/sops/sops-writes.ts';
import { publicChanges, validationChanges } from '../../../server/src/store/vars/changes.ts';
import { holdersOf } from '../../../server/src/store/vars/links.ts';
import { readContents } from '../../../server/src/store/vars/read.ts';
import { ageDecrypt, hasAge } from '../independent-reader.ts';
import { applied, type Content, storeFiles } from '../support.ts';

const NOW = new Date('2026-02-03T04:05:06Z');
const ring = (secret: string) => openKeyring(parseIdentities(secret, 'the test').identities, null);

/** Ada, who is an admin, and a machine `web` with its key; `ops` is a group with Ada in it. */
async function fleet() {
  const ada = await generateKeyPair();
  const keys = await ring(ada.secret);
  let contents: Record<string, Content> = applied({}, userChanges('', 'ada', ada.recipient));
  contents['sops/groups/ops/users/ada'] = { link: '../../../users/ada' };
  const sops = () => readSops(storeFiles(contents));
  const options = { actor: 'ada', defaultGroups: ['ops'], now: NOW, command: null };
  const machine = await machineKeyChanges(storeFiles(contents), '', sops(), 'web', options);
  contents = applied(contents, machine.changes);
  return { ada, keys, contents, sops: readSops(storeFiles(contents)), web: machine.recipient };
}

describe('sops: a machine’s key', () => {
  it('is two files and their links, and its private half opens with the admin’s key', async () => {
    const { contents, keys, web } = await fleet();
    expect(Object.keys(contents).sort()).toEqual([
      'sops/groups/ops/users/ada',
      'sops/machines/web/key.json',
      'sops/secrets/web-age.key/groups/ops',
      'sops/secrets/web-age.key/secret',
      'sops/secrets/web-age.key/users/ada',
      'sops/users/ada/key.json',
    ]);
    expect(contents['sops/machines/web/key.json']).toBe(keyFile([{ key: web, type: 'age' }]));
    expect(contents['sops/secrets/web-age.key/users/ada']).toEqual({ link: '../../../users/ada' });
    const secret = await openSecret(contents['sops/secrets/web-age.key/secret'] as string, keys);
    expect((await ring(secret.toString())).recipients).toEqual([web]);
  });

  it('a key.json is as clan writes it', () => {
    expect(keyFile([{ key: 'age1x', type: 'age' }])).toBe(
      '[\n  {\n    "publickey": "age1x",\n    "type": "age"\n  }\n]',
    );
  });
});

describe('sops: whom a var is for', () => {
  const wanted = { actor: 'ada', machines: ['web', 'db'], deploy: true, defaultGroups: ['ops'] };

  it('the acting user, the machines that declare it, the default groups', () => {
    expect(varAccess(null, wanted)).toEqual({ users: ['ada'], machines: ['db', 'web'], groups: ['ops'] });
  });

  it('no machine where it is not deployed; users and groups keep what they have', () => {
    const link = (name: string) => ({
      name,
      path: `x/${name}`,
      link: name,
      target: name,
      dangling: false,
      foreign: false,
    });
    const before = {
      users: [link('bob'), { ...link('gone'), dangling: true }],
      machines: [link('web')],
      groups: [link('all')],
    };
    expect(varAccess(before, { ...wanted, deploy: false })).toEqual({
      users: ['ada', 'bob'],
      machines: [],
      groups: ['all', 'ops'],
    });
  });

  it('case 11: who is in a group reads what the group reads', async () => {
    const { sops, ada, web, contents } = await fleet();
    const bob = await generateKeyPair();
    const more = applied(contents, userChanges('', 'bob', bob.recipient));
    more['sops/groups/ops/users/bob'] = { link: '../../../users/bob' };
    const access = varAccess(null, { ...wanted, machines: ['web'] });
    expect(recipientsFor(sops, access)).toEqual([ada.recipient, web].sort());
    const now = recipientsFor(readSops(storeFiles(more)), access);
    expect(now).toEqual([ada.recipient, bob.recipient, web].sort());
    expect(recipientDrift([ada.recipient, web], now)).toEqual({ lacking: [bob.recipient], extra: [] });
    expect(recipientDrift(now, [...now].reverse())).toBeNull();
  });

  it('names that do not exist are refused', async () => {
    const { sops } = await fleet();
    expect(() => recipientsFor(sops, { users: ['eve'], machines: [], groups: [] })).toThrow(
      'There is no user "eve" with a key.json in sops/users.',
    );
  });

  it('the acting user is the one whose key is at hand', async () => {
    const { sops, keys } = await fleet();
    expect(actingUser(sops, keys)).toBe('ada');
    expect(actingUser(sops, await ring((await generateKeyPair()).secret))).toBeNull();
  });
});

describe('sops: a secret of a generator', () => {
  it('lies where clan reads it, with links of the right length', async () => {
    const { contents, sops, keys, ada, web } = await fleet();
    const access = { users: ['ada'], machines: ['web'], groups: ['ops'] };
    const text = await sealSecret(Buffer.from('s3'), {
      recipients: recipientsFor(sops, access),
      now: NOW,
      command: null,
    });
    const own = { key: 'per-machine/web/gen', file: 'password' };
    const shared = { key: 'shared/gen', file: 'password' };
    const files = storeFiles(contents);
    const after = applied(contents, [
      ...secretChanges(files, '', own, text, access),
      ...secretChanges(files, '', shared, text, access),
    ]);
    expect(after['vars/per-machine/web/gen/password/machines/web']).toEqual({
      link: '../../../../../../sops/machines/web',
    });
    expect(after['vars/shared/gen/password/groups/ops']).toEqual({ link: '../../../../../sops/groups/ops' });

    const read = readContents(storeFiles(after));
    expect(read.vars.map(one => [one.placement, one.kind])).toEqual([
      ['shared', 'secret'],
      ['per-machine', 'secret'],
    ]);
    const access2 = read.vars.map(one => read.accessOf(one)?.recipients);
    expect(access2).toEqual([[ada.recipient, web].sort(), [ada.recipient, web].sort()]);
    expect((await openSecret(after['vars/shared/gen/password/secret'] as string, keys)).toString()).toBe(
      's3',
    );
  });

  it('below a clan that is in a folder, links stay inside of it', () => {
    const access = { users: ['ada'], machines: [], groups: [] };
    const changes = secretChanges(storeFiles({}), 'infra', { key: 'shared/g', file: 'f' }, '{}', access);
    expect(changes[1]).toEqual({
      kind: 'link',
      path: 'infra/vars/shared/g/f/users/ada',
      target: '../../../../../sops/users/ada',
    });
  });

  it('case 28: a machine that no longer gets it loses its link, and nothing else changes', () => {
    const before: Record<string, Content> = {
      'sops/machines/web/key.json': '[]',
      'sops/users/ada/key.json': '[]',
      'vars/shared/g/f/secret': '{}',
      'vars/shared/g/f/machines/web': { link: '../../../../../sops/machines/web' },
      'vars/shared/g/f/users/ada': { link: '../../../../../sops/users/ada' },
    };
    const files = storeFiles(before);
    const access = varAccess(holdersOf(files, 'vars/shared/g/f'), {
      actor: 'ada',
      machines: ['web'],
      deploy: false,
      defaultGroups: [],
    });
    const changes = secretChanges(files, '', { key: 'shared/g', file: 'f' }, '{}', access);
    expect(changes.map(one => `${one.kind} ${one.path}`)).toEqual([
      'write vars/shared/g/f/secret',
      'remove vars/shared/g/f/machines/web',
    ]);
  });

  it('what was public goes when it becomes secret, and the other way round', () => {
    const pub = storeFiles({ 'vars/shared/g/f/value': 'plain' });
    const access = { users: [], machines: [], groups: [] };
    expect(secretChanges(pub, '', { key: 'shared/g', file: 'f' }, '{}', access).at(-1)).toEqual({
      kind: 'remove',
      path: 'vars/shared/g/f/value',
    });
    const secret = { 'vars/shared/g/f/secret': '{}', 'vars/shared/g/f/users/ada': '' };
    const changes = publicChanges(storeFiles(secret), '', 'shared/g', 'f', Buffer.from('plain'));
    expect(applied(secret, changes)).toEqual({ 'vars/shared/g/f/value': 'plain' });
  });

  it('a hash is written without a newline, and goes where there is none to write', () => {
    const files = storeFiles({ 'vars/shared/g/.validation-hash': 'old' });
    expect(applied({}, validationChanges(files, '', 'shared/g', 'new'))).toEqual({
      'vars/shared/g/.validation-hash': 'new',
    });
    expect(validationChanges(files, '', 'shared/g', null)).toEqual([
      { kind: 'remove', path: 'vars/shared/g/.validation-hash' },
    ]);
    expect(validationChanges(files, '', 'shared/other', null)).toEqual([]);
  });
});

describe('the age backend', () => {
  async function ageFleet() {
    const [ada, eve] = [await generateKeyPair(), await generateKeyPair()];
    const admins = { hosts: { web: [ada.recipient] }, default: [eve.recipient] };
    const machine = await ageMachineKeyChanges('', 'web', admins, { now: NOW, command: null });
    const contents = applied({}, machine.changes);
    return { ada, eve, admins, contents, files: storeFiles(contents), web: machine.recipient };
  }
  const own = { key: 'per-machine/web/gen', file: 'token', deploy: true, machines: ['web'] };

  it('a machine’s key is for its admins alone', async () => {
    const { contents, files, ada, eve, web } = await ageFleet();
    expect(contents['secrets/age-keys/machines/web/pub']).toBe(web);
    expect(contents['secrets/age-keys/machines/web/key.age.recipients']).toBe(`${ada.recipient}\n`);
    const keys = readAgeKeys(files);
    expect((await machineKeyring(files, keys, ['web'], await ring(ada.secret))).recipients).toContain(web);
    expect((await machineKeyring(files, keys, ['web'], await ring(eve.secret))).recipients).not.toContain(
      web,
    );
  });

  it('a deployed file is for its machines; an admin reads it through the machine’s key', async () => {
    const { contents, files, ada, admins, web } = await ageFleet();
    const keys = readAgeKeys(files);
    const recipients = ageRecipients(own, keys, admins);
    expect(recipients).toEqual([web]);
    const after = applied(
      contents,
      await ageSecretChanges(files, '', own, Buffer.from('t0ken'), { recipients, command: null }),
    );
    const path = 'secrets/clan-vars/per-machine/web/gen/token/token.age';
    expect(Object.keys(after)).toContain(path);
    expect(Object.keys(after)).not.toContain(`${path}.recipients`);
    const keyring = await machineKeyring(files, keys, ['web'], await ring(ada.secret));
    expect((await openAgeSecret(after[path] as string, keyring)).toString()).toBe('t0ken');
    await expect(openAgeSecret(after[path] as string, await ring(ada.secret))).rejects.toThrow(
      'None of your keys',
    );
  });

  it('a file that is not deployed is for the admins, and a shared one notes whom it is for', async () => {
    const { files, admins, ada, web } = await ageFleet();
    const keys = readAgeKeys(files);
    const private_ = { ...own, deploy: false };
    expect(ageRecipients(private_, keys, admins)).toEqual([ada.recipient]);
    const shared = { ...own, key: 'shared/gen' };
    const changes = await ageSecretChanges(files, '', shared, Buffer.from('x'), {
      recipients: [web],
      command: null,
    });
    expect(applied({}, changes)['secrets/clan-vars/shared/gen/token/token.age.recipients']).toBe(`${web}\n`);
  });

  it('the default admins stand for those of a machine that has none', async () => {
    const { files, admins, eve } = await ageFleet();
    const db = { ...own, deploy: false, machines: ['db'] };
    expect(ageRecipients(db, readAgeKeys(files), admins)).toEqual([eve.recipient]);
    expect(() => ageRecipients(db, readAgeKeys(files), { hosts: {}, default: [] })).toThrow(
      'No age recipients are configured for machine db.',
    );
    expect(() => ageRecipients({ ...db, deploy: true }, readAgeKeys(files), admins)).toThrow(
      'Machine db has no age key yet',
    );
  });

  it.skipIf(!hasAge)('is read by the age command', async () => {
    const { contents, files, ada, web } = await ageFleet();
    const key = ageDecrypt(
      ada.secret,
      contents['secrets/age-keys/machines/web/key.age'] as string,
    ).toString();
    expect(key).toMatch(/^# created: 2026-02-03T04:05:06Z\n# public key: age1\w+\nAGE-SECRET-KEY-1\w+\n$/);
    const bytes = Buffer.from(Array.from({ length: 70_000 }, (_, i) => i % 256));
    const after = applied(
      {},
      await ageSecretChanges(files, '', own, bytes, { recipients: [web], command: null }),
    );
    expect(ageDecrypt(key, after['secrets/clan-vars/per-machine/web/gen/token/token.age'] as string)).toEqual(
      bytes,
    );
  });

  it('a file that was changed or cut off is refused', async () => {
    const { files, ada } = await ageFleet();
    const changes = await ageSecretChanges(files, '', own, Buffer.from('canary'), {
      recipients: [ada.recipient],
      command: null,
    });
    const text = applied({}, changes)['secrets/clan-vars/per-machine/web/gen/token/token.age'] as string;
    const keyring = await ring(ada.secret);
    await expect(openAgeSecret(text.slice(0, 200), keyring)).rejects.toThrow('its armor');
    const lines = text.split('\n');
    const last = lines.length - 3;
    lines[last] = `${lines[last]?.startsWith('A') ? 'B' : 'A'}${lines[last]?.slice(1)}`;
    await expect(openAgeSecret(lines.join('\n'), keyring)).rejects.toThrow('was changed or cut off');
  });
});
