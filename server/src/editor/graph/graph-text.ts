/** Renders the dependency graph as text for other programs: Graphviz DOT and Mermaid. */

import { marked } from '../words/unseen.ts';
import type { Graph, GraphNode } from './graph.ts';
import { type Grouping, isGroup, partitionOf } from './graph-groups.ts';
import { detailOf } from './graph-picture.ts';

/** Renders DOT, for `dot -Tsvg`. Names are quoted as DOT requires; groups are clusters. */
export function dotOf(graph: Graph, grouping: Grouping | null = null): string {
  const { edges } = graph;
  const line = (node: GraphNode) =>
    `${quoted(node.id)} [label=${quoted(`${node.id}\n${detailOf(node)}`)}${styleOf(node)}];`;
  return [
    'digraph vars {',
    '  rankdir=LR;',
    '  node [shape=box, style="rounded,filled", fillcolor="#f6f8fa", fontname="sans-serif"];',
    ...(grouping === null
      ? graph.nodes.map(node => `  ${line(node)}`)
      : partitionOf(graph, grouping).flatMap((group, index) =>
          isGroup(group)
            ? [
                `  subgraph cluster_${index} {`,
                `    label=${quoted(group.label)};`,
                ...group.nodes.map(node => `    ${line(node)}`),
                '  }',
              ]
            : group.nodes.map(node => `  ${line(node)}`),
        )),
    ...edges.map(({ from, to, inCycle }) => {
      return `  ${quoted(from)} -> ${quoted(to)}${inCycle ? ' [color="#cf222e"]' : ''};`;
    }),
    '}',
    '',
  ].join('\n');
}

function styleOf({ origin, share }: GraphNode): string {
  if (origin !== 'declared') return ', style="rounded,dashed"';
  return share === true ? ', fillcolor="#ddf4ff"' : '';
}

function quoted(text: string): string {
  return `"${marked(text).replace(/[\\"]/g, '\\$&').replaceAll('\n', '\\n')}"`;
}

/**
 * Renders Mermaid, for Markdown on GitHub and elsewhere. Nodes are numbered, since Mermaid allows few
 * characters in names.
 */
export function mermaidOf(graph: Graph, grouping: Grouping | null = null): string {
  const { edges } = graph;
  const number = new Map(graph.nodes.map(({ id }, index) => [id, `g${index}`]));
  const line = (node: GraphNode) => {
    const label = `"${entities(node.id)}<br/><small>${entities(detailOf(node))}</small>"`;
    return `${number.get(node.id)}${node.share === true ? `([${label}])` : `[${label}]`}`;
  };
  const circles = edges.flatMap(({ inCycle }, index) => (inCycle ? [index] : []));
  return [
    'flowchart LR',
    ...(grouping === null
      ? graph.nodes.map(node => `  ${line(node)}`)
      : partitionOf(graph, grouping).flatMap((group, index) =>
          isGroup(group)
            ? [
                `  subgraph s${index}["${entities(group.label)}"]`,
                ...group.nodes.map(node => `    ${line(node)}`),
                '  end',
              ]
            : group.nodes.map(node => `  ${line(node)}`),
        )),
    ...edges.map(({ from, to }) => `  ${number.get(from)} --> ${number.get(to)}`),
    ...(circles.length > 0 ? [`  linkStyle ${circles.join(',')} stroke:#cf222e,stroke-width:2px`] : []),
    '',
  ].join('\n');
}

function entities(text: string): string {
  return marked(text).replace(
    /[^\p{L}\p{N} .,_\u00b7\ufffd-]/gu,
    character => `#${character.codePointAt(0)};`,
  );
}
