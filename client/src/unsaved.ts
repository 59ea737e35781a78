/** Documents that a command has changed and not saved, since the person may want to review them first. */
import { l10n, type TextDocument, window, workspace } from 'vscode';

/** Returns the open documents with unsaved changes. */
export function unsaved(): TextDocument[] {
  return workspace.textDocuments.filter(({ isDirty }) => isDirty);
}

/** Shows the notes and offers to save the changed files, which the person may want to review first. */
export async function showChanges(notes: readonly string[], changed: readonly TextDocument[]): Promise<void> {
  if (changed.length === 0) {
    if (notes.length > 0) void window.showInformationMessage(notes.join(' '));
    return;
  }
  const names = changed.map(({ uri }) => uri.path.slice(uri.path.lastIndexOf('/') + 1));
  const message = [...notes, l10n.t('Unsaved changes: {0}.', names.join(', '))].join(' ');
  const save = l10n.t('Save');
  if ((await window.showInformationMessage(message, save)) !== save) return;
  const saved = await Promise.all(changed.map(document => document.save()));
  if (saved.includes(false))
    void window.showErrorMessage(l10n.t('Not all of the changed files could be saved.'));
}
