/** Ensures that programs only run in workspaces that the person trusts. */
import { commands, l10n, window, workspace } from 'vscode';

/** Returns whether the workspace is trusted; if it is not, offers the editor's page for it. */
export async function isTrusted(): Promise<boolean> {
  if (workspace.isTrusted) return true;
  const answer = await window.showWarningMessage(
    l10n.t('Varsmith runs the scripts of this workspace only when you trust it.'),
    l10n.t('Manage Workspace Trust'),
  );
  if (answer !== undefined) await commands.executeCommand('workbench.trust.manage');
  return false;
}
