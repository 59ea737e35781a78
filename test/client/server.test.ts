import { beforeEach, expect, test, vi } from 'vitest';
import { connect } from '../../client/src/language/connection.ts';
import { createServer } from '../../client/src/language/server.ts';
import type { ServerStatus } from '../../client/src/protocol/status.ts';
import { fakeLog, window } from './fake-vscode.ts';

vi.mock('vscode', () => import('./fake-vscode.ts'));
vi.mock('../../client/src/language/connection.ts', () => ({ connect: vi.fn() }));

const log = fakeLog();
const shown: ServerStatus[] = [];
const server = () =>
  createServer(
    (...told) => connect('/dist/server.js', ...told),
    log,
    status => shown.push(status),
    () => undefined,
  );

/** A connection that answers every request with its own name. */
function connection(name: string) {
  return {
    request: vi.fn(async () => name as never),
    showFindings: vi.fn(),
    close: vi.fn(async () => {}),
  };
}

beforeEach(() => {
  vi.resetAllMocks();
  window.showErrorMessage.mockResolvedValue(undefined);
  shown.length = 0;
});

test('a request made while the server starts waits for it', async () => {
  vi.mocked(connect).mockResolvedValueOnce(connection('first'));
  const subject = server();
  subject.startInBackground();
  expect(connect).not.toHaveBeenCalled();
  expect(await subject.request('varsmith/checkWorkspace')).toBe('first');
});

test('a failed start is reported once, with the reason in the status', async () => {
  vi.mocked(connect).mockRejectedValueOnce(new Error('no such file'));
  const subject = server();
  subject.startInBackground();
  await expect(subject.request('varsmith/checkWorkspace')).rejects.toThrow('not running');
  expect(window.showErrorMessage.mock.calls).toEqual([
    ["Varsmith's language server did not start: no such file", 'Show Log'],
  ]);
  expect(shown.at(-1)).toEqual({ state: 'failed', message: 'not running', detail: 'no such file' });
});

test('a restart ends the old server before it starts the new one', async () => {
  const first = connection('first');
  vi.mocked(connect).mockResolvedValueOnce(first);
  const subject = server();
  subject.startInBackground();
  vi.mocked(connect).mockImplementationOnce(async () => {
    expect(first.close).toHaveBeenCalledOnce();
    return connection('second');
  });
  expect(await subject.restart()).toBe(true);
  expect(await subject.request('varsmith/checkWorkspace')).toBe('second');
});

test('a restart helps after a failed start, and after a server that does not end', async () => {
  vi.mocked(connect).mockRejectedValueOnce(new Error('no such file'));
  const subject = server();
  subject.startInBackground();
  const stubborn = { ...connection('second'), close: () => Promise.reject(new Error('timed out')) };
  vi.mocked(connect).mockResolvedValueOnce(stubborn);
  expect(await subject.restart()).toBe(true);
  vi.mocked(connect).mockResolvedValueOnce(connection('third'));
  expect(await subject.restart()).toBe(true);
  expect(await subject.request('varsmith/checkWorkspace')).toBe('third');
});

test('after stop nothing runs and nothing starts again', async () => {
  const first = connection('first');
  vi.mocked(connect).mockResolvedValueOnce(first);
  const subject = server();
  await subject.restart();
  await subject.stop();
  expect(first.close).toHaveBeenCalledOnce();
  expect(await subject.restart()).toBe(false);
  await expect(subject.request('varsmith/checkWorkspace')).rejects.toThrow('not running');
});

test('a stop right after activation starts no server at all', async () => {
  const subject = server();
  subject.startInBackground();
  await subject.stop();
  expect(connect).not.toHaveBeenCalled();
});
