// Paths follow files and folders that are moved.

import { expect, test } from 'vitest';
import { applyEdits, editsByFile } from '../../server/src/checks/engine/apply-fixes.ts';
import { type FileMove, pathsFollowing } from '../../server/src/editor/rename/move-files.ts';
import { loadEngine } from '../../server/src/workspace/engine.ts';
import { createWorkspace } from '../../server/src/workspace/workspace.ts';
import { folder } from '../workspace/support.ts';

const engine = await loadEngine();

const FILES = {
  'flake.nix': `{
  outputs = { nixpkgs, ... }: {
    nixosConfigurations.a = nixpkgs.lib.nixosSystem { modules = [ ./hosts/a.nix ./modules/web ]; };
  };
}
`,
  'hosts/a.nix': `{ lib, ... }:
{
  imports = [ ../modules/tls.nix ../modules/web ./disk.nix ];
  key = builtins.readFile ../modules/key.pub;
  host = import (../modules + "/tls.nix");
  other = lib.mkIf false ./missing/tls.nix;
  # ../modules/tls.nix
  text = "../modules/tls.nix";
}
`,
  'hosts/disk.nix': '{ }\n',
  'modules/tls.nix': '{ imports = [ ./web ../hosts/disk.nix ]; a = ./keys/${x}.pub; }\n',
  'modules/key.pub': 'ssh-ed25519 AAAA\n',
  'modules/keys/x.pub': 'ssh-ed25519 AAAA\n',
  'modules/web/default.nix': '{ imports = [ ../tls.nix ./own.nix ]; }\n',
  'modules/web/own.nix': '{ }\n',
};

/** The lines that change, as they come to be. */
function following(...moves: FileMove[]): Record<string, string[]> {
  const snapshot = createWorkspace({ root: folder(FILES), engine }).snapshot();
  const edits = pathsFollowing(snapshot, moves);
  const changed = [...editsByFile([{ title: '', edits, preferred: true }])].map(
    ([file, inFile]): [string, string[]] => {
      const before = (FILES as Record<string, string>)[file] ?? '';
      const after = applyEdits(before, inFile).split('\n');
      return [
        file,
        after.filter((line, index) => line !== before.split('\n')[index]).map(line => line.trim()),
      ];
    },
  );
  return Object.fromEntries(changed);
}

test('a file that is renamed is imported by its new name', () => {
  expect(following({ from: 'modules/tls.nix', to: 'modules/pki.nix' })).toEqual({
    'hosts/a.nix': ['imports = [ ../modules/pki.nix ../modules/web ./disk.nix ];'],
    'modules/web/default.nix': ['{ imports = [ ../pki.nix ./own.nix ]; }'],
  });
});

test('a file that is moved elsewhere finds what it imports, also behind a hole', () => {
  expect(following({ from: 'modules/tls.nix', to: 'lib/pki/tls.nix' })).toEqual({
    'hosts/a.nix': ['imports = [ ../lib/pki/tls.nix ../modules/web ./disk.nix ];'],
    'modules/web/default.nix': ['{ imports = [ ../../lib/pki/tls.nix ./own.nix ]; }'],
    'modules/tls.nix': [
      '{ imports = [ ../../modules/web ../../hosts/disk.nix ]; a = ../../modules/keys/${x}.pub; }',
    ],
  });
});

test('a folder takes the paths inside along, and those that lead into it follow', () => {
  expect(following({ from: 'modules', to: 'nix/modules' })).toEqual({
    'flake.nix': [
      'nixosConfigurations.a = nixpkgs.lib.nixosSystem { modules = [ ./hosts/a.nix ./nix/modules/web ]; };',
    ],
    'hosts/a.nix': [
      'imports = [ ../nix/modules/tls.nix ../nix/modules/web ./disk.nix ];',
      'key = builtins.readFile ../nix/modules/key.pub;',
      'host = import (../nix/modules + "/tls.nix");',
    ],
    'modules/tls.nix': ['{ imports = [ ./web ../../hosts/disk.nix ]; a = ./keys/${x}.pub; }'],
  });
});

test('a folder stands for its default.nix', () => {
  const web = '{ imports = [ ./tls.nix ./web/own.nix ]; }';
  expect(following({ from: 'modules/web/default.nix', to: 'modules/web.nix' })).toMatchObject({
    'flake.nix': [expect.stringContaining('./modules/web.nix ]')],
    'modules/tls.nix': [expect.stringContaining('[ ./web.nix ../hosts/disk.nix ]')],
    'modules/web/default.nix': [web],
  });
});

test('files that change their places together find each other', () => {
  const moves = [
    { from: 'modules/tls.nix', to: 'x/tls.nix' },
    { from: 'modules/web', to: 'x/web' },
  ];
  const { 'modules/web/default.nix': web, 'modules/tls.nix': tls } = following(...moves);
  expect(web).toBeUndefined();
  expect(tls?.[0]).toContain('[ ./web ../hosts/disk.nix ]');
});

test('what cannot be a path literal stays as it is', () => {
  expect(following({ from: 'modules/tls.nix', to: 'modules/my tls.nix' })).toEqual({});
});
