// The view of who can read what: its levels, what its items show, and what a screen reader says of them.
import { beforeEach, expect, test, vi } from 'vitest';
import type { Server } from '../../client/src/language/server.ts';
import type { AccessRoot } from '../../client/src/protocol/secrets.ts';
import { type AccessNode, accessItem, accessNodes } from '../../client/src/views/access-items.ts';
import { createFleetViews } from '../../client/src/views/fleet-view.ts';
import { commands, views, window } from './fake-vscode.ts';

vi.mock('vscode', () => import('./fake-vscode.ts'));

const KEY = 'age1qqqqqqqqqqqqqqqqqqqqqqqqqqzzzzzz';
const user = (name: string) => ({
  ...{ kind: 'user' as const, name, key: `age1${name}`, state: 'now' as const },
  via: [{ kind: 'user' as const, name }],
});
const root: AccessRoot = {
  name: 'fleet',
  uri: 'file:///fleet',
  notes: [],
  secrets: [
    {
      ...{
        secret: 'shared/ca/key',
        kind: 'var',
        machines: ['web'],
        neededFor: 'services',
        stored: true,
        declared: true,
      },
      readers: [
        user('ada'),
        { ...user('mallory'), via: [{ kind: 'group', name: 'ops' }], state: 'pending' },
        { kind: 'unknown', name: null, key: KEY, via: [], state: 'leaving' },
      ],
    },
    {
      ...{
        secret: 'per-machine/web/g/x',
        kind: 'var',
        machines: ['web'],
        neededFor: 'users',
        stored: false,
        declared: true,
      },
      readers: [
        {
          kind: 'machine',
          name: 'web',
          key: null,
          via: [{ kind: 'machine', name: 'web' }],
          state: 'pending',
        },
      ],
    },
    {
      ...{ secret: 'sops/secrets/web-age.key/secret', kind: 'machine-key', machines: ['web'] },
      ...{ neededFor: null, stored: true, declared: false, readers: [user('ada')] },
    },
  ],
};

let answer: AccessRoot[] | Error;
const server = {
  request: vi.fn(async (method: string) => {
    if (method !== 'varsmith/access') return [];
    if (answer instanceof Error) throw answer;
    return answer;
  }),
};

beforeEach(() => {
  vi.clearAllMocks();
  answer = [root];
  createFleetViews(server as unknown as Server);
});

const view = () => views.get('varsmith.access');
const children = (node?: AccessNode) =>
  view()?.options.treeDataProvider.getChildren(node) as Promise<AccessNode[]>;
const shown = (node: AccessNode) => {
  const { label, description } = accessItem(node);
  return `${label} | ${description}`;
};
const spoken = (node: AccessNode) => accessItem(node).accessibilityInformation?.label;

test('people and machines lead to secrets, secrets to people and machines', async () => {
  const [readers, secrets] = await children();
  expect([readers, secrets].map(node => node && shown(node))).toEqual([
    'People and Machines | 4',
    'Secrets | 3',
  ]);
  const somebody = await children(readers);
  expect(somebody.map(shown)).toEqual([
    'ada | 2 secrets',
    'mallory | 1 secret · 1 not settled',
    'web | 1 secret · 1 not settled',
    'age1qqqqqqqq…zzzzzz | 1 secret · 1 not settled',
  ]);
  expect((await children(somebody[0])).map(shown)).toEqual([
    'shared/ca/key | ',
    'sops/secrets/web-age.key/secret | ',
  ]);
  const all = await children(secrets);
  expect(all.map(shown)).toEqual([
    'shared/ca/key | 3 readers',
    'per-machine/web/g/x | 1 reader · not generated yet',
    'sops/secrets/web-age.key/secret | 1 reader',
  ]);
  expect((await children(all[0])).map(shown)).toEqual([
    'ada | ',
    'mallory | through group ops · not yet; "varsmith fix" grants it',
    'age1qqqqqqqq…zzzzzz | until "varsmith fix" is run',
  ]);
});

test('every item says in words what it shows by its icon', async () => {
  const [readers, secrets] = await children();
  const somebody = await children(readers);
  expect(somebody.map(spoken)).toEqual([
    'User ada, 2 secrets',
    'User mallory, 1 secret, 1 not settled',
    'Machine web, 1 secret, 1 not settled',
    'Key without a known owner age1qqqqqqqq…zzzzzz, 1 secret, 1 not settled',
  ]);
  const all = await children(secrets);
  expect(all.map(spoken)).toEqual([
    'Secret for services: shared/ca/key, 3 readers',
    'Secret for users: per-machine/web/g/x, 1 reader, not generated yet',
    'Key of machine web, which decrypts every secret that the machine can read: sops/secrets/web-age.key/secret, 1 reader',
  ]);
  expect((await children(all[0])).map(spoken)).toEqual([
    'User ada',
    'User mallory, through group ops, not yet; "varsmith fix" grants it',
    'Key without a known owner age1qqqqqqqq…zzzzzz, until "varsmith fix" is run',
  ]);
  expect((await children(somebody[1])).map(spoken)).toEqual([
    'Secret for services: shared/ca/key, through group ops, not yet; "varsmith fix" grants it',
  ]);
});

test('the view follows the filter', async () => {
  window.showInputBox.mockResolvedValueOnce('mallory');
  await commands.executeCommand('varsmith.filterFleet');
  const [, secrets] = await children();
  expect((await children(secrets)).map(shown)).toEqual(['shared/ca/key | 3 readers']);
  expect(view()?.message).toBe('Shown: "mallory"');
});

test('several fleets stand below their folders', () => {
  const nodes = accessNodes([root, { ...root, name: 'second' }, { ...root, secrets: [] }]);
  expect(nodes.map(shown)).toEqual(['fleet | ', 'second | ']);
});

test('what cannot be told is said, and without a server there is nothing', async () => {
  answer = [{ ...root, secrets: [], notes: ['Only Nix can tell.'] }];
  expect(await children()).toEqual([]);
  expect(view()?.message).toBe('Only Nix can tell.');
  answer = new Error('gone');
  expect(await children()).toEqual([]);
});
