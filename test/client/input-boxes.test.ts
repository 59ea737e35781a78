// What the boxes bring from outside of them.
import { expect, test, vi } from 'vitest';
import { editorBoxes } from '../../client/src/generate/input-boxes.ts';
import { window, workspace } from './fake-vscode.ts';

vi.mock('vscode', () => import('./fake-vscode.ts'));

async function brought(bytes: Uint8Array | Error) {
  window.showOpenDialog.mockResolvedValueOnce(['file:///key']);
  workspace.fs.readFile.mockImplementationOnce(async () => {
    if (bytes instanceof Error) throw bytes;
    return bytes;
  });
  return editorBoxes().file();
}

test('a file brings its text, byte for byte', async () => {
  expect(await brought(Buffer.from('\ufeffa\r\n'))).toEqual({ text: '\ufeffa\r\n' });
});

test('a file that is no text or cannot be read says so', async () => {
  expect(await brought(Uint8Array.of(0xff))).toEqual({ problem: 'This file is not text.' });
  expect(await brought(new Error('EACCES'))).toEqual({ problem: 'This file cannot be read.' });
});

test('no file is chosen', async () => {
  expect(await editorBoxes().file()).toBeNull();
});
