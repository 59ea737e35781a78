/**
 * Answers requests for the dependency graph: as a picture, as text, and the places where its generators are declared.
 */

import { basename } from 'node:path';
import type { CancellationToken } from 'vscode-languageserver';
import { type Graph, graphOf } from '../../editor/graph/graph.ts';
import { bestGrouping, type Grouping, groupsOf } from '../../editor/graph/graph-groups.ts';
import { legendEntries } from '../../editor/graph/graph-legend.ts';
import { pictureOf } from '../../editor/graph/graph-picture.ts';
import { dotOf, mermaidOf } from '../../editor/graph/graph-text.ts';
import { indexOf } from '../../editor/names/fleet-index.ts';
import { errorsByGenerator } from '../../editor/shown/generator-errors.ts';
import type { Analysis } from '../analysis.ts';
import type { GraphParams, GraphResult, PlaceParams, Where } from '../messages.ts';
import { locationOf, uriOfPath } from '../to-protocol.ts';
import { stateNear, stateOf } from './requested-root.ts';

/** Above this number of generators the groups are initially folded. */
const MANY = 60;

/** The aspect ratio of a page that has not said its own. */
const USUAL_ASPECT = 1.8;

export async function onGraph(
  analysis: Analysis,
  params: GraphParams,
  token: CancellationToken,
): Promise<GraphResult | null> {
  await analysis.allAnalysed(token);
  const state = stateNear(analysis, params.near);
  if (!state) return null;
  const { root, snapshot } = state;
  const errors = errorsByGenerator(snapshot.fleet, snapshot.findings);
  const graph = graphOf(snapshot.fleet, snapshot, params, errors);
  const shown = shownGroups(graph, params);
  return {
    text: written(graph, params, shown),
    root: basename(root),
    rootUri: uriOfPath(root),
    machines: snapshot.fleet.machines.map(({ name }) => name),
    generators: graph.nodes.length,
    ...shown,
    legend: legendEntries(graph),
    owners: Object.fromEntries(
      graph.nodes.flatMap(({ id, machines: [only, ...others] }) =>
        only === undefined || others.length > 0 ? [] : [[id, only] as const],
      ),
    ),
  };
}

export async function onPlace(
  analysis: Analysis,
  { root, generator }: PlaceParams,
  token: CancellationToken,
): Promise<Where | null> {
  await analysis.allAnalysed(token);
  const state = stateOf(analysis, root);
  if (!state) return null;
  const place = indexOf(state.snapshot).generators.get(generator)?.[0]?.definitions[0]?.at;
  const at =
    place ?? state.snapshot.fleet.clanGenerators.find(({ name }) => name === generator)?.instance?.at[0];
  return at === undefined ? null : locationOf(state.border, at);
}

type Shown = Pick<GraphResult, 'grouping' | 'open' | 'groups'>;

function shownGroups(graph: Graph, { grouping: wanted, open }: GraphParams): Shown {
  const isMany = graph.nodes.length > MANY;
  const grouping: Grouping | null = wanted === 'auto' ? (isMany ? bestGrouping(graph) : null) : wanted;
  const groups = grouping === null ? [] : groupsOf(graph, grouping).map(({ id }) => id);
  // Unless the person has opened some groups, a large graph starts folded.
  return { grouping, groups, open: open ?? (isMany && grouping !== null ? [] : null) };
}

/** Returns an aspect ratio that a picture may have, whatever the shape of the page. */
function within(aspect: number): number {
  return Math.min(8, Math.max(0.4, aspect));
}

function written(
  graph: Graph,
  { format, aspect = USUAL_ASPECT }: GraphParams,
  { grouping, open }: Shown,
): string {
  const options = { grouping, open: open === null ? null : new Set(open) };
  switch (format) {
    case 'picture':
      return pictureOf(graph, { ...options, theme: 'none', aspect: within(aspect) }).svg;
    case 'svg':
      return pictureOf(graph, options).svg;
    case 'dot':
      return dotOf(graph, grouping);
    case 'mermaid':
      return mermaidOf(graph, grouping);
  }
}
