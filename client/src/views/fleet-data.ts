/**
 * The data of the fleet's views, requested from the server level by level: roots first, generators and keys when
 * their item is opened. Knows nothing of the items' appearance.
 */
import { window } from 'vscode';
import type { Server } from '../language/server.ts';
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
import { type FleetNode, keyParts, moduleNodes, partsOf } from './tree-nodes.ts';

export interface FleetData {
  readonly server: Server;
  /** Called with every answer; `failed` is true if there was none. */
  readonly onRoots: (roots: readonly FleetRoot[], failed: boolean) => void;
  filter: FleetFilter;
  /** The last answer. */
  roots: readonly FleetRoot[];
  /** The pending request. Both views ask at the same time, and share the answer. */
  asking: Promise<readonly FleetRoot[]> | null;
}

export function createFleetData(server: Server, onRoots: FleetData['onRoots']): FleetData {
  return { server, onRoots, filter: EVERYTHING, roots: [], asking: null };
}

/** Requests the roots that match the filter. Never rejects; without an answer there are none. */
export function askRoots(data: FleetData): Promise<readonly FleetRoot[]> {
  const receive = (roots: readonly FleetRoot[], failed: boolean) => {
    data.roots = roots;
    data.onRoots(roots, failed);
    return roots;
  };
  data.asking ??= data.server
    .request<FleetRoot[] | null>(fleetRequest, { filter: data.filter } satisfies FleetParams)
    .then(
      roots => receive(roots ?? [], false),
      // The status reports why the server is not running; the view shows what to do.
      () => receive([], true),
    )
    .finally(() => {
      data.asking = null;
    });
  return data.asking;
}

/** Requests the items below an item that is not at the top of a view. */
export async function askChildren(data: FleetData, node: FleetNode): Promise<FleetNode[]> {
  if (node.kind === 'key') return askKey(data, node);
  if (node.kind === 'machine') return askGenerators(data, node.root, node.machine.name, node.tag);
  if (node.kind !== 'unassigned') return partsOf(node);
  return moduleNodes(node.root, await requestGenerators(data, node.root, null));
}

/**
 * Requests the items of a machine's generators.
 * @param machine null for the generators of no known machine
 * @param tag the tag that the machine is listed under
 */
export async function askGenerators(
  data: FleetData,
  root: string,
  machine: string | null,
  tag?: string | null,
): Promise<FleetNode[]> {
  const generators = await requestGenerators(data, root, machine);
  return generators.map(generator => ({ kind: 'generator', root, machine, generator, tag }) as const);
}

async function requestGenerators(
  { server, filter }: FleetData,
  root: string,
  machine: string | null,
): Promise<readonly FleetGenerator[]> {
  const params: MachineParams = { root, machine, filter };
  return (await server.request<FleetGenerator[] | null>(machineRequest, params)) ?? [];
}

async function askKey({ server }: FleetData, node: FleetNode & { kind: 'key' }): Promise<FleetNode[]> {
  const { registry, key } = node.key;
  const params: KeyParams = { root: node.root, registry, key };
  const detail = await server.request<KeyDetail | null>(keyRequest, params);
  return detail === null ? [] : keyParts(detail);
}

/** Requests the part of a fleet at the cursor. Returns `null` if there is none, or no editor is open. */
export async function askAtCursor(server: Server): Promise<AtResult | null> {
  const editor = window.activeTextEditor;
  if (!editor) return null;
  const { line, character } = editor.selection.active;
  const params: AtParams = { uri: editor.document.uri.toString(), position: { line, character } };
  return server.request<AtResult | null>(atRequest, params);
}
