// What a browser has in the place of Node's modules.
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { requireInBrowser } from '../../server/src/browser/modules.ts';

const crypto = requireInBrowser('node:crypto') as { createHash: typeof createHash };

it.each(['md5', 'sha1', 'sha256', 'sha512'])('computes %s as Node does', name => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), text => {
      expect(crypto.createHash(name).update(text).digest('hex')).toBe(
        createHash(name).update(text).digest('hex'),
      );
    }),
  );
});

it('names any module, and refuses to use what a browser has not', () => {
  const { readFileSync, constants } = requireInBrowser('node:fs') as typeof import('node:fs');
  expect(() => constants.O_RDONLY).not.toThrow();
  expect(() => readFileSync('/etc/passwd')).toThrow('A browser has no fs: this needs the desktop.');
});
