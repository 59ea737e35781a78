// Paths as a browser's worker has them, held against Node's.
import { posix } from 'node:path';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import * as path from '../../server/src/browser/path.ts';

const name = fc.constantFrom('a', 'b.nix', '.', '..', '', 'vscode-vfs:github', 'ä');
const relative = fc.array(name, { maxLength: 6 }).map(names => names.join('/'));
const absolute = relative.map(rest => `/${rest}`);
const any = fc.oneof(relative, absolute);

it('joins and takes apart as Node does', () => {
  fc.assert(
    fc.property(any, any, (a, b) => {
      expect(path.normalize(a)).toBe(posix.normalize(a));
      expect(path.join(a, b)).toBe(posix.join(a, b));
      const plain = posix.normalize(a);
      expect(path.dirname(plain)).toBe(posix.dirname(plain));
      expect(path.basename(a)).toBe(posix.basename(a));
      expect(path.basename(a, '.nix')).toBe(posix.basename(a, '.nix'));
      expect(path.isAbsolute(a)).toBe(posix.isAbsolute(a));
    }),
  );
});

it('finds the way between absolute paths as Node does', () => {
  fc.assert(
    fc.property(absolute, absolute, any, (a, b, c) => {
      expect(path.relative(a, b)).toBe(posix.relative(a, b));
      expect(path.resolve(a, c)).toBe(posix.resolve(a, c));
    }),
  );
});
