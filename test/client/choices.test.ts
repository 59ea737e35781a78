/** What can be chosen before a run. */
import { expect, test, vi } from 'vitest';
import {
  fileChoices,
  generatorChoices,
  machineChoices,
  sharersOf,
} from '../../client/src/generate/choices.ts';
import type { FleetGenerator } from '../../client/src/protocol/fleet.ts';

vi.mock('vscode', () => import('./fake-vscode.ts'));

const generator = (name: string, more: Partial<FleetGenerator> = {}): FleetGenerator => ({
  ...{ name, share: false, state: 'missing', outdated: null, where: null, prompts: [], dependencies: [] },
  files: [
    {
      name: 'key',
      secret: true,
      stored: false,
      unreadable: false,
      stateText: 'missing',
      value: null,
      nix: null,
      where: null,
    },
  ],
  ...{ stateText: 'missing', stateSentence: 'Missing.', nix: null },
  ...more,
});

test('machines with something to generate are chosen already', () => {
  const about = {
    class: null,
    system: null,
    tags: [],
    nix: null,
    where: null,
    generators: 3,
    complete: true,
  };
  expect(
    machineChoices([
      {
        ...about,
        name: 'lea',
        state: 'partial',
        progress: '1/3 · 2 missing',
        lacking: 2,
        summary: '2 of 3 generators missing',
      },
      {
        ...about,
        name: 'noa',
        state: 'present',
        progress: 'all generated',
        lacking: 0,
        summary: '3 of 3 generators generated',
      },
      {
        ...about,
        name: 'tove',
        state: 'unknown',
        progress: 'all unknown',
        lacking: 0,
        summary: '3 of 3 generators unknown',
      },
    ]),
  ).toEqual([
    { label: 'lea', description: '2 of 3 generators missing', picked: true },
    { label: 'noa', description: '3 of 3 generators generated', picked: false },
    { label: 'tove', description: '3 of 3 generators unknown', picked: false },
  ]);
});

test('shared generators come first and once, then those of each machine, missing ones chosen', () => {
  const ca = generator('ca', { share: true, state: 'present', stateText: 'generated' });
  const choices = generatorChoices(
    [
      { machine: 'lea', generators: [ca, generator('ssh', { prompts: ['name'] })] },
      { machine: 'noa', generators: [ca] },
      {
        machine: 'tove',
        generators: [
          generator('ssh', { state: 'partial', stateText: 'partly generated' }),
          generator('x', { share: null }),
        ],
      },
    ],
    true,
  );
  expect(choices.map(({ key, picked, description }) => [key, picked, description])).toEqual([
    ['shared/ca', false, 'shared by 2 machines · key · generated'],
    ['per-machine/lea/ssh', true, 'lea · key · missing · asks'],
    ['per-machine/tove/ssh', true, 'tove · key · partly generated'],
    ['x', true, 'tove · key · missing'],
  ]);
});

test('nothing is chosen already where things are made anew', () => {
  const [choice] = generatorChoices([{ machine: 'lea', generators: [generator('ssh')] }], false);
  // Of the only machine its name says nothing.
  expect(choice).toMatchObject({ label: 'ssh', picked: false, description: 'key · missing' });
});

test('only public values that are there can be copied', () => {
  const files = [
    {
      name: 'private',
      secret: true,
      stored: true,
      unreadable: false,
      stateText: 'generated',
      value: null,
      nix: null,
      where: null,
    },
    {
      name: 'public',
      secret: false,
      stored: true,
      unreadable: false,
      stateText: 'generated',
      value: null,
      nix: null,
      where: null,
    },
    {
      name: 'later',
      secret: false,
      stored: false,
      unreadable: false,
      stateText: 'missing',
      value: null,
      nix: null,
      where: null,
    },
  ];
  const labels = (onlyPublic: boolean) =>
    fileChoices([{ machine: 'lea', generators: [generator('wg', { files })] }], onlyPublic).map(
      ({ label, description }) => [label, description],
    );
  expect(labels(true)).toEqual([['lea · wg/public', 'public']]);
  expect(labels(false)).toEqual([
    ['lea · wg/private', 'secret'],
    ['lea · wg/public', 'public'],
    ['lea · wg/later', 'public · missing'],
  ]);
});

test('files of all machines are in one list, those of shared generators once', () => {
  const [ca, ssh] = [generator('ca', { share: true }), generator('ssh')];
  const machines = [
    { machine: 'lea', generators: [ca, ssh] },
    { machine: 'noa', generators: [ssh, ca] },
  ];
  const choices = fileChoices(machines, false);
  expect(choices.map(({ label, description, sharedBy }) => [label, description, sharedBy])).toEqual([
    ['ca/key', 'shared by 2 machines · secret · missing', ['lea', 'noa']],
    ['lea · ssh/key', 'secret · missing', []],
    ['noa · ssh/key', 'secret · missing', []],
  ]);
  expect(sharersOf(machines, 'ca')).toEqual(['lea', 'noa']);
  expect(sharersOf(machines, 'ssh')).toEqual([]);
});
