/**
 * What we seal is opened by the real `age`, and what it encrypts is opened by us: whole files, and the data keys of
 * secrets. The library, which test/store compares with, could be wrong in the same way as we are.
 */
import { spawnSync } from 'node:child_process';
import { createDecipheriv, createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { armor } from 'age-encryption';
import { expect, it } from 'vitest';
import { encryptTo, generateKeyPair, openKeyring } from '../../../server/src/store/age/crypt.ts';
import { parseIdentities } from '../../../server/src/store/age/recipients.ts';
import { openSecret, sealSecret } from '../../../server/src/store/sops/sops-secret.ts';
import { describeIf } from '../../conditionally.ts';
import { testFolder } from '../folders.ts';

const CHUNK = 64 * 1024;
const SIZES = [0, 1, 32, 47, 48, 49, 1000, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 200_000];

/** @returns null where it refuses */
function age(args: readonly string[], input: Uint8Array | string): Buffer | null {
  const { status, stdout } = spawnSync('age', args, { input, maxBuffer: 1 << 24 });
  return status === 0 ? stdout : null;
}

/** Opens a file with a key, as a person does who has nothing but `age`. */
function openedByAge(secret: string, file: Uint8Array | string): Buffer | null {
  const key = join(testFolder(), 'key');
  writeFileSync(key, `${secret}\n`, { mode: 0o600 });
  return age(['--decrypt', '-i', key], file);
}

const ringOf = (secret: string) => openKeyring(parseIdentities(secret, 'a test').identities, null);

/** Every byte, over and over. */
const bytesOf = (size: number) => Buffer.from(Array.from({ length: size }, (_, i) => i % 256));

it('sizes lie on both sides of what a chunk and a line of armor hold', () => {
  expect(SIZES).toEqual(expect.arrayContaining([48, 49, CHUNK, CHUNK + 1]));
});

describeIf(age(['--version'], '') !== null, 'the age program', () => {
  it.each(SIZES)('opens a file of %i bytes that is sealed here, armored or not', async size => {
    const { recipient, secret } = await generateKeyPair();
    const file = await encryptTo([recipient], bytesOf(size), null);
    for (const form of [file, armor.decode(file)])
      expect(openedByAge(secret, form)?.equals(bytesOf(size))).toBe(true);
  });

  it.each(SIZES)('encrypts a file of %i bytes that is opened here, armored or not', async size => {
    const { recipient, secret } = await generateKeyPair();
    const ring = await ringOf(secret);
    const binary = age(['-r', recipient], bytesOf(size)) as Buffer;
    const text = (age(['-a', '-r', recipient], bytesOf(size)) as Buffer).toString('latin1');
    for (const file of [binary, text])
      expect(bytesOf(size).equals((await ring.open(file)) as Uint8Array)).toBe(true);
  });

  it('opens for each recipient and for nobody else, in both directions', async () => {
    const [ada, bob, eve] = [await generateKeyPair(), await generateKeyPair(), await generateKeyPair()];
    const ours = await encryptTo([ada.recipient, bob.recipient], Buffer.from('for two'), null);
    const theirs = age(['-r', ada.recipient, '-r', bob.recipient], 'for two') as Buffer;
    for (const { secret } of [ada, bob]) {
      expect(openedByAge(secret, ours)?.toString()).toBe('for two');
      expect(Buffer.from((await (await ringOf(secret)).open(theirs)) as Uint8Array).toString()).toBe(
        'for two',
      );
    }
    expect(openedByAge(eve.secret, ours)).toBeNull();
    expect(await (await ringOf(eve.secret)).open(theirs)).toBeNull();
  });

  it('refuses what was changed or cut off in what is sealed here', async () => {
    const { recipient, secret } = await generateKeyPair();
    const file = Buffer.from(armor.decode(await encryptTo([recipient], bytesOf(CHUNK + 10), null)));
    expect(openedByAge(secret, file.subarray(0, -1))).toBeNull();
    // At the border of a chunk, which is whole by itself: that it is not the last one has to be told.
    expect(openedByAge(secret, file.subarray(0, file.length - 26))).toBeNull();
    file[file.length - 1] = (file.at(-1) as number) ^ 1;
    expect(openedByAge(secret, file)).toBeNull();
  });

  it('opens the data key of a secret, and with it the secret', async () => {
    const [ada, web] = [await generateKeyPair(), await generateKeyPair()];
    const now = new Date('2026-02-03T04:05:06Z');
    const recipients = [ada.recipient, web.recipient];
    const { data, sops } = JSON.parse(await sealSecret(bytesOf(5000), { recipients, now, command: null }));
    const keys = [ada, web].map(({ secret }, i) => openedByAge(secret, sops.age[i].enc));
    expect(keys[0]).toHaveLength(32);
    expect(keys[1]).toEqual(keys[0]);
    const value = decrypted(data, keys[0] as Buffer, 'data:');
    expect(value.equals(bytesOf(5000))).toBe(true);
    const mac = createHash('sha512').update(value).digest('hex').toUpperCase();
    expect(decrypted(sops.mac, keys[0] as Buffer, sops.lastmodified).toString()).toBe(mac);
  });

  it('may give the data key of a secret to somebody else, who opens it here', async () => {
    const [ada, bob] = [await generateKeyPair(), await generateKeyPair()];
    const now = new Date('2026-02-03T04:05:06Z');
    const file = JSON.parse(
      await sealSecret(Buffer.from('t0ken'), { recipients: [ada.recipient], now, command: null }),
    );
    const key = openedByAge(ada.secret, file.sops.age[0].enc) as Buffer;
    const enc = (age(['-a', '-r', bob.recipient], key) as Buffer).toString('latin1');
    file.sops.age = [{ recipient: bob.recipient, enc }];
    expect((await openSecret(JSON.stringify(file), await ringOf(bob.secret))).toString()).toBe('t0ken');
  });

  it('takes the keys that are made here, and the other way round', async () => {
    const { recipient, secret } = await generateKeyPair();
    const path = join(testFolder(), 'key');
    writeFileSync(path, `${secret}\n`, { mode: 0o600 });
    expect(spawnSync('age-keygen', ['-y', path]).stdout.toString().trim()).toBe(recipient);
    const theirs = join(testFolder(), 'key');
    spawnSync('age-keygen', ['-o', theirs]);
    const ring = await ringOf(readFileSync(theirs, 'utf8'));
    expect(ring.recipients).toEqual([spawnSync('age-keygen', ['-y', theirs]).stdout.toString().trim()]);
  });
});

/** A value of sops, as its format is described. */
function decrypted(value: string, key: Buffer, additional: string): Buffer {
  const part = (name: string) =>
    Buffer.from(new RegExp(`${name}:([^,\\]]*)`).exec(value)?.[1] ?? '', 'base64');
  const cipher = createDecipheriv('aes-256-gcm', key, part('iv'));
  cipher.setAAD(Buffer.from(additional)).setAuthTag(part('tag'));
  return Buffer.concat([cipher.update(part('data')), cipher.final()]);
}
