/** A read-only document with a text of ours. It is never unsaved, and asks nothing when it is closed. */
import { Disposable, EventEmitter, Uri, window, workspace } from 'vscode';

export interface TextPage extends Disposable {
  /** Shows the text in place of the one before. */
  show(text: string): Promise<void>;
}

/**
 * Creates a page.
 * @param scheme of its URI, used by no other page
 * @param nameOf returns its title, whose ending decides on the language
 */
export function createTextPage(scheme: string, nameOf: () => string): TextPage {
  const changed = new EventEmitter<Uri>();
  let shown = '';
  const provider = workspace.registerTextDocumentContentProvider(scheme, {
    onDidChange: changed.event,
    provideTextDocumentContent: () => shown,
  });
  return Object.assign(Disposable.from(changed, provider), {
    async show(text: string) {
      const uri = Uri.from({ scheme, path: `/${nameOf()}` });
      shown = text;
      changed.fire(uri);
      await window.showTextDocument(await workspace.openTextDocument(uri), { preview: true });
    },
  });
}
