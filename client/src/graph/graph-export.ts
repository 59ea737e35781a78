/** Exports the graph: asks for the file and writes it. */
import { l10n, Uri, window, workspace } from 'vscode';
import type { ExportFormat } from '../webview/messages.ts';

const EXTENSIONS: Readonly<Record<ExportFormat, string>> = {
  svg: 'svg',
  png: 'png',
  dot: 'dot',
  mermaid: 'mmd',
};

/**
 * Asks for the file of an export.
 * @param root name of the fleet's folder, if known
 */
export function askExportTarget(format: ExportFormat, root: string | undefined): Thenable<Uri | undefined> {
  const extension = EXTENSIONS[format];
  const folder = workspace.workspaceFolders?.[0]?.uri;
  const name = `vars-${root ?? 'graph'}.${extension}`;
  return window.showSaveDialog({
    ...(folder ? { defaultUri: Uri.joinPath(folder, name) } : {}),
    filters: { [format.toUpperCase()]: [extension] },
    title: l10n.t('Export the dependency graph'),
  });
}

export async function writeExport(target: Uri, data: Uint8Array): Promise<void> {
  await workspace.fs.writeFile(target, data);
  window.setStatusBarMessage(l10n.t('Varsmith: wrote {0}', target.path.split('/').at(-1) ?? ''), 4000);
}
