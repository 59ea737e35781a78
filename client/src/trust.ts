/** Programs are run only in a workspace that the person trusts. */
import { commands, window, workspace } from 'vscode';

/** Says so, and leads to where trust is given, where it is not. */
export async function isTrusted(): Promise<boolean> {
  if (workspace.isTrusted) return true;
  const answer = await window.showWarningMessage(
    'Varsmith runs the scripts of this workspace only when you trust it.',
    'Manage Trust',
  );
  if (answer !== undefined) await commands.executeCommand('workbench.trust.manage');
  return false;
}
