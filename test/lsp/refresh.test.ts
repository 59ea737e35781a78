// When views and lenses are told to ask again.
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Connection } from 'vscode-languageserver';
import type { Client } from '../../server/src/lsp/client.ts';
import { createRefresher } from '../../server/src/lsp/refresh.ts';

const told: string[] = [];
const tells = async (method: string) => {
  told.push(method);
};
const connection = {
  sendNotification: tells,
  sendRequest: ({ method }: { method: string }) => tells(method),
} as unknown as Connection;
const client = { refreshesLenses: true, refreshesHints: false, refreshesTokens: false } as Client;

beforeEach(() => {
  told.length = 0;
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test('once for a burst of looks, when it is over', () => {
  const looked = createRefresher(connection, { ...client, supportsAdditions: true });
  for (let look = 0; look < 3; look++) {
    looked();
    vi.advanceTimersByTime(200);
  }
  expect(told).toEqual([]);
  vi.advanceTimersByTime(100);
  expect(told).toEqual(['varsmith/changed', 'workspace/codeLens/refresh']);
});

test('who hears none of it is told nothing', () => {
  createRefresher(connection, { ...client, refreshesLenses: false, supportsAdditions: false })();
  expect(vi.getTimerCount()).toBe(0);
});
