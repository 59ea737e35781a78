import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { generateKeyPair, openKeyring } from '../../../server/src/store/age/crypt.ts';
import { parseIdentities } from '../../../server/src/store/age/recipients.ts';
import { openDocument } from '../../../server/src/store/sops/sops-document.ts';
import { addValue, newDocument, removeValues } from '../../../server/src/store/sops/sops-edit.ts';
import { StoreFailure } from '../../../server/src/store/store-failure.ts';
import { runs } from '../../support/runs.ts';
import { hasAge, readSopsValuesIndependently } from '../independent-reader.ts';

const NOW = new Date('2026-02-03T04:05:06.789Z');
const LATER = new Date('2026-03-04T05:06:07Z');
const CANARY = 'canary-31c0-do-not-print';

interface Vector {
  readonly file: string;
  readonly format: 'binary' | 'json' | 'yaml';
  readonly identity: string;
  readonly expect: string;
}

const VECTORS = join(import.meta.dirname, '../vectors');
const { vectors } = JSON.parse(readFileSync(join(VECTORS, 'manifest.json'), 'utf8')) as {
  readonly vectors: readonly Vector[];
};

const ringOf = (identity: string) => openKeyring(parseIdentities(identity, 'the test').identities, null);

async function somebody() {
  const pair = await generateKeyPair();
  return { ...pair, ring: await ringOf(pair.secret) };
}

async function refusal(promise: Promise<unknown>): Promise<StoreFailure> {
  const error = await promise.then(
    () => new Error('was not refused'),
    (reason: unknown) => reason,
  );
  if (!(error instanceof StoreFailure)) throw error;
  expect(error.message).not.toContain(CANARY);
  return error;
}

/** Without what every change makes anew. */
const lasting = (text: string) => text.replaceAll(/^(\s*"?(?:lastmodified|mac)"?: ).*$/gm, '$1…');

const created = (format: 'json' | 'yaml', names: readonly string[], value: string, recipient: string) =>
  newDocument(
    format,
    { names, value: Buffer.from(value) },
    { recipients: [recipient], now: NOW, command: null, rule: null, macOnlyEncrypted: false },
  );

const add = (
  text: string,
  format: 'json' | 'yaml',
  ring: Awaited<ReturnType<typeof ringOf>>,
  name: string,
  value: string | Uint8Array = CANARY,
) => addValue(text, format, ring, { names: name.split('/'), value: Buffer.from(value) }, LATER);

describe('a file that sops wrote', () => {
  const whole = vectors.filter(
    one => one.expect === 'ok' && one.format !== 'binary' && !one.file.includes('comment-regex'),
  );
  /** Names that the rule of the file encrypts: those in `nest` or that end with a "d". */
  const named = (file: string, name: string) => (/-encrypted-regex/.test(file) ? `nest/${name}` : name);

  it.each(whole.map(one => [one.file, one] as const))(
    'takes a value and gives it up again: %s',
    async (file, { format, identity }) => {
      if (format === 'binary') return;
      const ring = await ringOf(identity);
      const text = readFileSync(join(VECTORS, file), 'utf8');
      const before = await openDocument(text, format, ring);
      for (const short of ['added', 'fresh/inner/added']) {
        const name = named(file, short);
        const edited = await add(text, format, ring, name);
        const { leaves } = await openDocument(edited, format, ring);
        expect(leaves).toHaveLength(before.leaves.length + 1);
        expect(leaves.find(({ path }) => path.join('/') === name)?.bytes?.toString()).toBe(CANARY);
        // Every line of before is there, in its order; in JSON a comma may have come behind one.
        const linesOf = (all: string) => lasting(all).replaceAll(/,$/gm, '').split('\n');
        const kept = linesOf(text);
        let at = 0;
        for (const line of linesOf(edited)) if (line === kept[at]) at++;
        expect(kept.slice(at)).toEqual([]);
        const removed = await removeValues(edited, format, ring, [name.split('/')], LATER);
        expect(lasting(removed ?? '')).toBe(lasting(text));
      }
    },
  );

  it.each(vectors.filter(one => one.file.includes('comment-regex')).map(one => [one.file, one] as const))(
    'in which comments decide is left alone: %s',
    async (file, { format, identity }) => {
      if (format === 'binary') return;
      const text = readFileSync(join(VECTORS, file), 'utf8');
      const { message } = await refusal(add(text, format, await ringOf(identity), 'added'));
      expect(message).toContain('Use "sops edit"');
    },
  );

  it('keeps the values that its rule leaves in plain', async () => {
    const me = await somebody();
    const text = await created('yaml', ['a'], 'x', me.recipient);
    const { message } = await refusal(add(text, 'yaml', me.ring, 'b_unencrypted'));
    expect(message).toContain('would leave "b_unencrypted" in plaintext');
  });
});

describe('a new file', () => {
  it('has the form that sops writes', async () => {
    const me = await somebody();
    const shape = (text: string) =>
      text
        .replaceAll(/ENC\[AES256_GCM,data:[^,]*,iv:[^,]{44},tag:[^,]{24},type:str\]/g, 'ENC')
        .replaceAll(/(?<=BEGIN AGE ENCRYPTED FILE-----)(\s*|\\n)([A-Za-z0-9+/=]{1,64}(\s+|\\n))+/g, '…');
    expect(shape(await created('yaml', ['api', 'token'], 'x', me.recipient))).toBe(`api:
    token: ENC
sops:
    age:
        - enc: |
            -----BEGIN AGE ENCRYPTED FILE-----…-----END AGE ENCRYPTED FILE-----
          recipient: ${me.recipient}
    lastmodified: "2026-02-03T04:05:06Z"
    mac: ENC
    unencrypted_suffix: _unencrypted
    version: 3.13.2
`);
    expect(shape(await created('json', ['api', 'token'], 'x', me.recipient))).toBe(`{
\t"api": {
\t\t"token": "ENC"
\t},
\t"sops": {
\t\t"age": [
\t\t\t{
\t\t\t\t"enc": "-----BEGIN AGE ENCRYPTED FILE-----…-----END AGE ENCRYPTED FILE-----\\n",
\t\t\t\t"recipient": "${me.recipient}"
\t\t\t}
\t\t],
\t\t"lastmodified": "2026-02-03T04:05:06Z",
\t\t"mac": "ENC",
\t\t"unencrypted_suffix": "_unencrypted",
\t\t"version": "3.13.2"
\t}
}
`);
  });

  it.skipIf(!hasAge)('is read by the age command and a reader that shares nothing with ours', async () => {
    const me = await somebody();
    for (const format of ['yaml', 'json'] as const) {
      const one = await created(format, ['api', 'token'], 'päss\nwörd', me.recipient);
      const two = await add(one, format, me.ring, 'api/key', 'k');
      const three = await add(two, format, me.ring, 'yes', '');
      expect(readSopsValuesIndependently(three, me.secret)).toEqual({
        'api/token': 'päss\nwörd',
        'api/key': 'k',
        yes: '',
      });
    }
  });

  it('is not there any more without its last value', async () => {
    const me = await somebody();
    const text = await created('yaml', ['api', 'token'], 'x', me.recipient);
    expect(await removeValues(text, 'yaml', me.ring, [['api', 'token']], LATER)).toBeNull();
  });
});

describe('values that come and go', () => {
  const name = fc
    .array(
      fc.oneof(
        fc.constantFrom(
          'a',
          'b',
          'c',
          'yes',
          '10',
          'null',
          'sp ace',
          'a:b',
          '#x',
          '"',
          '\\',
          'ü',
          '~',
          '-',
          '1e3',
        ),
        fc.string({ minLength: 1, maxLength: 6, unit: 'grapheme' }).filter(text => !/[/\n\r]/.test(text)),
      ),
      { minLength: 1, maxLength: 3 },
    )
    .filter(names => names[0] !== 'sops' && !names.some(one => one.endsWith('_unencrypted')));
  const step = fc.record({ names: name, value: fc.string({ unit: 'grapheme' }), goes: fc.boolean() });

  it.each(['yaml', 'json'] as const)('leave the others as they are (%s)', async format => {
    const me = await somebody();
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 8 }), async steps => {
        let text = await created(format, ['first'], 'f', me.recipient);
        const expected = new Map([['["first"]', 'f']]);
        for (const { names, value, goes } of steps) {
          const id = JSON.stringify(names);
          const options = { names, value: Buffer.from(value) };
          const next = await addValue(text, format, me.ring, options, LATER).catch(error => {
            // A value is there already, or in the way.
            if (!(error instanceof StoreFailure) || error.kind !== 'unsupported') throw error;
            expect(error.message).toMatch(/already|nothing can lie below/);
            return null;
          });
          if (next === null) continue;
          text = next;
          expected.set(id, value);
          if (!goes) continue;
          text = (await removeValues(text, format, me.ring, [names], LATER)) ?? '';
          expected.delete(id);
        }
        const { leaves } = await openDocument(text, format, me.ring);
        const found = new Map(
          leaves.map(({ path, bytes }) => [JSON.stringify(path), bytes?.toString() ?? '']),
        );
        expect(found).toEqual(expected);
      }),
      { numRuns: runs(60) },
    );
  });
});

describe('what cannot be', () => {
  it.each([
    ['a value that is there', 'a', /already has a value "a"/],
    ['a value below another one', 'a/b', /"a" is a value of the file/],
  ])('%s is refused', async (_, where, message) => {
    const me = await somebody();
    const text = await created('yaml', ['a'], 'x', me.recipient);
    expect((await refusal(add(text, 'yaml', me.ring, where))).message).toMatch(message);
  });

  it('bytes that are no text are refused', async () => {
    const me = await somebody();
    const text = await created('yaml', ['a'], 'x', me.recipient);
    const { message } = await refusal(add(text, 'yaml', me.ring, 'b', Uint8Array.of(0xff, 0xfe)));
    expect(message).toContain('The value is not text');
  });

  it('a file for others, and a damaged one, are refused', async () => {
    const [me, you] = [await somebody(), await somebody()];
    const text = await created('yaml', ['a'], 'x', you.recipient);
    expect((await refusal(add(text, 'yaml', me.ring, 'b'))).kind).toBe('no-matching-key');
    const changed = text.replace(/(?<=a: ENC\[AES256_GCM,data:)./, letter => (letter === 'A' ? 'B' : 'A'));
    expect((await refusal(add(changed, 'yaml', you.ring, 'b'))).kind).toBe('authentication-error');
    expect((await refusal(add(text.slice(0, 400), 'yaml', you.ring, 'b'))).message).not.toContain('ENC');
  });
});
