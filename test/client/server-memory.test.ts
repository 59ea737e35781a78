/** The server may collect garbage, and the limit of its memory becomes an argument for Node, whatever stands in the settings. */
import { beforeEach, expect, test, vi } from 'vitest';
import { memoryArguments } from '../../client/src/language/server-memory.ts';
import { set } from './fake-vscode.ts';

vi.mock('vscode', () => import('./fake-vscode.ts'));

beforeEach(() => {
  delete set['varsmith.server.memory'];
});

test('nothing limits the server unless a limit is set', () => {
  expect(memoryArguments()).toEqual(['--expose-gc']);
  set['varsmith.server.memory'] = { globalValue: 0 };
  expect(memoryArguments()).toEqual(['--expose-gc']);
});

test('a limit is passed on, and is never too small for any fleet', () => {
  set['varsmith.server.memory'] = { globalValue: 512 };
  expect(memoryArguments()).toEqual(['--expose-gc', '--max-old-space-size=512']);
  set['varsmith.server.memory'] = { workspaceValue: 1 };
  expect(memoryArguments()).toEqual(['--expose-gc', '--max-old-space-size=128']);
});

test.each([-1, 1.5, '512 --eval', Number.NaN, null])('%s is no limit', value => {
  set['varsmith.server.memory'] = { workspaceValue: value };
  expect(memoryArguments()).toEqual(['--expose-gc']);
});
