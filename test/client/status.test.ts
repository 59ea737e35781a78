import { expect, test, vi } from 'vitest';
import type { ServerStatus } from '../../client/src/protocol/status.ts';
import { createStatus } from '../../client/src/views/status.ts';
import { LanguageStatusSeverity, languages, statusItem } from './fake-vscode.ts';

vi.mock('vscode', () => import('./fake-vscode.ts'));

test('it is shown for Nix files on disk, and a click asks the doctor, or opens the log', () => {
  const status = createStatus();
  status.show({ state: 'ready', message: 'ready' });
  expect(languages.createLanguageStatusItem).toHaveBeenCalledWith('varsmith.status', {
    language: 'nix',
    scheme: 'file',
  });
  expect(statusItem.command?.command).toBe('varsmith.doctor');
  status.show({ state: 'failed', message: 'not running' });
  expect(statusItem.command?.command).toBe('varsmith.showLog');
});

test.each<[ServerStatus, boolean, number]>([
  [{ state: 'starting', message: 'starting' }, true, LanguageStatusSeverity.Information],
  [{ state: 'checking', message: 'checking' }, true, LanguageStatusSeverity.Information],
  [{ state: 'ready', message: '4 machines' }, false, LanguageStatusSeverity.Information],
  [{ state: 'failed', message: 'not running', detail: 'why' }, false, LanguageStatusSeverity.Error],
])('%j: busy %j, severity %j', (status, busy, severity) => {
  createStatus().show(status);
  expect(statusItem).toMatchObject({ text: `Varsmith: ${status.message}`, busy, severity });
});

test('the detail of an earlier state does not stay', () => {
  const status = createStatus();
  status.show({ state: 'failed', message: 'not running', detail: 'why' });
  expect(statusItem.detail).toBe('why');
  status.show({ state: 'ready', message: 'ready' });
  expect(statusItem.detail).toBe('');
});
