// When Nix is asked, and what is said of its answers.
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Server } from '../../client/src/language/server.ts';
import type { NixOutcome } from '../../client/src/protocol/nix.ts';
import { registerNix } from '../../client/src/views/nix.ts';
import { commands, env, fakeLog, happening, set, window, workspace } from './fake-vscode.ts';

vi.mock('vscode', () => import('./fake-vscode.ts'));

const ANSWERED: NixOutcome = {
  root: 'file:///fleet',
  answer: { version: '2.26.3', machines: 3, failed: [], failure: null, milliseconds: 4200 },
  reason: null,
};

const server = {
  request: vi.fn(async (_method: string, ..._params: unknown[]): Promise<unknown> => [ANSWERED]),
};
let registered: readonly { dispose(): void }[] = [];

beforeEach(() => {
  vi.clearAllMocks();
  vi.useFakeTimers();
  workspace.isTrusted = true;
  registered = registerNix(server as unknown as Server, fakeLog());
});

afterEach(() => {
  for (const disposable of registered) disposable.dispose();
  delete set['varsmith.nix.ask'];
  vi.useRealTimers();
});

const asked = () => server.request.mock.calls.filter(([method]) => method === 'varsmith/askNix').length;
const afterSaving = () => {
  set['varsmith.nix.ask'] = { globalValue: 'afterSaving' };
};
const seconds = (count: number) => vi.advanceTimersByTimeAsync(count * 1000);
const type = () => happening.typed.fire({ document: { uri: { scheme: 'file' } } });

test('the command asks, and says how many machines evaluate', async () => {
  await commands.executeCommand('varsmith.askNix');
  expect(server.request.mock.calls[0]?.slice(0, 2)).toEqual(['varsmith/askNix', { trusted: true }]);
  expect(window.showInformationMessage).toHaveBeenCalledWith(
    'Nix 2.26.3 evaluated all 3 machines in 4.2 s.',
    'Doctor',
  );
});

test.each([
  [
    { ...ANSWERED, answer: { ...(ANSWERED.answer as object), failed: ['web'] } },
    'Nix 2.26.3 evaluated 2 of 3 machines in 4.2 s. See Problems for the others: web.',
  ],
  [
    { ...ANSWERED, answer: { ...(ANSWERED.answer as object), failure: "attribute 'x' missing" } },
    "The flake does not evaluate: attribute 'x' missing",
  ],
  [
    { ...ANSWERED, answer: null, reason: 'Nix is not on PATH, so it cannot be asked.' },
    'Nix is not on PATH, so it cannot be asked.',
  ],
])('what went wrong is a sentence', async (outcome, sentence) => {
  server.request.mockResolvedValueOnce([outcome]);
  await commands.executeCommand('varsmith.askNix');
  expect(window.showWarningMessage.mock.calls[0]?.[0]).toBe(sentence);
});

test('without a flake there is nothing to ask about', async () => {
  server.request.mockResolvedValueOnce([]);
  await commands.executeCommand('varsmith.askNix');
  expect(window.showInformationMessage.mock.calls[0]?.[0]).toContain('No open folder has a flake.nix');
});

test('an untrusted workspace is not asked about, by command or by itself', async () => {
  workspace.isTrusted = false;
  afterSaving();
  await commands.executeCommand('varsmith.askNix');
  happening.saved.fire({ fileName: '/fleet/flake.nix' });
  await seconds(60);
  expect(asked()).toBe(0);
});

test('unless the setting says so, Nix is asked by command alone', async () => {
  happening.saved.fire({ fileName: '/fleet/flake.nix' });
  await seconds(60);
  expect(asked()).toBe(0);
});

test('with the setting it is asked at the start and after saving, once it is quiet, and in silence', async () => {
  afterSaving();
  await seconds(4);
  expect(asked()).toBe(1);
  happening.saved.fire({ fileName: '/fleet/machines/web/configuration.nix' });
  await seconds(2);
  type();
  await seconds(2);
  expect(asked()).toBe(1);
  await seconds(2);
  expect(asked()).toBe(2);
  expect(window.showInformationMessage).not.toHaveBeenCalled();
});

test('typing alone starts nothing, nor does saving a file that is no part of the fleet', async () => {
  afterSaving();
  await seconds(4);
  type();
  happening.saved.fire({ fileName: '/fleet/README.md' });
  await seconds(60);
  expect(asked()).toBe(1);
});

test('saving again stops what is out of date', async () => {
  afterSaving();
  let token = { isCancellationRequested: false };
  server.request.mockImplementationOnce((_method, _params, stop) => {
    token = stop as typeof token;
    return new Promise(() => {});
  });
  await seconds(4);
  happening.saved.fire({ fileName: '/fleet/flake.lock' });
  expect(token.isCancellationRequested).toBe(true);
  await seconds(4);
  expect(asked()).toBe(2);
});

test('a disagreement is shown as a page, which is copied for a report', async () => {
  server.request.mockResolvedValueOnce({ markdown: '# they disagree', facts: 2 });
  window.showInformationMessage.mockImplementationOnce(async (_message, button) => button);
  await commands.executeCommand('varsmith.reportDisagreement');
  expect(workspace.openTextDocument).toHaveBeenCalledWith({
    language: 'markdown',
    content: '# they disagree',
  });
  expect(env.clipboard.writeText).toHaveBeenCalledWith('# they disagree');
  expect(env.openExternal).toHaveBeenCalledOnce();
});

test('before a report Nix has to be asked, which is offered', async () => {
  server.request.mockResolvedValueOnce(null);
  window.showInformationMessage.mockImplementationOnce(async (_message, button) => button);
  await commands.executeCommand('varsmith.reportDisagreement');
  expect(asked()).toBe(1);
});

test('where they agree there is nothing to report', async () => {
  server.request.mockResolvedValueOnce({ markdown: '', facts: 0 });
  await commands.executeCommand('varsmith.reportDisagreement');
  expect(window.showInformationMessage.mock.calls[0]?.[0]).toContain('contradicts nothing');
});
