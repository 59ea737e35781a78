// A clan whose folder is not the root: what the editor shows of it, links to and renames lies below that folder.
import { expect, test } from 'vitest';
import { registryOf } from '../../server/src/checks/examples/pipeline-examples.ts';
import { IN_TERMINAL } from '../../server/src/doctor/actions.ts';
import { examine } from '../../server/src/doctor/examine.ts';
import { environmentOf } from '../../server/src/editor/environment/environment.ts';
import { generatorEntries } from '../../server/src/editor/explorer/explorer.ts';
import { EVERYTHING } from '../../server/src/editor/explorer/explorer-filter.ts';
import { rename } from '../../server/src/editor/rename/rename.ts';
import { layPipeline } from '../../server/src/editor/scaffold/pipeline.ts';
import { fileLinks } from '../../server/src/editor/shown/links.ts';
import { examinedIn } from '../../server/src/workspace/doctor-view.ts';
import { loadEngine } from '../../server/src/workspace/engine.ts';
import { createWorkspace } from '../../server/src/workspace/workspace.ts';
import { folder } from '../workspace/support.ts';

const engine = await loadEngine();

const MACHINE = 'infra/machines/lea/configuration.nix';
const FLAKE = `{
  outputs = { clan-core, self, ... }: {
    clan = clan-core.lib.clan { inherit self; directory = ./infra; inventory.machines.lea = { }; };
  };
}
`;
const FILES = {
  '.clan-flake': '',
  'flake.nix': FLAKE,
  [MACHINE]: `{
  clan.core.vars.generators.mail.files = { crt.secret = false; password = { }; };
  x = ../../vars/per-machine/lea/mail/crt/value;
}
`,
  'infra/vars/per-machine/lea/mail/crt/value': 'x',
  'infra/vars/per-machine/lea/mail/password/secret': '{}',
  'infra/sops/users/ada/key.json': '[]',
};

function workspaceOf(files: Readonly<Record<string, string>>) {
  return createWorkspace({ root: folder(files), engine });
}

test('the explorer finds what is stored', () => {
  const [entry] = generatorEntries(workspaceOf(FILES).snapshot(), 'lea', EVERYTHING);
  expect(entry?.state).toBe('present');
  expect(entry?.files.map(({ name, value }) => [name, value])).toEqual([
    ['crt', 'infra/vars/per-machine/lea/mail/crt/value'],
    ['password', null],
  ]);
});

test('links lead to what is stored', () => {
  const targets = fileLinks(workspaceOf(FILES).snapshot(), MACHINE).map(({ target }) => target);
  expect(new Set(targets)).toEqual(
    new Set(['infra/vars/per-machine/lea/mail/crt/value', 'infra/vars/per-machine/lea/mail/password/secret']),
  );
});

test('session variables have the values that are stored', () => {
  const fields = 'generator = "account"; envVar = "ACCOUNT"; secret = false;';
  const { fleet, files } = workspaceOf({
    ...FILES,
    'lib/secret-registry.nix': registryOf(`  account = mkPromptedSecret {\n    ${fields}\n  };\n`),
    'lib/machine-env-matrix.nix': '{\n  lea = [ "account" ];\n}\n',
    'infra/vars/per-machine/lea/account/key/value': '4711\n',
  }).snapshot();
  const { variables } = environmentOf({ fleet, files, elsewhere: false }, 'lea');
  expect(variables.map(({ name, value }) => [name, value])).toEqual([['ACCOUNT', '4711\n']]);
});

test('a machine is renamed with its folders', () => {
  const at = FLAKE.indexOf('lea =') + 1;
  const { 'infra/vars/per-machine/lea/mail/password/secret': _, ...open } = FILES;
  expect(rename(workspaceOf(open).snapshot(), 'flake.nix', at, 'lena')).toMatchObject({
    moves: [
      { from: 'infra/machines/lea', to: 'infra/machines/lena', required: true },
      { from: 'infra/vars/per-machine/lea', to: 'infra/vars/per-machine/lena', required: true },
    ],
  });
});

test('the pipeline lays its example where machines are', () => {
  const options = { folder: 'fleet', machine: 'ada', system: 'x86_64-linux' };
  const files = { 'flake.nix': FLAKE.replace(' inventory.machines.lea = { };', '') };
  const laid = layPipeline(workspaceOf(files).snapshot(), options);
  const created = 'created' in laid ? laid.created : [];
  const machine = created.find(({ path }) => path === 'infra/machines/ada/configuration.nix');
  expect(machine?.text).toContain('import ../../../lib/machine-env-matrix.nix;');
});

test('the doctor counts what is stored, and says where it has looked', async () => {
  const entries = async (files: Readonly<Record<string, string>>) => {
    const around = { env: {}, home: null, platform: 'linux', names: IN_TERMINAL, trusted: false };
    const { sections } = await examine(examinedIn(workspaceOf(files), []), around, '1.2.3');
    return new Map(sections.flatMap(section => section.entries.map(one => [one.name, one])));
  };
  const found = await entries(FILES);
  expect(found.get('stored vars')?.text).toBe('1 secret, 1 public file');
  expect(found.get('backend')?.text).toBe('sops, judging by the files on disk');
  const empty = await entries({ 'flake.nix': FLAKE });
  expect(empty.get('stored vars')?.details).toEqual(['Looked in infra/vars/ and infra/secrets/.']);
});
