// Renaming a machine: everywhere, or not at all.

import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { applyEdits, editsByFile } from '../../server/src/checks/engine/apply-fixes.ts';
import { registryOf } from '../../server/src/checks/examples/pipeline-examples.ts';
import { rename } from '../../server/src/editor/rename/rename.ts';
import { renameMachineFolder } from '../../server/src/editor/rename/rename-machine.ts';
import { loadEngine } from '../../server/src/workspace/engine.ts';
import { createWorkspace } from '../../server/src/workspace/workspace.ts';
import { folder } from '../workspace/support.ts';

const engine = await loadEngine();

const FILES = {
  '.clan-flake': '',
  'flake.nix': `{
  outputs = { clan-core, self, ... }: {
    clan = clan-core.lib.clan {
      inherit self;
      inventory.machines.lea.tags = [ "home" ];
      inventory.machines.lea-two = { };
      inventory.instances.sshd.roles.server.machines.lea = { };
      machines.lea.imports = [ ./machines/lea/extra.nix ];
    };
  };
}
`,
  'machines/lea/configuration.nix': '{ networking.hostName = "lea"; }\n# lea is old\n',
  'machines/lea/extra.nix': '{ }\n',
  'vars/per-machine/lea/ca/crt/value': 'x',
};

/** What renaming lea gives, with the cursor in the inventory. */
function renamed(more: Readonly<Record<string, string>> = {}, to = 'lena') {
  const files: Record<string, string> = { ...FILES, ...more };
  const snapshot = createWorkspace({ root: folder(files), engine }).snapshot();
  const found = rename(
    snapshot,
    'flake.nix',
    FILES['flake.nix'].indexOf('machines.lea') + 'machines.l'.length,
    to,
  );
  if (found === null || 'refused' in found) return { refused: found?.refused };
  const texts = [...editsByFile([{ title: '', edits: found.edits, preferred: true }])].map(
    ([file, edits]): [string, string] => [file, applyEdits(files[file] ?? '', edits)],
  );
  return { texts: Object.fromEntries(texts), moves: found.moves };
}

test('it is renamed where it is declared, in roles, in paths, and as the name of the host', () => {
  const { texts, moves } = renamed();
  expect(texts).toEqual({
    'flake.nix': FILES['flake.nix']
      .replaceAll('machines.lea', 'machines.lena')
      .replace('machines.lena-two', 'machines.lea-two')
      .replace('machines/lea/', 'machines/lena/'),
    'machines/lea/configuration.nix': '{ networking.hostName = "lena"; }\n# lea is old\n',
  });
  expect(moves).toEqual([
    { from: 'machines/lea', to: 'machines/lena', required: true },
    { from: 'vars/per-machine/lea', to: 'vars/per-machine/lena' },
  ]);
});

test('what is stored for it goes along: values, its keys, in every store', () => {
  const stored = {
    'vars/per-machine/lea/ca/key/secret': '{}',
    'sops/machines/lea/key.json': '{}',
    'sops/secrets/lea-age.key/secret': '{}',
    'secrets/age-keys/machines/lea/pub': 'age1',
    'secrets/clan-vars/per-machine/lea/ca/key/key.age': '',
  };
  expect(renamed(stored).moves?.slice(1)).toEqual([
    { from: 'vars/per-machine/lea', to: 'vars/per-machine/lena' },
    { from: 'secrets/clan-vars/per-machine/lea', to: 'secrets/clan-vars/per-machine/lena' },
    { from: 'sops/machines/lea', to: 'sops/machines/lena' },
    { from: 'secrets/age-keys/machines/lea', to: 'secrets/age-keys/machines/lena' },
    { from: 'sops/secrets/lea-age.key', to: 'sops/secrets/lena-age.key' },
  ]);
});

test('the steps of its sessions go along', () => {
  const more = {
    'lib/secret-registry.nix': registryOf(
      '  token = mkPromptedSecret {\n    generator = "token";\n    envVar = "TOKEN";\n  };\n',
    ),
    'lib/machine-env-matrix.nix': '{\n  lea = [ "token" ];\n}\n',
    'lib/session-vars-spec.nix': '{\n  shared = [ ];\n  machines = {\n    lea = [ ];\n  };\n}\n',
  };
  const { texts } = renamed(more);
  expect(texts?.['lib/session-vars-spec.nix']).toBe(more['lib/session-vars-spec.nix'].replace('lea', 'lena'));
  expect(texts?.['lib/machine-env-matrix.nix']).toBe(
    more['lib/machine-env-matrix.nix'].replace('lea', 'lena'),
  );
});

test.each([
  [
    'something else has its name',
    { 'a.nix': '{ services.x.peer = "lea"; }' },
    'lena',
    '"lea" also appears at a.nix:1',
  ],
  [
    'its name is part of a text',
    { 'a.nix': '{ x = "on lea only"; }' },
    'lena',
    'may or may not be the machine',
  ],
  [
    'something is stored under the new name',
    { 'vars/per-machine/lena/ca/crt/value': 'x' },
    'lena',
    'vars/per-machine/lena already exists',
  ],
  ['there is such a machine', {}, 'lea-two', 'A machine "lea-two" already exists.'],
  ['no host can have the name', {}, 'le/a', 'cannot be the name of a machine'],
  ['clan does not take the name', {}, 'le_a', 'cannot be the name of a machine'],
])('it is refused where %s', (_, more, to, message) => {
  expect(renamed(more, to).refused).toContain(message);
});

test('a folder that is moved renames its machine, without itself', () => {
  const snapshot = createWorkspace({ root: folder(FILES), engine }).snapshot();
  const found = renameMachineFolder(snapshot, 'machines/lea', 'machines/lena');
  expect(found).toMatchObject({
    moves: [{ from: 'vars/per-machine/lea', to: 'vars/per-machine/lena' }],
  });
  expect(found && 'edits' in found && found.edits.length).toBeGreaterThan(3);
});

test.each([
  ['it is a folder of no machine', 'machines/nobody', 'machines/lena'],
  ['it goes elsewhere', 'machines/lea', 'old/lea'],
  ['it is a file of a machine', 'machines/lea/extra.nix', 'machines/lea/more.nix'],
  ['there is a machine of the new name', 'machines/lea', 'machines/lea-two'],
])('a folder that is moved renames nothing where %s', (_, from, to) => {
  const snapshot = createWorkspace({ root: folder(FILES), engine }).snapshot();
  expect(renameMachineFolder(snapshot, from, to)).toBeNull();
});

test('a link to a folder above it is not followed', () => {
  const root = folder(FILES);
  symlinkSync('.', join(root, 'linked'));
  const snapshot = createWorkspace({ root, engine }).snapshot();
  const renaming = rename(snapshot, 'flake.nix', FILES['flake.nix'].indexOf('lea.tags'), 'lena');
  expect(renaming).not.toHaveProperty('refused');
});
