/**
 * The view of secrets of sops-nix and agenix. Sends requests level by level; secret-items.ts defines the items'
 * appearance.
 */
import { type Disposable, type Event, type TreeDataProvider, window } from 'vscode';
import type { Server } from '../language/server.ts';
import type { FleetFilter, FleetParams, MachineParams, SecretRef } from '../protocol/fleet.ts';
import {
  type FileKey,
  type FileKeysParams,
  fileKeysRequest,
  type MachineSecret,
  machineSecretsRequest,
  type SecretsRoot,
  secretsRequest,
} from '../protocol/secrets.ts';
import { type SecretNode, secretItem, secretNodes, secretParent, secretParts } from './secret-items.ts';

export interface SecretsView extends Disposable {
  /** The text above the items. */
  message: string;
  /** Shows a secret of a machine, or of no known machine. Returns false if the view does not contain it. */
  reveal(root: string, machine: string | null, secret: SecretRef): Promise<boolean>;
}

/**
 * Creates the view.
 * @param filter returns the current filter
 * @param changed fires when anything may have changed
 */
export function createSecretsView(
  server: Server,
  filter: () => FleetFilter,
  changed: Event<undefined>,
): SecretsView {
  let roots: readonly SecretsRoot[] = [];

  async function askRoots(): Promise<readonly SecretsRoot[]> {
    const asked: FleetParams = { filter: filter() };
    roots = await ask<SecretsRoot>(secretsRequest, asked);
    return roots;
  }

  const provider: TreeDataProvider<SecretNode> = {
    onDidChangeTreeData: changed,
    getTreeItem: secretItem,
    getParent: node => secretParent(node, roots),
    getChildren: async node => {
      if (node === undefined) return secretNodes(await askRoots());
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
    const machineSecrets = await ask<MachineSecret>(machineSecretsRequest, asked);
    return machineSecrets.map(secret => ({ kind: 'secret', root, machine, secret }));
  }

  /** Sends a request. Returns nothing if the server is not running, which the status reports. */
  async function ask<T>(request: string, params: object): Promise<readonly T[]> {
    const answer = await server.request<readonly T[] | null>(request, params).catch(() => null);
    return answer ?? [];
  }

  const view = window.createTreeView('varsmith.secrets', {
    treeDataProvider: provider,
    showCollapseAll: true,
  });
  async function reveal(root: string, machine: string | null, { keeper, name }: SecretRef): Promise<boolean> {
    await askRoots();
    const node = (await secretsOf(root, machine)).find(
      secret => secret.kind === 'secret' && secret.secret.keeper === keeper && secret.secret.name === name,
    );
    if (node === undefined) return false;
    await view.reveal(node, { select: true, focus: true, expand: true });
    return true;
  }

  return {
    reveal,
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
