/**
 * Follows moves in the editor, by renaming or by hand: the command line repairs links beside secrets and git's index.
 * Only in trusted workspaces, since programs run.
 */
import { relative } from 'node:path';
import { type Disposable, type FileRenameEvent, l10n, type Uri, window, workspace } from 'vscode';
import { runProgram } from '../generate/program.ts';
import { someOf } from '../generate/run-story.ts';
import { showChanges, unsaved } from '../unsaved.ts';

/** Folders whose names have a meaning for other files. */
const NAMED = /(^|\/)(vars|sops|secrets|machines)\//;

/**
 * Starts following moves.
 * @param cli absolute path of the bundled command line
 */
export function followMoves(cli: string): Disposable {
  // In sequence, since each run locks the repository.
  let last: Promise<void> = Promise.resolve();
  return workspace.onDidRenameFiles(event => {
    if (!workspace.isTrusted) return;
    for (const [root, paths] of byFolder(event)) last = last.then(() => settle(cli, root, paths));
  });
}

/** Returns old and new paths relative to the workspace folder that contains both. */
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
  if (failed === null) return void showMoved(root, paths);
  void window.showWarningMessage(
    l10n.t('The links beside the secrets or the Git index could not be updated after the move. {0}', failed),
  );
}

/** Folders of stored values and keys. */
const STORED = /(^|\/)(vars|sops|secrets)\//;

/** Says which stored values were moved along, and which files the move has left unsaved. */
async function showMoved(root: string, paths: readonly string[]): Promise<void> {
  const stored = paths.filter((path, index) => index % 2 === 1 && STORED.test(path));
  const changed = unsaved().filter(({ uri }) => !pathBelow(root, uri).startsWith('../'));
  await showChanges(
    stored.length === 0 ? [] : [l10n.t('Stored values were moved along: {0}.', someOf(stored))],
    changed,
  );
}
