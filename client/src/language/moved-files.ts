/**
 * Follows what was moved in the editor, by a rename of ours or by hand: links beside secrets and git's index are put right
 * by the command line. Only in trusted workspaces, since programs run.
 */
import { relative } from 'node:path';
import { type Disposable, type FileRenameEvent, l10n, type Uri, window, workspace } from 'vscode';
import { runProgram } from '../generate/program.ts';

/** Folders in which a name means something to others. */
const NAMED = /(^|\/)(vars|sops|secrets|machines)\//;

/** @param cli absolute path of the bundled command line */
export function followMoves(cli: string): Disposable {
  // One after the other: each run locks the repository.
  let last: Promise<void> = Promise.resolve();
  return workspace.onDidRenameFiles(event => {
    if (!workspace.isTrusted) return;
    for (const [root, paths] of byFolder(event)) last = last.then(() => settle(cli, root, paths));
  });
}

/** Paths before and after, relative to the folder of the workspace that holds both. */
function byFolder({ files }: FileRenameEvent): ReadonlyMap<string, readonly string[]> {
  const moved = new Map<string, string[]>();
  for (const { oldUri, newUri } of files) {
    const folder = workspace.getWorkspaceFolder(newUri);
    if (folder === undefined || folder.uri.scheme !== 'file') continue;
    const root = folder.uri.fsPath;
    const [from, to] = [oldUri, newUri].map(uri => pathBelow(root, uri)) as [string, string];
    if (from.startsWith('../') || !NAMED.test(from) || !NAMED.test(to)) continue;
    moved.set(root, [...(moved.get(root) ?? []), from, to]);
  }
  return moved;
}

function pathBelow(root: string, uri: Uri): string {
  return relative(root, uri.fsPath).replaceAll('\\', '/');
}

async function settle(cli: string, root: string, paths: readonly string[]): Promise<void> {
  const args = ['rename', 'moved', ...paths, '--root', root, '--json'];
  const failed = await runProgram({ cli, cwd: root, trusted: true, args }).then(
    ({ code, said }) => (code === 0 ? null : said),
    (error: unknown) => String(error),
  );
  if (failed === null) return;
  void window.showWarningMessage(
    l10n.t('Links beside secrets, or the names that Git knows, could not follow the move. {0}', failed),
  );
}
