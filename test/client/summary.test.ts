import { expect, test, vi } from 'vitest';
import type { CheckWorkspaceResult } from '../../client/src/protocol/status.ts';
import { hasFindings, summarize } from '../../client/src/summary.ts';

vi.mock('vscode', () => import('./fake-vscode.ts'));

const clean: CheckWorkspaceResult = {
  errors: 0,
  warnings: 0,
  infos: 0,
  hints: 0,
  files: 34,
  milliseconds: 12,
};

test.each<[Partial<CheckWorkspaceResult>, string]>([
  [{ errors: 2, warnings: 1 }, 'Checked 34 files: 2 errors, 1 warning.'],
  [{ infos: 1, hints: 3 }, 'Checked 34 files: 1 info, 3 hints.'],
  [{}, 'Checked 34 files: nothing to report.'],
  [{ files: 1, errors: 1 }, 'Checked 1 file: 1 error.'],
  [{ files: 0 }, 'Checked no files: nothing to report.'],
])('%j reads as %j', (counts, sentence) => {
  expect(summarize({ ...clean, ...counts })).toBe(sentence);
});

test('a hint alone is something to show', () => {
  expect(hasFindings(clean)).toBe(false);
  expect(hasFindings({ ...clean, hints: 1 })).toBe(true);
});
