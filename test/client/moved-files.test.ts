// What is said after a move in the editor: stored values that moved along, and files that are left unsaved.
import { expect, test, vi } from 'vitest';
import { followMoves } from '../../client/src/language/moved-files.ts';
import { Uri, window, workspace } from './fake-vscode.ts';

vi.mock('vscode', () => import('./fake-vscode.ts'));
const runs: (readonly string[])[] = [];
vi.mock('../../client/src/generate/program.ts', () => ({
  runProgram: async ({ args }: { args: readonly string[] }) => {
    runs.push(args);
    return { code: 0, stdout: '', said: '' };
  },
}));

test('stored values that moved along are named, and what is unsaved can be saved', async () => {
  let moved: (event: unknown) => void = () => {};
  const save = vi.fn(async () => true);
  Object.assign(workspace, {
    isTrusted: true,
    onDidRenameFiles: (listener: typeof moved) => {
      moved = listener;
      return { dispose() {} };
    },
    getWorkspaceFolder: () => ({ uri: Uri.parse('file:///fleet') }),
    textDocuments: [
      { uri: Uri.parse('file:///fleet/flake.nix'), isDirty: true, save },
      { uri: Uri.parse('file:///elsewhere/notes.nix'), isDirty: true, save: vi.fn() },
    ],
  });
  window.showInformationMessage.mockResolvedValueOnce('Save');
  followMoves('/cli.js');
  const files = [
    ['machines/beta/a.nix', 'machines/gamma/a.nix'],
    ['vars/per-machine/beta', 'vars/per-machine/gamma'],
  ].map(([from, to]) => ({
    oldUri: Uri.parse(`file:///fleet/${from}`),
    newUri: Uri.parse(`file:///fleet/${to}`),
  }));
  moved({ files });
  await vi.waitUntil(() => save.mock.calls.length > 0, { timeout: 240_000, interval: 20 });
  expect(runs).toHaveLength(1);
  expect(window.showInformationMessage).toHaveBeenCalledWith(
    'Stored values were moved along: vars/per-machine/gamma. Unsaved changes: flake.nix.',
    'Save',
  );
});
