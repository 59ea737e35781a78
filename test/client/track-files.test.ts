// *Add … to git*: the files are in the index afterwards, and what git refuses is said.
import { execFileSync } from 'node:child_process';
import { beforeEach, expect, test, vi } from 'vitest';
import { trackFiles } from '../../client/src/generate/track-files.ts';
import { folder } from '../workspace/support.ts';
import { Uri, window } from './fake-vscode.ts';

vi.mock('vscode', () => import('./fake-vscode.ts'));

const git = (root: string, ...args: string[]) => execFileSync('git', args, { cwd: root, encoding: 'utf8' });

beforeEach(() => void vi.clearAllMocks());

test('files are in the index, also those whose names look like options', async () => {
  const root = folder({ 'modules/a.nix': '{ }\n', '-n': '', 'b.nix': '' });
  git(root, 'init', '-q');
  await trackFiles(Uri.file(root).toString(), ['modules/a.nix', '-n']);
  expect(git(root, 'ls-files')).toBe('-n\nmodules/a.nix\n');
  expect(window.showErrorMessage).not.toHaveBeenCalled();
});

test('what git refuses is said', async () => {
  const root = folder({ 'a.nix': '', '.gitignore': 'a.nix\n' });
  git(root, 'init', '-q');
  await trackFiles(Uri.file(root).toString(), ['a.nix']);
  expect(window.showErrorMessage.mock.calls).toEqual([
    [expect.stringMatching(/^Git could not add the files\. .*ignored/s)],
  ]);
});
