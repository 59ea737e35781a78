/**
 * The fleet explorer: machines with their generators and files, and registry keys with their machines and uses.
 * Connects the views and their commands; tree-items.ts defines the items' appearance.
 */
import {
  commands,
  type Disposable,
  EventEmitter,
  l10n,
  type TreeDataProvider,
  type TreeItem,
  Uri,
  window,
} from 'vscode';
import type { Server } from '../language/server.ts';
import { openWhere } from '../open-place.ts';
import { EVERYTHING, type FleetFilter, type FleetRoot } from '../protocol/fleet.ts';
import { createAccessView } from './access-view.ts';
import { askChildren, askRoots, createFleetData, type FleetData } from './fleet-data.ts';
import { emptyState, filterText, lackingBadge } from './fleet-words.ts';
import { type RevealingViews, revealAtCursor } from './reveal-in-fleet.ts';
import { createSecretsView } from './secrets-view.ts';
import { itemOf } from './tree-items.ts';
import { type FleetNode, keyNodes, machineNodes, parentOf, whereOf } from './tree-nodes.ts';

export interface FleetViews extends Disposable {
  refresh(): void;
}

export function createFleetViews(server: Server): FleetViews {
  const changed = new EventEmitter<FleetNode | undefined>();
  const changedAll = new EventEmitter<undefined>();
  const changeAll = () => {
    changed.fire(undefined);
    changedAll.fire(undefined);
  };
  const data = createFleetData(server, (roots, failed) => {
    fleet.badge = lackingBadge(roots);
    const message = filterText(data.filter);
    for (const view of [fleet, keys, secrets]) view.message = message;
    setContexts(roots, data.filter, failed);
  });
  const treeView = (id: string, top: (roots: readonly FleetRoot[]) => FleetNode[]) =>
    window.createTreeView(id, {
      treeDataProvider: createProvider(data, changed, top),
      showCollapseAll: true,
    });
  const fleet = treeView('varsmith.fleet', machineNodes);
  const keys = treeView('varsmith.keys', keyNodes);
  const access = createAccessView(server, () => data.filter, changedAll.event);
  const secrets = createSecretsView(server, () => data.filter, changedAll.event);

  function setFilter(change: Partial<FleetFilter>): void {
    data.filter = { ...data.filter, ...change };
    const { lacking, text } = data.filter;
    void commands.executeCommand('setContext', 'varsmith.lacking', lacking);
    void commands.executeCommand('setContext', 'varsmith.filtered', text !== '' || lacking);
    data.asking = null;
    changeAll();
  }

  const registered = registerFleetCommands(data, { fleet, keys, secrets, setFilter });
  return {
    refresh() {
      changeAll();
      // The badge is visible while the view is hidden and requests nothing itself.
      if (!fleet.visible && !keys.visible) void askRoots(data);
    },
    dispose() {
      for (const disposable of [...registered, fleet, keys, secrets, access, changed, changedAll])
        disposable.dispose();
    },
  };
}

function createProvider(
  data: FleetData,
  changed: EventEmitter<FleetNode | undefined>,
  top: (roots: readonly FleetRoot[]) => FleetNode[],
): TreeDataProvider<FleetNode> {
  return {
    onDidChangeTreeData: changed.event,
    getTreeItem: (node): TreeItem => itemOf(node),
    getParent: node => parentOf(node, data.roots),
    getChildren: async node => (node === undefined ? top(await askRoots(data)) : askChildren(data, node)),
  };
}

/** Sets the contexts that decide which welcome text and which views are shown. */
function setContexts(roots: readonly FleetRoot[], filter: FleetFilter, failed: boolean): void {
  void commands.executeCommand('setContext', 'varsmith.empty', emptyState(roots, filter, failed));
  const hasSecrets = roots.some(root => root.secrets > 0);
  void commands.executeCommand('setContext', 'varsmith.hasSecrets', hasSecrets);
}

function registerFleetCommands(data: FleetData, views: RevealingViews): readonly Disposable[] {
  const { setFilter } = views;
  return [
    commands.registerCommand('varsmith.filterFleet', async () => {
      const text = await askFilterText(data.filter.text);
      if (text !== undefined) setFilter({ text: text.trim() });
    }),
    commands.registerCommand('varsmith.clearFilter', () => setFilter(EVERYTHING)),
    commands.registerCommand('varsmith.showLacking', () => setFilter({ lacking: true })),
    commands.registerCommand('varsmith.showAll', () => setFilter({ lacking: false })),
    commands.registerCommand('varsmith.revealInFleet', () => revealAtCursor(data, views)),
    commands.registerCommand('varsmith.openStored', async (node?: FleetNode) => {
      if (node?.kind === 'file' && node.file.value !== null)
        await window.showTextDocument(Uri.parse(node.file.value));
    }),
    commands.registerCommand('varsmith.revealInSource', (node?: FleetNode) =>
      openWhere(node ? whereOf(node) : null),
    ),
  ];
}

function askFilterText(value: string): Thenable<string | undefined> {
  return window.showInputBox({
    title: l10n.t('Filter the fleet'),
    prompt: l10n.t(
      'Part of the name of a machine, tag, generator, file, key or variable. Leave empty to show everything.',
    ),
    value,
  });
}
