import { execFileSync, spawnSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it, test } from 'vitest';
import { MOST_SHOWN, redacted, redactedAll } from '../../../server/src/generate/redaction/redact.ts';

const bytes = (text: string | Uint8Array) => Buffer.from(text);

/** The same numbers for the same seed: mulberry32. */
function random(seed: number): (below: number) => number {
  let state = seed;
  return below => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

const SECRETS = {
  plain: 'canary-9f31-plain',
  quoted: `canary-9f31-it's "odd" \\ $x`,
  accents: 'canary-9f31-pässwört',
  astral: '😀canary-9f31-😀 秘密の言葉',
  escapes: 'canary\\n9f31%41\\\\x41',
  spaced: 'correct horse battery staple',
};

/** Octal digits of each byte, as Bash writes what is no text of its locale. */
const octal = (text: string) =>
  [...bytes(text)].map(one => (one > 126 ? `\\${one.toString(8)}` : String.fromCharCode(one))).join('');
const base32 = (text: string | Uint8Array) => {
  const bits = [...bytes(text)].map(one => one.toString(2).padStart(8, '0')).join('');
  const groups = bits.match(/.{1,5}/g) ?? [];
  return groups
    .map(one => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'[Number.parseInt(one.padEnd(5, '0'), 2)])
    .join('');
};
const jsonAscii = (text: string) =>
  JSON.stringify(text).replace(/[^ -~]/g, one => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`);

const FORMS: Readonly<Record<string, (secret: string) => string>> = {
  'as it is': one => one,
  "in Bash's quotes": one => `'${one.replaceAll("'", `'\\''`)}'`,
  "in Bash's $'…'": one => `$'${octal(one.replaceAll('\\', '\\\\').replaceAll("'", "\\'"))}'`,
  "in Bash's $'…' with \\u": one =>
    `$'${[...one].map(char => (char > '~' ? `\\U${char.codePointAt(0)?.toString(16).padStart(8, '0')}` : char)).join('')}'`,
  'by %q': one =>
    execFileSync('/bin/bash', ['--norc', '-c', `printf %q "$1"`, 'bash', one], { encoding: 'utf8' }),
  'by %q in the C locale': one =>
    execFileSync('/bin/bash', ['--norc', '-c', `printf %q "$1"`, 'bash', one], {
      encoding: 'utf8',
      env: { LC_ALL: 'C' },
    }),
  'by ${x@Q}': one =>
    execFileSync('/bin/bash', ['--norc', '-c', `echo "\${1@Q}"`, 'bash', one], { encoding: 'utf8' }),
  'in JSON': one => JSON.stringify(one),
  'in JSON of ASCII': jsonAscii,
  'in a URL': one => encodeURIComponent(one),
  'in a URL, in small letters': one => encodeURIComponent(one).toLowerCase(),
  'in a form': one => new URLSearchParams({ q: one }).toString(),
  'in base64': one => bytes(one).toString('base64'),
  'in base64, one byte later': one => bytes(`x${one}`).toString('base64'),
  'in base64, two bytes later': one => bytes(`xy${one}`).toString('base64'),
  'in base64 without padding': one => bytes(one).toString('base64').replaceAll('=', ''),
  'in base64 for URLs': one => bytes(one).toString('base64url'),
  'in base64, in lines': one =>
    (
      bytes(`x${one}`)
        .toString('base64')
        .match(/.{1,7}/g) ?? []
    ).join('\n'),
  'in base32': base32,
  'in base32, three bytes later, in small letters': one => base32(`abc${one}`).toLowerCase(),
  'in hex': one => bytes(one).toString('hex'),
  'in hex, in capitals': one => bytes(one).toString('hex').toUpperCase(),
  'in hex, in pairs': one => (bytes(one).toString('hex').match(/../g) ?? []).join(' '),
  'in hex of \\x': one => [...bytes(one)].map(byte => `\\x${byte.toString(16).padStart(2, '0')}`).join(''),
  backwards: one => [...one].reverse().join(''),
  'in capitals': one => one.toUpperCase(),
  'in lines': one => (one.match(/.{1,5}/gu) ?? []).join('\n'),
};

/** Commands of coreutils, bsdextrautils and vim that dump bytes, as far as they are installed. */
const DUMPS = [
  ...[
    'od',
    'od -c',
    'od -b',
    'od -x',
    'od -d',
    'od -i',
    'od -l',
    'od -t x1',
    'od -t x4',
    'od -t x8',
    'od -t u1',
  ],
  ...[
    'od -t d1',
    'od -t o8',
    'od -A n -t x1 -w4',
    'hexdump',
    'hexdump -C',
    'xxd',
    'xxd -g1',
    'xxd -b',
    'xxd -p',
  ],
  ...['xxd -i', 'xxd -e', 'iconv -f UTF-8 -t UTF-16', 'iconv -f UTF-8 -t UTF-16BE'],
].filter(command => spawnSync('which', [command.split(' ')[0] as string]).status === 0);

describe.each(DUMPS)('a secret that %s writes', command => {
  test.each(Object.entries({ ...SECRETS, long: 'kQ7!vZ2m'.repeat(9), key: randomKey() }))(
    'is not shown: %s',
    (_, secret) => {
      const dump = execFileSync('/bin/sh', ['-c', command], { input: secret });
      const shown = redacted(Buffer.concat([bytes('before '), dump, bytes(' after')]), [bytes(secret)]);
      expect(shown).toMatch(/^before.*\[secret\].*after$/s);
      // What is left are offsets, text columns of less than eight characters, and separators.
      expect(shown?.replace(/\[secret\]/g, '').length).toBeLessThan(90);
    },
  );
});

function randomKey(): string {
  return Buffer.from(Array.from({ length: 32 }, (_, i) => (i * 73 + 11) % 256)).toString('base64');
}

describe('a key', () => {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;
  const body = pem.split('\n').slice(1, -2).join('');
  const der = Buffer.from(body, 'base64');
  const raw = Buffer.from(randomKey(), 'base64');
  const scalar = Buffer.from(Array.from({ length: 32 }, (_, i) => (i * 91 + 5) % 256));
  const bech32 = [...scalar, 0]
    .map(byte => byte.toString(2).padStart(8, '0'))
    .join('')
    .slice(0, 260)
    .match(/.{5}/g)
    ?.map(bits => 'QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L'[Number.parseInt(bits, 2)])
    .join('');
  const identity = `# created\nAGE-SECRET-KEY-1${bech32}QQQQQQ\n`;

  it.each([
    ['the body of a PEM in one line', pem, body],
    ['a PEM in hex', pem, der.toString('hex')],
    [
      'a PEM as OpenSSL writes it',
      pem,
      (der.toString('hex').match(/../g) ?? []).join(':').replace(/(.{45})/g, '$1\n    '),
    ],
    ['base64 in hex', randomKey(), raw.toString('hex')],
    ['hex in base64', raw.toString('hex'), raw.toString('base64')],
    ['base32 in hex', base32(raw), raw.toString('hex')],
    ['numbers of JSON', 'canary-9f31-plain', JSON.stringify(bytes('canary-9f31-plain').toJSON())],
    ['an identity of age in hex', identity, scalar.toString('hex')],
    ['an identity of age in small letters', identity, identity.split('\n')[1]?.toLowerCase() ?? ''],
    [
      'UTF-16 in base64',
      'canary-9f31-pässwört',
      Buffer.from('canary-9f31-pässwört', 'utf16le').toString('base64'),
    ],
  ])('is not shown as %s', (_, secret, form) => {
    const shown = redacted(`before ${form} after`, [bytes(secret)]);
    expect(shown).toContain('[secret]');
    expect(shown?.length).toBeLessThan(70);
  });
});

describe.each(Object.entries(FORMS))('a secret %s', (_, form) => {
  test.each(Object.entries(SECRETS))('is not shown: %s', (_, secret) => {
    const shown = redacted(`before ${form(secret)} after`, [bytes(secret)]);
    // At the edges of an encoding, characters may stay that say nothing by themselves.
    expect(shown).toMatch(/^before ?.{0,5}\[secret\].{0,6}after$/s);
  });
});

describe('a piece of a secret', () => {
  it('of eight characters or more is not shown, wherever it is cut off', () => {
    const next = random(1);
    for (let round = 0; round < 300; round++) {
      const secret = Array.from({ length: 16 + next(40) }, () => String.fromCharCode(33 + next(94))).join('');
      const from = next(secret.length - 8);
      const piece = secret.slice(from, from + 8 + next(secret.length));
      const shown = redacted(`said: ${piece}\n`, [bytes(`${secret}\n`)]);
      for (let at = 0; at + 8 <= piece.length; at++) expect(shown).not.toContain(piece.slice(at, at + 8));
      const encoded = bytes(piece).toString('base64');
      expect(redacted(`said: ${encoded}\n`, [bytes(secret)])).not.toContain(encoded.slice(4, 12));
    }
  });

  it('of bytes that are no text is found where it is encoded', () => {
    const next = random(2);
    for (let round = 0; round < 100; round++) {
      const key = Buffer.from(Array.from({ length: 32 }, () => next(256)));
      for (const form of [key.toString('hex'), key.toString('base64'), base32(key), key.toString('latin1')])
        expect(redacted(`key ${form}`, [key])?.length ?? 0).toBeLessThan(24 + (form.length === 32 ? 20 : 0));
    }
  });
});

describe('lines of a secret', () => {
  const key =
    '-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2Vw\nshort\nBCIEIAAA91b2c3d4\n-----END PRIVATE KEY-----\n';

  it('count by themselves, short ones too', () => {
    expect(redacted('a short one, BCIEIAAA91b2c3d4', [bytes(key)])).toBe('a [secret] one, [secret]');
    expect(redacted(`it is:\n${key}.`, [bytes(key)])).toBe(
      'it is:\n-----BEGIN PRIVATE KEY-----\n[secret]\n-----END PRIVATE KEY-----\n.',
    );
  });

  it('that are the same in all keys are shown', () => {
    const said = 'expected -----BEGIN PRIVATE KEY-----, not -----BEGIN CERTIFICATE-----';
    expect(redacted(said, [bytes(key)])).toBe(said);
  });
});

describe('what is shown', () => {
  it('is everything where there is no secret', () => {
    expect(redacted('line 1\nline 2', [])).toBe('line 1\nline 2');
    expect(redacted('line 1\nline 2', [bytes('')])).toBe('line 1\nline 2');
  });

  it('is every word that only looks a little like a secret', () => {
    const next = random(3);
    const words =
      'error: cannot open /run/x.conf (No such file); see https://example.org/a?b=c for 1234567890abcdef'.split(
        ' ',
      );
    const secrets = Array.from({ length: 20 }, () =>
      Buffer.from(Array.from({ length: 64 }, () => 33 + next(94))),
    );
    for (let round = 0; round < 50; round++) {
      const said = Array.from({ length: 40 }, () => words[next(words.length)]).join(
        next(2) === 0 ? ' ' : '\n',
      );
      expect(redacted(said, secrets)).toBe(said);
    }
  });

  it('keeps pieces of secrets that everybody can see, never a whole one', () => {
    const url = bytes('postgres://mail:hunter2-91b2@db.example.org/mail');
    const script = bytes('psql "postgres://mail:$(cat $prompts/password)@db.example.org/mail"');
    const said = 'cannot reach postgres://mail: db.example.org/mail refused hunter2-91b2';
    expect(redacted(said, [url], [script])).toBe(
      'cannot reach postgres://mail: db.example.org/mail refused [secret]',
    );
    expect(redacted('not changeme', [bytes('changeme')], [bytes('[ "$p" != changeme ]')])).toBe(
      'not [secret]',
    );
  });

  it('is nothing where a secret is too short to be told apart', () => {
    expect(redacted('pin 123', [bytes('123\n')])).toBeNull();
    expect(redacted('pin 124', [bytes('123\n')])).toBe('pin 124');
    expect(redacted("pins 1234, a'b'cd", [bytes('1234'), bytes(`a'bcd`)])).toBe('pins [secret], [secret]');
  });

  it('is whole characters', () => {
    // The second byte of both letters is the same.
    expect(redacted('Ĥécanary-9', [bytes('écanary-9')])).toBe('Ĥ[secret]');
    expect(redacted('xécanary-9é', [bytes('canary-9é').subarray(0, 9)])).toMatch(/^xé?\[secret\]é?$/);
  });

  it('is the same of many texts as of each', () => {
    const names = ['canary-9f31-plain', 'log', 'a/b canary-9f31', 'Y2FuYXJ5LTlmMzEtcGxhaW4='];
    expect(redactedAll(names, [bytes(SECRETS.plain)], [])).toEqual([
      '[secret]',
      'log',
      'a/b [secret]',
      '[secret]=',
    ]);
  });
});

test('a large key, much output, and both the same all over take no long', () => {
  const next = random(4);
  const key = Buffer.from(Array.from({ length: 64 * 1024 }, () => 33 + next(94)));
  const output = Buffer.concat([
    Buffer.alloc(16 * 1024 * 1024, 'y'),
    bytes('\nsaid '),
    key.subarray(5000, 5100),
  ]);
  const shown = redacted(output, [key, bytes('y'.repeat(64 * 1024)), bytes('ab'.repeat(32 * 1024))]) ?? '';
  expect(shown.endsWith('said [secret]')).toBe(true);
  expect(redacted('a'.repeat(MOST_SHOWN), [bytes('a'.repeat(64 * 1024))])).toBe('[secret]');
  expect(redacted('ab'.repeat(MOST_SHOWN / 2), [bytes('ab'.repeat(32 * 1024))])).toBe('[secret]');
  const lines = Array.from({ length: 20_000 }, (_, at) => `line${at % 1000}`).join('\n');
  expect(redacted(lines.slice(0, 50_000), [bytes(lines)])).toBe('[secret]');
});
