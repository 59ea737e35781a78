/** Which nixpkgs a lock file names, and what is asked of it. */
import { describe, expect, it } from 'vitest';
import {
  lockedNixpkgs,
  nixPackagesIn,
  nixSystem,
  packagesExpression,
} from '../../../server/src/generate/run/nixpkgs.ts';

const node = (rev: string) => ({
  locked: { type: 'github', owner: 'NixOS', repo: 'nixpkgs', rev, narHash: 'sha256-x' },
});
const lock = (nodes: object) => JSON.stringify({ version: 7, root: 'root', nodes });

describe('the nixpkgs of a flake', () => {
  it.each([
    [
      'an input',
      { root: { inputs: { nixpkgs: 'nixpkgs_2' } }, nixpkgs: node('other'), nixpkgs_2: node('own') },
    ],
    [
      "what another input has, which follows a third's",
      {
        root: { inputs: { nixpkgs: ['clan-core', 'nixpkgs'], 'clan-core': 'clan', base: 'base' } },
        clan: { inputs: { nixpkgs: ['base', 'nixpkgs'] } },
        base: { inputs: { nixpkgs: 'n' } },
        n: node('own'),
      },
    ],
  ])('is %s', (_, nodes) => {
    expect(lockedNixpkgs(lock(nodes))).toMatchObject({ rev: 'own' });
  });

  it.each([
    ['no input of that name', lock({ root: { inputs: {} } })],
    ['inputs in a cycle', lock({ root: { inputs: { nixpkgs: ['nixpkgs'] } } })],
    [
      'nothing that is locked',
      lock({ root: { inputs: { nixpkgs: 'n' } }, n: { locked: { type: 'github' } } }),
    ],
    ['no lock file', '<<<<<<< HEAD'],
    ['something else', '[1]'],
  ])('is none with %s', (_, text) => {
    expect(lockedNixpkgs(text)).toBeNull();
  });

  it('is asked for names alone, whatever they are', () => {
    const text = packagesExpression({ url: 'a"${b}\\' }, 'x86_64-linux', [
      'openssl',
      'python3Packages.cryptography',
      'evil; builtins.abort "x"',
      '${x}',
    ]);
    expect(text).toContain('"openssl" = told (pkgs."openssl" or null);');
    expect(text).toContain('told (pkgs."python3Packages"."cryptography" or null);');
    expect(text).toContain(String.raw`(builtins.fromJSON "{\"url\":\"a\\\"\${b}\\\\\"}")`);
    expect(text).not.toContain('evil');
    expect(text).not.toContain('told (pkgs."${x}"');
  });

  it('has what it says that it has', () => {
    const tool = { output: '/nix/store/a.drv!out', path: '/nix/store/b' };
    expect([...nixPackagesIn({ tool, broken: null, odd: { path: 'b' } })]).toEqual([
      ['tool', tool],
      ['broken', null],
      ['odd', null],
    ]);
    expect(nixPackagesIn('x').size).toBe(0);
  });

  it('is that of this system', () => {
    expect([nixSystem('linux', 'x64'), nixSystem('darwin', 'arm64'), nixSystem('win32', 'x64')]).toEqual([
      'x86_64-linux',
      'aarch64-darwin',
      null,
    ]);
  });
});
