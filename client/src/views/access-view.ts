/** The view of who can read which secrets. Sends a single request; access-items.ts defines the items' appearance. */
import { type Disposable, type Event, l10n, type TreeDataProvider, window } from 'vscode';
import type { Server } from '../language/server.ts';
import type { FleetFilter } from '../protocol/fleet.ts';
import { type AccessRoot, accessRequest } from '../protocol/secrets.ts';
import { type AccessNode, accessItem, accessNodes, accessParts, filtered } from './access-items.ts';

/**
 * Creates the view.
 * @param filter returns the current filter
 * @param changed fires when anything may have changed
 */
export function createAccessView(
  server: Server,
  filter: () => FleetFilter,
  changed: Event<undefined>,
): Disposable {
  const provider: TreeDataProvider<AccessNode> = {
    onDidChangeTreeData: changed,
    getTreeItem: accessItem,
    getChildren: async node => {
      if (node !== undefined) return accessParts(node);
      // Empty if the server is not running, which the status reports.
      const accessRoots = await server
        .request<readonly AccessRoot[] | null>(accessRequest, {})
        .catch(() => null);
      const { text } = filter();
      const notes = (accessRoots ?? []).flatMap(root => root.notes);
      view.message = [text === '' ? '' : l10n.t('Shown: "{0}"', text), ...notes].filter(Boolean).join('\n');
      return accessNodes((accessRoots ?? []).map(root => filtered(root, text)));
    },
  };
  const view = window.createTreeView('varsmith.access', {
    treeDataProvider: provider,
    showCollapseAll: true,
  });
  return { dispose: () => view.dispose() };
}
