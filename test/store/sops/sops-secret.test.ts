import { describe, expect, it } from 'vitest';
import { generateKeyPair, type Keyring, openKeyring } from '../../../server/src/store/age/crypt.ts';
import { parseIdentities } from '../../../server/src/store/age/recipients.ts';
import {
  mustLoseNoKey,
  openSecret,
  resealSecret,
  sealSecret,
} from '../../../server/src/store/sops/sops-secret.ts';
import { StoreFailure } from '../../../server/src/store/store-failure.ts';
import { hasAge, readSopsIndependently } from '../independent-reader.ts';

const NOW = new Date('2026-02-03T04:05:06.789Z');
const CANARY = 'canary-7f3a-do-not-print';

const ringOf = (...secrets: string[]): Promise<Keyring> =>
  openKeyring(parseIdentities(secrets.join('\n'), 'the test').identities, null);

async function somebody() {
  const pair = await generateKeyPair();
  return { ...pair, ring: await ringOf(pair.secret) };
}

async function failureOf(promise: Promise<unknown>): Promise<StoreFailure> {
  const error = await promise.then(
    () => new Error('was not refused'),
    (reason: unknown) => reason,
  );
  if (!(error instanceof StoreFailure)) throw error;
  expect(error.message).not.toContain(CANARY);
  expect(error.message).not.toContain('AGE-SECRET-KEY');
  return error;
}

const seal = (text: string | Uint8Array, ...recipients: string[]) =>
  sealSecret(Buffer.from(text), { recipients, now: NOW, command: null });

describe('a secret in the binary store of sops', () => {
  it.each([
    ['nothing', Buffer.alloc(0)],
    ['one newline', Buffer.from('\n')],
    ['every byte value', Buffer.from(Array.from({ length: 16 * 1024 }, (_, i) => i % 256))],
    ['text', Buffer.from('päss wörd\n')],
  ])('keeps %s', async (_, plaintext) => {
    const me = await somebody();
    expect(await openSecret(await seal(plaintext, me.recipient), me.ring)).toEqual(plaintext);
  });

  it.skipIf(!hasAge)('is read by the age command and a reader that shares nothing with ours', async () => {
    const [me, you] = [await somebody(), await somebody()];
    const plaintext = Buffer.from(Array.from({ length: 256 }, (_, i) => i));
    const text = await seal(plaintext, me.recipient, you.recipient);
    expect(readSopsIndependently(text, me.secret)).toEqual(plaintext);
    expect(readSopsIndependently(text, you.secret)).toEqual(plaintext);
  });

  it('has the form that sops writes', async () => {
    const me = await somebody();
    const text = await seal('x', me.recipient);
    const shape = text
      .replace(/ENC\[AES256_GCM,data:[^,]+,iv:[^,]{44},tag:[^,]{24},type:str\]/g, 'ENC')
      .replace(/BEGIN AGE ENCRYPTED FILE-----\\n([A-Za-z0-9+/=]{1,64}\\n)+-----END/g, 'AGE');
    expect(shape).toBe(`{
\t"data": "ENC",
\t"sops": {
\t\t"age": [
\t\t\t{
\t\t\t\t"enc": "-----AGE AGE ENCRYPTED FILE-----\\n",
\t\t\t\t"recipient": "${me.recipient}"
\t\t\t}
\t\t],
\t\t"lastmodified": "2026-02-03T04:05:06Z",
\t\t"mac": "ENC",
\t\t"version": "3.13.2"
\t}
}
`);
    expect(text).not.toContain(CANARY);
  });

  it('is encrypted to a recipient once, however often they are named', async () => {
    const me = await somebody();
    expect(JSON.parse(await seal('x', me.recipient, me.recipient)).sops.age).toHaveLength(1);
  });

  it('is sealed for nobody neither without recipients nor with a damaged one', async () => {
    const me = await somebody();
    expect((await failureOf(seal(CANARY))).message).toBe('There are no recipients to encrypt to.');
    const damaged = `${me.recipient.slice(0, -1)}${me.recipient.endsWith('q') ? 'p' : 'q'}`;
    expect((await failureOf(seal(CANARY, damaged))).message).toContain('its checksum does not match');
    expect((await failureOf(seal(CANARY, 'alice'))).message).toContain('"alice" is not an age recipient');
    expect((await failureOf(seal(CANARY, 'ssh-ed25519 AAAA'))).message).toContain('needs the "age" command');
  });
});

describe('what is refused', () => {
  async function sealed() {
    const me = await somebody();
    const text = await seal(CANARY, me.recipient);
    const refuse = (changed: string) => failureOf(openSecret(changed, me.ring));
    return { me, text, file: JSON.parse(text), refuse };
  }

  it('a value of another file', async () => {
    const { me, file, refuse } = await sealed();
    const other = JSON.parse(await seal('other', me.recipient));
    const failure = await refuse(JSON.stringify({ ...file, data: other.data }));
    expect(failure.kind).toBe('authentication-error');
    expect(failure.message).toContain('belongs to another file');
  });

  it('a changed date', async () => {
    const { text, refuse } = await sealed();
    const failure = await refuse(text.replace('2026-02-03T04:05:06Z', '2026-02-03T04:05:07Z'));
    expect(failure.kind).toBe('mac-error');
    expect(failure.message).toContain('"lastmodified"');
  });

  it('a date that is none', async () => {
    const { text, refuse } = await sealed();
    expect((await refuse(text.replace('2026-02-03T04:05:06Z', 'today'))).kind).toBe('malformed');
  });

  it('a missing MAC, and one of another file', async () => {
    const { me, file, refuse } = await sealed();
    const { mac, ...rest } = file.sops;
    expect((await refuse(JSON.stringify({ ...file, sops: rest }))).message).toContain('has no MAC');
    const other = JSON.parse(await seal('other', me.recipient));
    const swapped = await refuse(JSON.stringify({ ...file, sops: { ...rest, mac: other.sops.mac } }));
    expect(swapped.kind).toBe('mac-error');
    expect(mac).not.toBe(other.sops.mac);
  });

  it('an emptied value: the MAC knows of it', async () => {
    const { file, refuse } = await sealed();
    const failure = await refuse(JSON.stringify({ ...file, data: '' }));
    expect(failure.kind).toBe('mac-error');
    expect(failure.message).toContain('does not match');
  });

  it('a file that was cut off, wherever', async () => {
    const { text, refuse } = await sealed();
    for (const length of [0, 1, 10, 100, 400, text.length - 3])
      expect((await refuse(text.slice(0, length))).message).toContain('cut off');
  });

  it('a plaintext in the place of the secret', async () => {
    const { file, refuse } = await sealed();
    expect((await refuse(JSON.stringify({ ...file, data: 'plain' }))).kind).toBe('malformed');
  });

  it('somebody whose key it is not encrypted to, by name', async () => {
    const { text, me } = await sealed();
    const you = await somebody();
    const failure = await failureOf(openSecret(text, you.ring));
    expect(failure.kind).toBe('no-matching-key');
    expect(failure.message).toContain(me.recipient);
    expect(failure.message).toContain(you.recipient);
  });

  it('a change of any single character that carries meaning', async () => {
    const { me, text, file } = await sealed();
    const free = freeRanges(text, [file.sops.age[0].recipient, '3.13.2']);
    let accepted = '';
    for (let i = 0; i < text.length; i += 3) {
      if (free.some(([start, end]) => i >= start && i < end) || /\s/.test(text[i] ?? '')) continue;
      const changed = text.slice(0, i) + (text[i] === 'A' ? 'B' : 'A') + text.slice(i + 1);
      const opened = await openSecret(changed, me.ring).then(
        bytes => bytes.toString(),
        (error: unknown) => (error instanceof StoreFailure ? null : Promise.reject(error)),
      );
      if (opened !== null) accepted += text[i];
    }
    // Names of fields that no reader looks at: "version" and "recipient" would be missed, the rest is bound.
    expect(accepted.replaceAll(/[a-z"]/g, '')).toBe('');
  });
});

/** Where a text does not vouch for itself: the recipient's name beside its entry, and the version. */
function freeRanges(text: string, parts: readonly string[]): readonly (readonly [number, number])[] {
  return parts.map(part => [text.indexOf(part), text.indexOf(part) + part.length] as const);
}

describe('other recipients', () => {
  it('can read it, with the value and its MAC as they were', async () => {
    const [me, you] = [await somebody(), await somebody()];
    const before = await seal(CANARY, me.recipient);
    const after = await resealSecret(before, me.ring, {
      recipients: [me.recipient, you.recipient],
      command: null,
    });
    expect((await openSecret(after, you.ring)).toString()).toBe(CANARY);
    const [old, fresh] = [JSON.parse(before), JSON.parse(after)];
    expect([fresh.data, fresh.sops.mac, fresh.sops.lastmodified]).toEqual([
      old.data,
      old.sops.mac,
      old.sops.lastmodified,
    ]);
  });

  it('shut out who is no longer one', async () => {
    const [me, you] = [await somebody(), await somebody()];
    const before = await seal(CANARY, me.recipient, you.recipient);
    const after = await resealSecret(before, me.ring, { recipients: [me.recipient], command: null });
    expect((await failureOf(openSecret(after, you.ring))).kind).toBe('no-matching-key');
  });

  it('take a file from keys of other kinds, which no recipients are', async () => {
    const me = await somebody();
    const file = JSON.parse(await seal(CANARY, me.recipient));
    const sops = {
      ...file.sops,
      pgp: [{ fp: 'AB', enc: 'x' }],
      tomorrow: [{ name: 'of a later sops', enc: 'x' }],
    };
    const text = JSON.stringify({ ...file, sops });
    expect(() => mustLoseNoKey(text)).toThrow('keys of pgp, tomorrow');
    const after = await resealSecret(text, me.ring, { recipients: [me.recipient], command: null });
    expect(Object.keys(JSON.parse(after).sops)).toEqual(Object.keys(file.sops));
    expect((await openSecret(after, me.ring)).toString()).toBe(CANARY);
  });

  it('do not get a file that was tampered with', async () => {
    const me = await somebody();
    const file = JSON.parse(await seal(CANARY, me.recipient));
    const options = { recipients: [me.recipient], command: null };
    const sops = { ...file.sops, lastmodified: '2026-01-01T00:00:00Z' };
    const refused = await failureOf(resealSecret(JSON.stringify({ ...file, sops }), me.ring, options));
    expect(refused.kind).toBe('mac-error');
  });
});
