// Addresses of any kind as paths, and back.
import { describe, expect, it } from 'vitest';
import { VIRTUAL } from '../../server/src/lsp/addresses.ts';

describe('an address that is no file of ours', () => {
  it.each([
    ['vscode-vfs://github/somebody/fleet/a%20b.nix', '/vscode-vfs:github/somebody/fleet/a b.nix'],
    ['memfs:/fleet/flake.nix', '/memfs:/fleet/flake.nix'],
    ['vscode-remote://localhost%3A8080/home/ada', '/vscode-remote:localhost%3A8080/home/ada'],
    ['file:///home/ada/flake.nix', '/file:/home/ada/flake.nix'],
    ['memfs:/', '/memfs:'],
  ])('%s is a path, and the path that address', (uri, path) => {
    expect(VIRTUAL.pathOf(uri)).toBe(path);
    expect(VIRTUAL.uriOf(path)).toBe(uri);
  });

  it('is no path where it names no place in a tree', () => {
    for (const uri of ['untitled:Untitled-1', 'memfs:/a%', 'nothing']) expect(VIRTUAL.pathOf(uri)).toBeNull();
  });
});
