/**
 * The fleet explorer: machines with their generators and files, and registry keys with their machines and uses. Asks the
 * server level by level; what is shown is told by tree-items.ts.
 */
import {
  commands,
  type Disposable,
  EventEmitter,
  l10n,
  type TreeDataProvider,
  type TreeItem,
  type TreeView,
  Uri,
  window,
} from 'vscode';
import type { Server } from '../language/server.ts';
import { openWhere } from '../open-place.ts';
import {
  type AtParams,
  type AtResult,
  atRequest,
  EVERYTHING,
  type FleetFilter,
  type FleetGenerator,
  type FleetParams,
  type FleetRoot,
  fleetRequest,
  type KeyDetail,
  type KeyParams,
  keyRequest,
  type MachineParams,
  machineRequest,
} from '../protocol/fleet.ts';
import { createAccessView } from './access-view.ts';
import { emptyState, filterText, lackingBadge } from './fleet-words.ts';
import { createSecretsView } from './secrets-view.ts';
import {
  type FleetNode,
  itemOf,
  keyNodes,
  keyParts,
  machineNodes,
  parentOf,
  partsOf,
  whereOf,
} from './tree-items.ts';

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
  let filter = EVERYTHING;
  let roots: readonly FleetRoot[] = [];
  /** Both views ask at once; one answer serves both. */
  let asking: Promise<readonly FleetRoot[]> | null = null;

  function askRoots(): Promise<readonly FleetRoot[]> {
    asking ??= server
      .request<FleetRoot[] | null>(fleetRequest, { filter } satisfies FleetParams)
      .then(
        found => tell(found ?? [], false),
        // Why it does not run is told by the status; the view says what to do.
        () => tell([], true),
      )
      .finally(() => {
        asking = null;
      });
    return asking;
  }

  function tell(found: readonly FleetRoot[], failed: boolean): readonly FleetRoot[] {
    roots = found;
    fleet.badge = lackingBadge(found);
    const message = filterText(filter);
    fleet.message = message;
    keys.message = message;
    secrets.message = message;
    void commands.executeCommand('setContext', 'varsmith.empty', emptyState(found, filter, failed));
    const hasSecrets = found.some(root => root.secrets > 0);
    void commands.executeCommand('setContext', 'varsmith.hasSecrets', hasSecrets);
    return found;
  }

  const provider = (top: (found: readonly FleetRoot[]) => FleetNode[]): TreeDataProvider<FleetNode> => ({
    onDidChangeTreeData: changed.event,
    getTreeItem: (node): TreeItem => itemOf(node),
    getParent: node => parentOf(node, roots),
    getChildren: async node => {
      if (node === undefined) return top(await askRoots());
      if (node.kind === 'key') return askKey(node);
      if (node.kind !== 'machine' && node.kind !== 'unassigned') return partsOf(node);
      return generatorsOf(node.root, node.kind === 'machine' ? node.machine.name : null);
    },
  });

  async function generatorsOf(root: string, machine: string | null): Promise<FleetNode[]> {
    const asked: MachineParams = { root, machine, filter };
    const found = await server.request<FleetGenerator[] | null>(machineRequest, asked);
    return (found ?? []).map(generator => ({ kind: 'generator', root, machine, generator }));
  }

  async function askKey(node: FleetNode & { kind: 'key' }): Promise<FleetNode[]> {
    const { registry, key } = node.key;
    const asked: KeyParams = { root: node.root, registry, key };
    const detail = await server.request<KeyDetail | null>(keyRequest, asked);
    return detail === null ? [] : keyParts(detail);
  }

  const fleet = window.createTreeView('varsmith.fleet', {
    treeDataProvider: provider(machineNodes),
    showCollapseAll: true,
  });
  const keys = window.createTreeView('varsmith.keys', {
    treeDataProvider: provider(keyNodes),
    showCollapseAll: true,
  });

  const access = createAccessView(server, () => filter, changedAll.event);
  const secrets = createSecretsView(server, () => filter, changedAll.event);

  function setFilter(some: Partial<FleetFilter>): void {
    filter = { ...filter, ...some };
    void commands.executeCommand('setContext', 'varsmith.lacking', filter.lacking);
    void commands.executeCommand('setContext', 'varsmith.filtered', filter.text !== '' || filter.lacking);
    asking = null;
    changeAll();
  }

  async function askFilter(): Promise<void> {
    const text = await window.showInputBox({
      title: l10n.t('Filter the fleet'),
      prompt: l10n.t(
        'Part of the name of a machine, tag, generator, file, key or variable. Empty shows all.',
      ),
      value: filter.text,
    });
    if (text !== undefined) setFilter({ text: text.trim() });
  }

  /** From the cursor to the item of the views. */
  async function reveal(): Promise<void> {
    const editor = window.activeTextEditor;
    const at = editor && (await itemAtCursor(server));
    if (!at) {
      void window.showInformationMessage(l10n.t('There is nothing of a fleet at the cursor.'));
      return;
    }
    // What is filtered away cannot be shown.
    if (filter !== EVERYTHING) setFilter(EVERYTHING);
    await askRoots();
    const { root, key, registry, secret } = at;
    if (secret !== undefined) {
      if (!(await secrets.reveal(root, at.machine, secret)))
        void window.showInformationMessage(l10n.t('The secret "{0}" is not in the view.', secret.name));
      return;
    }
    const fleetRoot = roots.find(({ uri }) => uri === root);
    const keyEntry = fleetRoot?.keys.find(fleetKey => fleetKey.key === key && fleetKey.registry === registry);
    if (keyEntry) return show(keys, { kind: 'key', root, key: keyEntry });
    const machine = fleetRoot?.machines.find(({ name }) => name === at.machine);
    const generators = at.generator === null ? [] : await generatorsOf(root, machine?.name ?? null);
    const node = generators.find(
      generator => generator.kind === 'generator' && generator.generator.name === at.generator,
    );
    if (node) await show(fleet, node);
    else if (machine) await show(fleet, { kind: 'machine', root, machine });
    else
      void window.showInformationMessage(
        l10n.t('The generator "{0}" is not in the view.', at.generator ?? ''),
      );
  }

  async function show(view: TreeView<FleetNode>, node: FleetNode): Promise<void> {
    await view.reveal(node, { select: true, focus: true, expand: true });
  }

  const registered = [
    commands.registerCommand('varsmith.filterFleet', askFilter),
    commands.registerCommand('varsmith.clearFilter', () => setFilter(EVERYTHING)),
    commands.registerCommand('varsmith.showLacking', () => setFilter({ lacking: true })),
    commands.registerCommand('varsmith.showAll', () => setFilter({ lacking: false })),
    commands.registerCommand('varsmith.revealInFleet', reveal),
    commands.registerCommand('varsmith.openStored', async (node?: FleetNode) => {
      if (node?.kind === 'file' && node.file.value !== null)
        await window.showTextDocument(Uri.parse(node.file.value));
    }),
    commands.registerCommand('varsmith.revealInSource', (node?: FleetNode) =>
      openWhere(node ? whereOf(node) : null),
    ),
  ];
  return {
    refresh() {
      changeAll();
      // The badge is seen before the view is: a view that is hidden asks for nothing by itself.
      if (!fleet.visible && !keys.visible) void askRoots();
    },
    dispose: () => {
      for (const disposable of registered) disposable.dispose();
      fleet.dispose();
      keys.dispose();
      secrets.dispose();
      access.dispose();
      changed.dispose();
      changedAll.dispose();
    },
  };
}

/** What of the fleet stands at the cursor; null where nothing does, or no file of it is open. */
async function itemAtCursor(server: Server): Promise<AtResult | null> {
  const editor = window.activeTextEditor;
  if (!editor) return null;
  const { line, character } = editor.selection.active;
  const asked: AtParams = { uri: editor.document.uri.toString(), position: { line, character } };
  return server.request<AtResult | null>(atRequest, asked);
}
