import { describe, expect, it } from 'vitest';
import { validationHash } from '../../../server/src/store/vars/validation.ts';

// Each hash was made with `builtins.hashString "sha256" (builtins.toJSON …)`.

describe('the hash of a validation', () => {
  it.each([
    [1n, '6b86b273ff34fce19d6b804eff5a3f5747ada4eaa22f1d49c01e52ddb7875b4b'],
    ['v1', '161078e42e8fef3ba4b9c984035baa2e431a50b31a18ac95614cc6820394af13'],
    [{ hostname: 'foo' }, '9f6a0273b84ff6f3e640ee624346debb6663d53c9a1e7af9721caf15348f5cf8'],
    [
      { b: true, a: { d: '\n\t"\\', c: -5n } },
      '6bf1a6b82ed64eb8e64a516845c7dc312de21c9070f7516edbe79d444cddf55c',
    ],
    ['é\u0007', 'ddc217d27b37c2920297c264a694fe5e58e51d0100827694e1582f998a8228e4'],
  ])('%o', (validation, hash) => {
    expect(validationHash(validation)).toBe(hash);
  });

  it('does not depend on the order in which names are written', () => {
    expect(validationHash({ b: 1n, a: { d: true, c: 'x' } })).toBe(
      validationHash({ a: { c: 'x', d: true }, b: 1n }),
    );
  });

  it('sorts names as Nix does, by their bytes', () => {
    expect(validationHash({ '\u{10000}': 1n, '\uffff': 2n })).toBe(
      validationHash({ '\uffff': 2n, '\u{10000}': 1n }),
    );
  });

  it('is none where nothing is validated', () => {
    expect(validationHash(null)).toBeNull();
  });
});
