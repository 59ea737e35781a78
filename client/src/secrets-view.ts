/** The view of secrets of sops-nix and agenix. Asks the server level by level; what is shown is told by secret-items.ts. */
import { type Disposable, type Event, type TreeDataProvider, window } from 'vscode';
import {
  type FileKey,
  type FileKeysParams,
  type FleetFilter,
  type FleetParams,
  fileKeysRequest,
  type MachineParams,
  type MachineSecret,
  machineSecretsRequest,
  type SecretsRoot,
  secretsRequest,
} from './protocol.ts';
import { type SecretNode, secretItem, secretNodes, secretParts } from './secret-items.ts';
import type { Server } from './server.ts';

export interface SecretsView extends Disposable {
  /** What is said above the items. */
  message: string;
}

/**
 * @param filter what is to be seen now
 * @param changed fires where anything may be another thing
 */
export function createSecretsView(
  server: Server,
  filter: () => FleetFilter,
  changed: Event<undefined>,
): SecretsView {
  const provider: TreeDataProvider<SecretNode> = {
    onDidChangeTreeData: changed,
    getTreeItem: secretItem,
    getChildren: async node => {
      if (node === undefined) {
        const asked: FleetParams = { filter: filter() };
        return secretNodes(await ask<SecretsRoot>(secretsRequest, asked));
      }
      switch (node.kind) {
        case 'machine':
        case 'unassigned':
          return secretsOf(node.root, node.kind === 'machine' ? node.machine.name : null);
        case 'file': {
          const asked: FileKeysParams = { root: node.root, path: node.file.path };
          return (await ask<FileKey>(fileKeysRequest, asked)).map(key => ({ kind: 'key', key }));
        }
        default:
          return secretParts(node);
      }
    },
  };

  async function secretsOf(root: string, machine: string | null): Promise<SecretNode[]> {
    const asked: MachineParams = { root, machine, filter: filter() };
    const found = await ask<MachineSecret>(machineSecretsRequest, asked);
    return found.map(secret => ({ kind: 'secret', root, machine, secret }));
  }

  /** Nothing where the server does not run: why is told by the status. */
  async function ask<T>(request: string, params: object): Promise<readonly T[]> {
    const found = await server.request<readonly T[] | null>(request, params).catch(() => null);
    return found ?? [];
  }

  const view = window.createTreeView('varsmith.secrets', {
    treeDataProvider: provider,
    showCollapseAll: true,
  });
  return {
    get message() {
      return view.message ?? '';
    },
    set message(text: string) {
      view.message = text;
    },
    dispose: () => {
      view.dispose();
    },
  };
}
