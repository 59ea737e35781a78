/** How many texts of a file keep their trees while it is edited. */
import { expect, test } from 'vitest';
import { folder, smallWorkspace } from './support.ts';

test('only the last texts of a file keep their trees, and the others are parsed again', () => {
  const workspace = smallWorkspace(folder({ 'a.nix': '0' }));
  const parsed = [1, 2, 3, 4, 5].map(value => {
    workspace.open('a.nix', String(value));
    const file = workspace.files.parse('a.nix');
    return { file, root: file?.root };
  });
  const isKept = parsed.map(({ file, root }) => file?.root === root);
  expect(isKept).toEqual([false, false, true, true, true]);
  expect(parsed.map(({ file }) => file?.root)).toEqual(parsed.map(({ root }) => root));
});
