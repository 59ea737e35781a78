/**
 * *Varsmith: Open Example Fleet*: copies one of the two fleets that ship with the extension into a folder of the
 * person's choice, and opens it. Overwrites nothing.
 */
import { commands, type Disposable, l10n, Uri, window, workspace } from 'vscode';
import { STAYS } from '../generate/choose.ts';

const examples = () => [
  {
    label: l10n.t('A fleet with mistakes'),
    detail: l10n.t(
      'One example of each kind of mistake, marked with a comment, to try out findings and fixes.',
    ),
    folder: 'broken-fleet',
  },
  {
    label: l10n.t('A clean fleet'),
    detail: l10n.t('Four machines, a registry, a matrix and services to explore.'),
    folder: 'fleet',
  },
];

/** The number of names to try in the chosen folder. */
const MAX_TRIES = 50;

/**
 * Registers the command.
 * @param extension the folder of the extension
 */
export function registerExample(extension: Uri): Disposable {
  return commands.registerCommand('varsmith.openExample', async () => {
    const example = await window.showQuickPick(examples(), { ...STAYS, title: l10n.t('Example fleet') });
    if (!example) return;
    const name = `varsmith-${example.folder}`;
    const [parent] =
      (await window.showOpenDialog({
        canSelectFiles: false,
        canSelectFolders: true,
        openLabel: l10n.t('Copy Here'),
        title: l10n.t('Where should the folder "{0}" be created?', name),
      })) ?? [];
    if (!parent) return;
    const target = await freeName(parent, name);
    if (!target) {
      void window.showErrorMessage(
        l10n.t('{0} already contains too many examples. Choose another folder.', parent.fsPath),
      );
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
      // The name is free.
      return uri;
    }
  }
  return null;
}
