/** Our own requests for views: the fleet level by level, and the dependency graph. */
import { basename } from 'node:path';
import type { CancellationToken } from 'vscode-languageserver';
import { generatorEntries, keyEntries, machineEntries } from '../../editor/explorer.ts';
import { type Graph, graphOf } from '../../editor/graph.ts';
import { pictureOf } from '../../editor/graph-picture.ts';
import { dotOf, mermaidOf } from '../../editor/graph-text.ts';
import type { Place } from '../../fleet/model.ts';
import type { Analysis } from '../analysis.ts';
import { type Border, locationOf, uriOfPath } from '../convert.ts';
import type {
  FleetGenerator,
  FleetRoot,
  GraphParams,
  GraphResult,
  MachineParams,
  Where,
} from '../messages.ts';
import { stateNear } from './near.ts';

export async function onFleet(analysis: Analysis, token: CancellationToken): Promise<FleetRoot[]> {
  await analysis.settled(token);
  return analysis.states().map(({ root, snapshot, border }) => {
    const { machines, unassigned } = machineEntries(snapshot);
    return {
      name: basename(root),
      uri: uriOfPath(root),
      machines: machines.map(({ at, ...machine }) => ({ ...machine, where: whereOf(border, at) })),
      unassigned,
      keys: keyEntries(snapshot).map(({ at, registry: _, ...key }) => ({
        ...key,
        where: whereOf(border, at),
      })),
    };
  });
}

export async function onMachine(
  analysis: Analysis,
  { root, machine }: MachineParams,
  token: CancellationToken,
): Promise<FleetGenerator[]> {
  await analysis.settled(token);
  const state = analysis.states().find(one => uriOfPath(one.root) === root);
  if (!state) return [];
  const { snapshot, border } = state;
  return generatorEntries(snapshot, machine).map(({ at, files, ...generator }) => ({
    ...generator,
    where: whereOf(border, at),
    files: files.map(({ at: place, ...file }) => ({ ...file, where: whereOf(border, place) })),
  }));
}

export async function onGraph(
  analysis: Analysis,
  { near, machine, generator, format }: GraphParams,
  token: CancellationToken,
): Promise<GraphResult | null> {
  await analysis.settled(token);
  const state = stateNear(analysis.states(), near);
  if (!state) return null;
  const { root, snapshot, border } = state;
  const graph = graphOf(snapshot.fleet, snapshot.stored(), { machine, generator });
  const places = graph.nodes.flatMap(({ id, at }) => {
    const where = whereOf(border, at);
    return where ? [[id, where] as const] : [];
  });
  return {
    text: written(graph, format),
    root: basename(root),
    machines: snapshot.fleet.machines.map(({ name }) => name),
    generators: graph.nodes.length,
    places: Object.fromEntries(places),
  };
}

function written(graph: Graph, format: GraphParams['format']): string {
  switch (format) {
    case 'picture':
      return pictureOf(graph, 'none').svg;
    case 'svg':
      return pictureOf(graph).svg;
    case 'dot':
      return dotOf(graph);
    case 'mermaid':
      return mermaidOf(graph);
  }
}

function whereOf(border: Border, place: Place | null): Where | null {
  return place && locationOf(border, place);
}
