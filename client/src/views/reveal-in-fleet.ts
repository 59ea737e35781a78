/** Reveals the item that belongs to the cursor in the fleet's views. */
import { l10n, type TreeView, window } from 'vscode';
import { type AtResult, EVERYTHING, type FleetFilter } from '../protocol/fleet.ts';
import { askAtCursor, askGenerators, askRoots, type FleetData } from './fleet-data.ts';
import type { SecretsView } from './secrets-view.ts';
import { type FleetNode, machineNode } from './tree-nodes.ts';

/** The views that an item can be in. */
export interface RevealingViews {
  readonly fleet: TreeView<FleetNode>;
  readonly keys: TreeView<FleetNode>;
  readonly secrets: SecretsView;
  setFilter(change: Partial<FleetFilter>): void;
}

/** Reveals the item at the cursor, or informs the person that there is none. */
export async function revealAtCursor(data: FleetData, views: RevealingViews): Promise<void> {
  const at = await askAtCursor(data.server);
  if (!at) return inform(l10n.t('Nothing at the cursor belongs to a fleet.'));
  // A filtered item cannot be revealed.
  if (data.filter !== EVERYTHING) views.setFilter(EVERYTHING);
  await askRoots(data);
  const { root, machine, secret } = at;
  if (secret !== undefined) {
    if (!(await views.secrets.reveal(root, machine, secret)))
      inform(l10n.t('The secret "{0}" is not in the view.', secret.name));
    return;
  }
  const keyNode = keyNodeOf(data, at);
  if (keyNode !== null) return show(views.keys, keyNode);
  const node = await fleetNodeOf(data, at);
  if (node !== null) return show(views.fleet, node);
  inform(l10n.t('The generator "{0}" is not in the view.', at.generator ?? ''));
}

function keyNodeOf({ roots }: FleetData, { root, key, registry }: AtResult): FleetNode | null {
  const fleetRoot = roots.find(({ uri }) => uri === root);
  const fleetKey = fleetRoot?.keys.find(entry => entry.key === key && entry.registry === registry);
  return fleetKey === undefined ? null : { kind: 'key', root, key: fleetKey };
}

/** Returns the item of the generator, or else that of its machine. */
async function fleetNodeOf(data: FleetData, at: AtResult): Promise<FleetNode | null> {
  const { root } = at;
  const fleetRoot = data.roots.find(({ uri }) => uri === root);
  const machine = fleetRoot && at.machine !== null ? machineNode(fleetRoot, at.machine) : undefined;
  const [name, tag] = machine?.kind === 'machine' ? [machine.machine.name, machine.tag] : [null];
  const generators = at.generator === null ? [] : await askGenerators(data, root, name, tag);
  const node = generators.find(
    generator => generator.kind === 'generator' && generator.generator.name === at.generator,
  );
  return node ?? machine ?? null;
}

async function show(view: TreeView<FleetNode>, node: FleetNode): Promise<void> {
  await view.reveal(node, { select: true, focus: true, expand: true });
}

function inform(message: string): void {
  void window.showInformationMessage(message);
}
