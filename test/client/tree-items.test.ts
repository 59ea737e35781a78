// The items of the fleet explorer.
import { expect, test, vi } from 'vitest';
import type {
  FleetFile,
  FleetGenerator,
  FleetMachine,
  FleetRoot,
  ShownWitness,
} from '../../client/src/protocol/fleet.ts';
import { itemOf } from '../../client/src/views/tree-items.ts';
import { STATE_ICONS } from '../../client/src/views/tree-look.ts';
import {
  type FleetNode,
  keyNodes,
  keyParts,
  machineNode,
  machineNodes,
  moduleNodes,
  parentOf,
  partsOf,
} from '../../client/src/views/tree-nodes.ts';
import manifest from '../../package.json' with { type: 'json' };
import { STATE_WORDS } from '../../server/src/store/vars/tally.ts';

vi.mock('vscode', () => import('./fake-vscode.ts'));

const at = { start: { line: 0, character: 0 }, end: { line: 0, character: 1 } };
const where = { uri: 'file:///a.nix', range: at };
const machine: FleetMachine = {
  name: 'lea',
  class: 'nixos',
  system: 'x86_64-linux',
  tags: ['home'],
  generators: 2,
  complete: true,
  lacking: 1,
  state: 'partial',
  summary: '1 of 2 generators missing',
  progress: '1/2 · 1 missing',
  nix: null,
  where,
};
const key = {
  registry: 'r.nix',
  key: 'mail',
  generator: 'mail-password',
  variable: 'MAIL',
  machines: ['lea'],
  where,
};
const root: FleetRoot = {
  name: 'fleet',
  uri: 'file:///fleet',
  machines: [machine],
  unassigned: 3,
  askable: true,
  keys: [key],
  lacking: 1,
  summary: '1 of 2 generators missing',
  isFleet: true,
  secrets: 0,
};
const empty: FleetRoot = {
  ...root,
  name: 'other',
  uri: 'file:///other',
  machines: [],
  unassigned: 0,
  keys: [],
};
const generator: FleetGenerator = {
  name: 'mail-password',
  share: true,
  state: 'partial',
  stateText: 'partly generated',
  stateSentence: 'Partly generated: some of its files are not stored.',
  nix: null,
  outdated: null,
  where,
  files: [
    {
      name: 'password',
      secret: true,
      stored: true,
      unreadable: false,
      stateText: 'generated',
      value: null,
      nix: null,
      where,
    },
    {
      name: 'hash',
      secret: false,
      stored: false,
      unreadable: false,
      stateText: 'missing',
      value: null,
      nix: null,
      where,
    },
  ],
  prompts: ['password'],
  dependencies: ['salt'],
};

const shown = (node: Parameters<typeof itemOf>[0]) => {
  const { label, description } = itemOf(node);
  return `${label} | ${description}`;
};

test('machines stand at the top; their folders do where there are several', () => {
  expect(machineNodes([root, empty]).map(shown)).toEqual([
    'lea | 1/2 · 1 missing',
    'Not tied to a machine | 3 generators',
  ]);
  const two = machineNodes([root, { ...root, name: 'second' }]);
  expect(two.map(shown)).toEqual(['fleet | ', 'second | ']);
  expect(partsOf(two[0] as (typeof two)[0]).map(shown)).toHaveLength(2);
});

test('a machine says what it is, and opens on its own list', () => {
  const item = itemOf({ kind: 'machine', root: root.uri, machine });
  expect(item.tooltip).toBe('nixos x86_64-linux\n1 of 2 generators missing\nTags: home');
  expect(item.command).toBeUndefined();
  expect(item.contextValue).toBe('machine.declared');
});

test('a machine of which nothing is known claims no number of generators', () => {
  const hidden = { ...machine, generators: 0, lacking: 0, summary: '', progress: '', complete: false };
  const node = { kind: 'machine', root: root.uri, machine: hidden } as const;
  expect(shown(node)).toBe('lea | generators not known');
  expect(itemOf(node).tooltip).toContain('Whether it has generators can only be determined with Nix.');
  expect(shown({ ...node, machine: { ...hidden, complete: true } })).toBe('lea | 0 generators');
});

test('a generator has its files, prompts and dependencies, and a click opens it', () => {
  const node = { kind: 'generator', root: root.uri, machine: 'lea', generator } as const;
  expect(shown(node)).toBe('mail-password | partly generated · shared · 2 files');
  expect(itemOf(node)).toMatchObject({
    iconPath: { id: 'color-mode', color: { id: 'varsmith.partlyGenerated' } },
    command: { command: 'varsmith.open', arguments: [where] },
  });
  expect(partsOf(node).map(shown)).toEqual([
    'password | secret',
    'hash | missing · public',
    'password | prompt',
    'salt | dependency',
  ]);
});

test('what Nix says is in tooltips, and beside the name where it needs attention', () => {
  const says = (witness: ShownWitness['witness'], text: string) => ({
    witness,
    text,
    sentence: 'Nix says so.',
  });
  const node = (nix: ShownWitness) =>
    ({ kind: 'generator', root: root.uri, machine: 'lea', generator: { ...generator, nix } }) as const;
  const only = node(says('nix', 'only Nix says'));
  expect(shown(only)).toBe('mail-password | partly generated · only Nix says · shared · 2 files');
  expect(itemOf(only).tooltip).toBe(`${generator.stateSentence}\nNix says so.`);
  expect(shown(node(says('confirmed', '')))).toBe('mail-password | partly generated · shared · 2 files');
  const wrong = { ...machine, nix: says('contradicted', 'Nix disagrees') };
  expect(shown({ kind: 'machine', root: root.uri, machine: wrong })).toBe(
    'lea | 1/2 · 1 missing · Nix disagrees',
  );
  const [file] = generator.files;
  const ofFile = { kind: 'file', root: root.uri, machine: 'lea', generator: 'mail-password' } as const;
  const fileItem = itemOf({ ...ofFile, file: { ...(file as FleetFile), nix: says('nix', 'only Nix says') } });
  expect([fileItem.description, fileItem.tooltip]).toEqual(['secret · only Nix says', 'Nix says so.']);
});

test('a generator that is outdated says why', () => {
  const because = (reason: 'inputs' | 'superseded' | 'interrupted', older: readonly string[] = []) => {
    const one = { ...generator, state: 'outdated' as const, outdated: { reason, older } };
    return itemOf({ kind: 'generator', root: root.uri, machine: 'lea', generator: one }).tooltip;
  };
  expect(because('inputs')).toBe(generator.stateSentence);
  expect(because('superseded', ['ca/key', 'ca/crt'])).toBe('based on older values of ca/key, ca/crt');
  expect(because('interrupted')).toBe('left behind by an interrupted run');
});

test('a machine has the icon of what is stored of it, as its generators have', () => {
  const icon = (state: FleetMachine['state']) =>
    itemOf({ kind: 'machine', root: root.uri, machine: { ...machine, state } }).iconPath;
  expect(icon('present')).toMatchObject({ id: 'pass', color: { id: 'varsmith.generated' } });
  expect(icon('partial')).toMatchObject({ id: 'color-mode' });
  expect(icon('unreadable')).toMatchObject({ id: 'circle-slash' });
  expect(icon('unknown')).toMatchObject({ id: 'vm' });
});

/** A fleet of 50 machines: all have the tag "all", nearly all "lab", some "web" too, and two have no tag of their own. */
const large: FleetRoot = {
  ...root,
  machines: Array.from({ length: 50 }, (_, index) => ({
    ...machine,
    name: `host-${index}`,
    lacking: index === 0 ? 1 : 0,
    tags: ['all', ...(index < 2 ? [] : ['lab']), ...(index % 5 === 0 && index > 0 ? ['web'] : [])],
  })),
};

test('the machines of a large fleet are below their tags, and one is found from there', () => {
  const top = machineNodes([large]);
  expect(top.map(shown)).toEqual([
    'lab | 48 machines',
    'web | 9 machines',
    'Without a tag | 1 to generate · 2 machines',
    'Not tied to a machine | 3 generators',
  ]);
  const rows = top.flatMap(partsOf);
  expect(new Set(rows.map(row => itemOf(row).id)).size).toBe(rows.length);
  const web = partsOf(top[1] as FleetNode)[0] as FleetNode;
  expect(web).toMatchObject({ machine: { name: 'host-5' }, tag: 'web' });
  expect(parentOf(web, [large])).toMatchObject({ kind: 'tag', tag: 'web' });
  expect(machineNode(large, 'host-5')).toMatchObject({ tag: 'lab' });
  const below = { kind: 'generator', root: root.uri, machine: 'host-5', generator, tag: 'web' } as const;
  expect(parentOf(below, [large])).toMatchObject({ kind: 'machine', tag: 'web' });
  expect(itemOf(below).id).not.toBe(itemOf({ ...below, tag: 'lab' }).id);
});

test('machines are not grouped where no tag tells them apart, or where they are few', () => {
  const plain = { ...large, machines: large.machines.map(each => ({ ...each, tags: ['all'] })) };
  expect(machineNodes([plain])[0]).toMatchObject({ kind: 'machine' });
  expect(machineNodes([{ ...large, machines: large.machines.slice(0, 20) }])[0]).toMatchObject({
    kind: 'machine',
  });
});

test('generators of no known machine are below their files, each with the reason', () => {
  const loose = (name: string, file: string) => ({
    ...{ ...generator, name, state: 'unknown' as const, files: [] },
    loose: { file, why: 'on no machine', sentence: 'No machine has the module that declares it.' },
  });
  const nodes = moduleNodes(root.uri, [loose('db', 'modules/db.nix'), loose('api', 'api.nix')]);
  expect(nodes.map(shown)).toEqual(['api.nix | 1 generator', 'modules/db.nix | 1 generator']);
  const [db] = partsOf(nodes[1] as FleetNode);
  expect(db && shown(db)).toBe('db | on no machine · shared · 0 files');
  expect(db && itemOf(db).tooltip).toBe('No machine has the module that declares it.');
  expect(db && parentOf(db, [root])).toMatchObject({ kind: 'module', file: 'modules/db.nix' });
  const top = machineNodes([root]).at(-1) as FleetNode;
  expect(itemOf(top).contextValue).toBe('unassigned.askable');
  expect(itemOf({ ...top, askable: false } as FleetNode).contextValue).toBe('unassigned');
});

test('a key has the machines that select it, each with its state, and its uses', () => {
  const [node] = keyNodes([root]);
  expect(node && shown(node)).toBe('mail | 1 machine · MAIL');
  const parts = keyParts({
    machines: [{ name: 'lea', state: 'missing', stateText: 'missing', where }],
    uses: [{ file: 'modules/mail.nix', where }],
  });
  expect(parts.map(shown)).toEqual(['lea | missing', 'modules/mail.nix:1 | use']);
});

test('items keep their ids, and those that can be revealed know what they stand below', () => {
  const node = { kind: 'generator', root: root.uri, machine: 'lea', generator } as const;
  expect(itemOf(node).id).toBe(itemOf({ ...node, generator: { ...generator, state: 'present' } }).id);
  expect(parentOf(node, [root])).toMatchObject({ kind: 'machine', machine: { name: 'lea' } });
  const top = { kind: 'machine', root: root.uri, machine } as const;
  expect(parentOf(top, [root])).toBeUndefined();
  expect(parentOf(top, [root, { ...root, uri: 'file:///second' }])).toMatchObject({ kind: 'root' });
});

test('a screen reader hears the name of every item, what it is, and what its icon alone would tell', () => {
  const below = (node: FleetNode): FleetNode[] => [node, ...partsOf(node).flatMap(below)];
  const states = ['present', 'partial', 'outdated', 'missing', 'unknown'] as const;
  const nodes = [
    ...machineNodes([root, { ...root, name: 'second' }]).flatMap(below),
    ...keyNodes([root]),
    ...states.flatMap(state =>
      below({
        kind: 'generator',
        root: root.uri,
        machine: 'lea',
        generator: { ...generator, state, stateText: STATE_WORDS[state] },
      }),
    ),
    ...keyParts({
      machines: states.map(state => ({ name: 'tove', state, stateText: STATE_WORDS[state], where })),
      uses: [{ file: 'modules/mail.nix', where }],
    }),
  ];
  expect(new Set(nodes.map(({ kind }) => kind)).size).toBe(10);
  for (const node of nodes) {
    const { label, description, accessibilityInformation } = itemOf(node);
    const heard = accessibilityInformation?.label ?? '';
    expect(heard.startsWith(String(label))).toBe(true);
    for (const word of String(description ?? '').split(' · ')) expect(heard).toContain(word);
  }
  const heard = nodes.map(node => itemOf(node).accessibilityInformation?.label);
  expect(heard).toEqual(
    expect.arrayContaining([
      'lea, machine, 1/2, 1 missing',
      'mail-password, generator, partly generated, shared, 2 files',
      'mail-password, generator, shared, 2 files, generated',
      'password, file, secret, generated',
      'mail, registry key, 1 machine, MAIL',
      'tove, machine, missing',
    ]),
  );
});

test('every state has a shape and a colour of its own', () => {
  const icons = Object.values(STATE_ICONS);
  expect(new Set(icons.map(([shape]) => shape)).size).toBe(icons.length);
  expect(new Set(icons.map(([, colour]) => colour)).size).toBe(icons.length);
  const declared = new Set(manifest.contributes.colors.map(({ id }) => id));
  for (const [, colour] of icons) expect(declared).toContain(colour);
});
