import { armor, Decrypter, generateHybridIdentity, identityToRecipient } from 'age-encryption';
import { describe, expect, it } from 'vitest';
import { encryptTo, generateKeyPair } from '../../../server/src/store/age/crypt.ts';

const opened = async (secret: string, file: string) => {
  const library = new Decrypter();
  library.addIdentity(secret);
  return Buffer.from(await library.decrypt(armor.decode(file)));
};

const sealed = (recipients: readonly string[], text: string) =>
  encryptTo(recipients, Buffer.from(text), null);

describe('an age file', () => {
  it('opens for each of its recipients and for nobody else', async () => {
    const [ada, bob, eve] = [await generateKeyPair(), await generateKeyPair(), await generateKeyPair()];
    const file = await sealed([ada.recipient, bob.recipient], 'for two');
    expect((await opened(ada.secret, file)).toString()).toBe('for two');
    expect((await opened(bob.secret, file)).toString()).toBe('for two');
    await expect(opened(eve.secret, file)).rejects.toThrow('no identity matched');
  });

  it('is another one every time', async () => {
    const { recipient } = await generateKeyPair();
    expect(await sealed([recipient], 'same')).not.toEqual(await sealed([recipient], 'same'));
  });

  it('can have recipients of several kinds', async () => {
    const { recipient, secret } = await generateKeyPair();
    const hybrid = await generateHybridIdentity();
    const file = await sealed([await identityToRecipient(hybrid), recipient], 'later');
    for (const identity of [hybrid, secret]) expect((await opened(identity, file)).toString()).toBe('later');
  });
});

it('refuses a recipient with a changed or missing letter, or of another kind', async () => {
  const { recipient, secret } = await generateKeyPair();
  const changed = `${recipient.slice(0, -1)}${recipient.endsWith('q') ? 'p' : 'q'}`;
  for (const text of [changed, recipient.slice(0, -1)])
    await expect(sealed([text], 'x')).rejects.toThrow('its checksum does not match');
  for (const text of [recipient.toUpperCase(), secret, 'age1', 'age', ''])
    await expect(sealed([text], 'x')).rejects.toThrow('is not an age recipient');
});
