/**
 * The fleet explorer: machines with their generators and files, and registry keys with their machines. Asks the server
 * level by level; what is shown is told by tree-items.ts.
 */
import { type Disposable, EventEmitter, type TreeDataProvider, type TreeItem, window } from 'vscode';
import {
  type FleetGenerator,
  type FleetRoot,
  fleetRequest,
  type MachineParams,
  machineRequest,
} from './protocol.ts';
import type { Server } from './server.ts';
import { type FleetNode, itemOf, keyNodes, machineNodes, partsOf } from './tree-items.ts';

export interface FleetViews extends Disposable {
  refresh(): void;
}

export function createFleetViews(server: Server): FleetViews {
  const changed = new EventEmitter<FleetNode | undefined>();
  const askRoots = () => server.request<FleetRoot[] | null>(fleetRequest).then(roots => roots ?? []);

  const tree = (top: (roots: readonly FleetRoot[]) => FleetNode[]): TreeDataProvider<FleetNode> => ({
    onDidChangeTreeData: changed.event,
    getTreeItem: (node): TreeItem => itemOf(node),
    getChildren: async node => {
      if (node === undefined) return top(await askRoots());
      if (node.kind !== 'machine' && node.kind !== 'unassigned') return partsOf(node);
      const asked: MachineParams = {
        root: node.root,
        machine: node.kind === 'machine' ? node.machine.name : null,
      };
      const found = await server.request<FleetGenerator[] | null>(machineRequest, asked);
      return (found ?? []).map(generator => ({ kind: 'generator', ...asked, generator }));
    },
  });

  const fleet = window.createTreeView('varsmith.fleet', { treeDataProvider: tree(machineNodes) });
  const keys = window.createTreeView('varsmith.keys', { treeDataProvider: tree(keyNodes) });
  return {
    refresh: () => changed.fire(undefined),
    dispose: () => {
      fleet.dispose();
      keys.dispose();
      changed.dispose();
    },
  };
}
