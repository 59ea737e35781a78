// Texts as bytes, held against Node's own buffers.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  asByteString,
  compareBytes,
  fromByteString,
  sliceOfBytes,
  utf8Length,
} from '../../server/src/nix/bytes.ts';

const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string(),
  fc.constantFrom('ä', '\ufeffa', '\ud800', 'a\ud83d'),
);

describe('bytes of a text', () => {
  it('are as many, and in the same order, as in a buffer', () => {
    fc.assert(
      fc.property(text, text, (a, b) => {
        expect(utf8Length(a)).toBe(Buffer.byteLength(a));
        expect(Math.sign(compareBytes(a, b))).toBe(Buffer.from(a).compare(Buffer.from(b)));
      }),
    );
  });

  it('are one character each, there and back', () => {
    fc.assert(
      fc.property(text, a => {
        const bytes = Buffer.from(a);
        expect(asByteString(a)).toBe(bytes.toString('latin1'));
        expect(fromByteString(bytes.toString('latin1'))).toBe(bytes.toString('utf8'));
      }),
    );
    expect(fromByteString('\xe4')).toBeNull();
    expect(asByteString('ä'.repeat(10_000))).toBe(Buffer.from('ä'.repeat(10_000)).toString('latin1'));
  });

  it('are cut where characters end, else not at all', () => {
    expect(sliceOfBytes('fleet', 1, 3)).toBe('lee');
    expect(sliceOfBytes('fläet', 2, 2)).toBe('ä');
    expect(sliceOfBytes('fläet', 3, 2)).toBeNull();
    expect(sliceOfBytes('fläet', 4, 2 ** 40)).toBe('et');
  });
});
