// Renaming a machine: everywhere, or not at all.
import { expect, test } from 'vitest';
import { applyEdits, editsByFile } from '../../server/src/checks/apply-fixes.ts';
import { registryOf } from '../../server/src/checks/examples.ts';
import { rename } from '../../server/src/editor/rename.ts';
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
    '"lea" stands at a.nix:1 too',
  ],
  [
    'its name is part of a text',
    { 'a.nix': '{ x = "on lea only"; }' },
    'lena',
    'cannot be told whether that is the machine',
  ],
  ['secrets are encrypted for it', { 'sops/machines/lea/key.json': '{}' }, 'lena', '(sops/machines/lea)'],
  [
    'a secret of its own is stored',
    { 'vars/per-machine/lea/ca/key/secret': '{}' },
    'lena',
    'Secrets are encrypted for "lea"',
  ],
  ['there is such a machine', {}, 'lea-two', 'There is a machine "lea-two" already.'],
  ['no host can have the name', {}, 'le/a', 'cannot be the name of a machine'],
  ['clan does not take the name', {}, 'le_a', 'cannot be the name of a machine'],
])('it is refused where %s', (_, more, to, message) => {
  expect(renamed(more, to).refused).toContain(message);
});
