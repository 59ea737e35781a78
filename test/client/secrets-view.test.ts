// The view of sops-nix and agenix: what it asks, what its items show, and what a screen reader says of them.
import { beforeEach, expect, test, vi } from 'vitest';
import type { Server } from '../../client/src/language/server.ts';
import type { MachineSecret, SecretsRoot } from '../../client/src/protocol/secrets.ts';
import { createFleetViews } from '../../client/src/views/fleet-view.ts';
import {
  type SecretNode,
  secretItem,
  secretNodes,
  secretParts,
} from '../../client/src/views/secret-items.ts';
import { commands, views, window } from './fake-vscode.ts';

vi.mock('vscode', () => import('./fake-vscode.ts'));

const range = { start: { line: 3, character: 0 }, end: { line: 3, character: 1 } };
const where = { uri: 'file:///fleet/a.nix', range };
const root: SecretsRoot = {
  name: 'fleet',
  uri: 'file:///fleet',
  machines: [{ name: 'lea', secrets: 2, where }],
  unassigned: 1,
  files: [
    {
      ...{ path: 'secrets/a.yaml', keeper: 'sops', state: 'encrypted', keys: 2 },
      ...{ recipients: ['ada', 'lea'], where },
    },
    { ...{ path: 'b.yaml', keeper: 'sops', state: 'plain', keys: 1, recipients: [], where } },
    { ...{ path: 'c.age', keeper: 'age', state: 'missing', keys: null, recipients: ['ada'], where: null } },
  ],
};
const secret: MachineSecret = {
  keeper: 'sops',
  name: 'api/token',
  path: '/run/secrets/api/token',
  found: true,
  sources: [{ file: 'secrets/a.yaml', key: 'api/token', where }],
  uses: [{ file: 'a.nix', where }],
  where,
};
const answers: Record<string, unknown> = {};
const server = { request: vi.fn(async (method: string, _params?: unknown) => answers[method]) };

beforeEach(() => {
  vi.clearAllMocks();
  Object.assign(answers, {
    'varsmith/fleet': [],
    'varsmith/secrets': [root],
    'varsmith/machineSecrets': [secret],
    'varsmith/fileKeys': [{ key: 'api/token', secrets: ['api/token'], where }],
  });
  window.activeTextEditor = undefined;
  createFleetViews(server as unknown as Server);
});

const children = (node?: SecretNode) =>
  views.get('varsmith.secrets')?.options.treeDataProvider.getChildren(node) as Promise<SecretNode[]>;

const shown = (node: SecretNode) => {
  const { label, description } = secretItem(node);
  return `${label} | ${description}`;
};
const spoken = (node: SecretNode) => secretItem(node).accessibilityInformation?.label;

test('machines stand at the top, then encrypted files; their folders do where there are several', async () => {
  const nodes = await children();
  expect(nodes.map(shown)).toEqual([
    'lea | 2 secrets',
    'Not tied to a machine | 1 secret',
    'secrets/a.yaml | 2 keys · for ada, lea',
    'b.yaml | not encrypted · 1 key',
    'c.age | not there · for ada',
  ]);
  const two = secretNodes([root, { ...root, name: 'second' }]);
  expect(two.map(shown)).toEqual(['fleet | ', 'second | ']);
  expect(two[0] && secretParts(two[0])).toHaveLength(5);
});

test('a machine has its secrets, a secret the key it is encrypted under and its uses', async () => {
  const [machine] = await children();
  const [node] = await children(machine);
  expect(server.request).toHaveBeenLastCalledWith('varsmith/machineSecrets', {
    ...{ root: 'file:///fleet', machine: 'lea', filter: { text: '', lacking: false } },
  });
  expect(node && shown(node)).toBe('api/token | 1 use');
  expect(node && secretItem(node).tooltip).toContain('/run/secrets/api/token');
  expect((await children(node)).map(shown)).toEqual(['secrets/a.yaml | key api/token', 'a.nix:4 | use']);
});

test('an encrypted file has its keys, and what takes each', async () => {
  const file = (await children())[2];
  expect((await children(file)).map(shown)).toEqual(['api/token | ']);
  expect(server.request).toHaveBeenLastCalledWith('varsmith/fileKeys', {
    ...{ root: 'file:///fleet', path: 'secrets/a.yaml' },
  });
  const key = (secrets: string[]): SecretNode => ({ kind: 'key', key: { key: 'a', secrets, where } });
  expect(shown(key([]))).toBe('a | not used by any secret');
  expect(shown(key(['x', 'y']))).toBe('a | used as x, y');
});

test('what icons show is said to those who cannot see them', () => {
  const nodes = secretNodes([root]);
  expect(nodes.map(spoken)).toEqual([
    'Machine lea, 2 secrets',
    'Not tied to a machine, 1 secret',
    'Encrypted file, secrets/a.yaml, 2 keys, for ada, lea',
    'File of secrets, b.yaml, not encrypted, 1 key',
    'File of secrets, c.age, not there, for ada',
  ]);
  const node: SecretNode = { kind: 'secret', root: root.uri, machine: 'lea', secret };
  expect(spoken(node)).toBe('Secret of sops-nix: api/token, 1 use');
  expect(spoken({ ...node, secret: { ...secret, keeper: 'age', found: false } })).toBe(
    'Secret of agenix: api/token, not in its file, 1 use',
  );
  for (const part of secretParts(node)) expect(spoken(part)).toBeTruthy();
});

test('the view follows the filter, and is shown where there are secrets', async () => {
  answers['varsmith/fleet'] = [
    {
      ...{ name: 'fleet', uri: 'file:///fleet', machines: [], unassigned: 0, keys: [], isFleet: true },
      ...{ lacking: { missing: 0, outdated: 0 }, secrets: 3 },
    },
  ];
  window.showInputBox.mockResolvedValueOnce('api');
  await commands.executeCommand('varsmith.filterFleet');
  await (views.get('varsmith.fleet')?.options.treeDataProvider.getChildren() as Promise<unknown>);
  await children();
  expect(server.request).toHaveBeenLastCalledWith('varsmith/secrets', {
    filter: { text: 'api', lacking: false },
  });
  expect(views.get('varsmith.secrets')?.message).toBe('Shown: "api"');
  expect(commands.executeCommand).toHaveBeenCalledWith('setContext', 'varsmith.hasSecrets', true);
});

test('the cursor leads to the secret of its machine', async () => {
  window.activeTextEditor = {
    document: { uri: { toString: () => 'file:///fleet/a.nix' } },
    selection: { active: { line: 3, character: 4 } },
  };
  const at = { root: root.uri, machine: 'lea', generator: null, registry: null, key: null };
  answers['varsmith/at'] = { ...at, secret: { keeper: 'sops', name: 'api/token' } };
  await commands.executeCommand('varsmith.revealInFleet');
  const view = views.get('varsmith.secrets');
  const [node] = view?.reveal.mock.calls.at(-1) ?? [];
  expect(node).toMatchObject({ kind: 'secret', machine: 'lea', secret: { name: 'api/token' } });
  const parent = view?.options.treeDataProvider.getParent(node);
  expect(parent).toMatchObject({ kind: 'machine', machine: { name: 'lea' } });
  expect(view?.options.treeDataProvider.getParent(parent)).toBeUndefined();
  answers['varsmith/at'] = { ...at, secret: { keeper: 'age', name: 'other' } };
  await commands.executeCommand('varsmith.revealInFleet');
  expect(window.showInformationMessage).toHaveBeenLastCalledWith('The secret "other" is not in the view.');
});

test('without a server it is empty', async () => {
  server.request.mockRejectedValueOnce(new Error('not running'));
  expect(await children()).toEqual([]);
});
