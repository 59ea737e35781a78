/**
 * *Varsmith: Open Example Fleet*: copies one of the two fleets that ship with the extension into a folder that the person
 * chooses, and opens it. Nothing that is there is overwritten.
 */
import { commands, type Disposable, Uri, window, workspace } from 'vscode';
import { STAYS } from './choose.ts';

const EXAMPLES = [
  {
    label: 'A fleet with mistakes',
    detail: 'Each kind of mistake once, each marked with a comment: to see findings and fixes.',
    folder: 'broken-fleet',
  },
  {
    label: 'A clean fleet',
    detail: 'Four machines, a registry, a matrix, services: to look around in.',
    folder: 'fleet',
  },
] as const;

/** So many names are tried in the chosen folder. */
const MAX_TRIES = 50;

/** @param extension where the extension lies */
export function registerExample(extension: Uri): Disposable {
  return commands.registerCommand('varsmith.openExample', async () => {
    const example = await window.showQuickPick(EXAMPLES, { ...STAYS, title: 'Example fleet' });
    if (!example) return;
    const [parent] =
      (await window.showOpenDialog({
        canSelectFiles: false,
        canSelectFolders: true,
        openLabel: 'Copy Here',
        title: `Where should a folder "varsmith-${example.folder}" be made?`,
      })) ?? [];
    if (!parent) return;
    const target = await freeName(parent, `varsmith-${example.folder}`);
    if (!target) {
      void window.showErrorMessage(`${parent.fsPath} has too many examples already. Choose another folder.`);
      return;
    }
    await workspace.fs.copy(Uri.joinPath(extension, 'examples', example.folder), target);
    await commands.executeCommand('vscode.openFolder', target);
  });
}

async function freeName(parent: Uri, name: string): Promise<Uri | null> {
  for (let count = 1; count <= MAX_TRIES; count++) {
    const uri = Uri.joinPath(parent, count === 1 ? name : `${name}-${count}`);
    try {
      await workspace.fs.stat(uri);
    } catch {
      // There is nothing of that name.
      return uri;
    }
  }
  return null;
}
