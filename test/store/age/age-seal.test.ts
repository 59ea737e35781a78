import { armor, Decrypter, generateHybridIdentity, identityToRecipient } from 'age-encryption';
import { describe, expect, it } from 'vitest';
import { armored, sealingKey, sealTo } from '../../../server/src/store/age/age-seal.ts';
import { encryptTo, generateKeyPair } from '../../../server/src/store/age/crypt.ts';

const opened = async (secret: string, file: Uint8Array) => {
  const library = new Decrypter();
  library.addIdentity(secret);
  return Buffer.from(await library.decrypt(file));
};

const keyOf = (recipient: string) => {
  const key = sealingKey(recipient);
  if (key === null) throw new Error(`${recipient} is no recipient`);
  return key;
};

describe('an age file that is sealed here', () => {
  it.each([0, 1, 32, 65_535, 65_536, 65_537, 131_072, 200_000])('of %i bytes opens elsewhere', async size => {
    const { recipient, secret } = await generateKeyPair();
    const plaintext = Buffer.alloc(size, 'plain');
    const file = sealTo([keyOf(recipient)], plaintext);
    expect((await opened(secret, file)).equals(plaintext)).toBe(true);
    expect(file.length).toBeGreaterThan(size);
  });

  it('opens for each of its recipients and for nobody else', async () => {
    const [ada, bob, eve] = [await generateKeyPair(), await generateKeyPair(), await generateKeyPair()];
    const file = sealTo([keyOf(ada.recipient), keyOf(bob.recipient)], Buffer.from('for two'));
    expect((await opened(ada.secret, file)).toString()).toBe('for two');
    expect((await opened(bob.secret, file)).toString()).toBe('for two');
    await expect(opened(eve.secret, file)).rejects.toThrow('no identity matched');
  });

  it.each([0, 1, 47, 48, 49, 96, 1000])('of %i bytes has the armor that others give it', size => {
    const file = Buffer.alloc(size, 'abc');
    expect(armored(file)).toBe(armor.encode(file));
  });

  it('is another one every time', async () => {
    const key = keyOf((await generateKeyPair()).recipient);
    expect(sealTo([key], Buffer.from('same'))).not.toEqual(sealTo([key], Buffer.from('same')));
  });
});

describe('a recipient', () => {
  it('with a letter changed, cut off, or of another kind is none', async () => {
    const { recipient, secret } = await generateKeyPair();
    const last = recipient.endsWith('q') ? 'p' : 'q';
    const wrong = [
      `${recipient.slice(0, -1)}${last}`,
      recipient.slice(0, -1),
      recipient.toUpperCase(),
      secret,
    ];
    for (const text of [...wrong, 'age1', 'age', '']) expect(sealingKey(text)).toBeNull();
    await expect(encryptTo([`${recipient.slice(0, -1)}${last}`], Buffer.from('x'), null)).rejects.toThrow(
      'its checksum does not match',
    );
  });

  it('of another kind is left to the library, with all that the file is for', async () => {
    const { recipient, secret } = await generateKeyPair();
    const hybrid = await generateHybridIdentity();
    const text = await encryptTo([await identityToRecipient(hybrid), recipient], Buffer.from('later'), null);
    for (const one of [hybrid, secret])
      expect((await opened(one, armor.decode(text))).toString()).toBe('later');
  });
});
