/**
 * `varsmith graph`: prints the dependency graph of the generators as a picture, as text for other programs, or as
 * data.
 */
import { type Graph, graphOf } from '../../editor/graph/graph.ts';
import type { Grouping } from '../../editor/graph/graph-groups.ts';
import { oneOf } from '../arguments.ts';
import { EXIT, type Io, UsageError } from '../io.ts';
import { openWorkspace } from '../load.ts';
import { noSuch } from '../names.ts';
import { askedByOption } from '../nix-option.ts';
import { jsonText } from '../output/json-text.ts';
import { type SpanOf, spansIn } from '../output/positions.ts';
import { readCommand } from '../table/read-command.ts';

const GROUPINGS = ['machine', 'service'] as const;
const FORMATS = ['svg', 'dot', 'mermaid', 'json'] as const;

export async function graph(args: readonly string[], io: Io): Promise<number> {
  const parsed = readCommand('graph', args);
  const format = oneOf('--format', parsed.option('format'), FORMATS, 'svg');
  const group = parsed.option('group');
  const grouping = group === undefined ? null : oneOf('--group', group, GROUPINGS, 'machine');
  const workspace = await openWorkspace(parsed.positions[0], io);
  await askedByOption(parsed, workspace, io);
  const fleet = workspace.fleet();
  const { machine, generator } = { machine: parsed.option('machine'), generator: parsed.option('generator') };
  const machines = fleet.machines.map(({ name }) => name);
  rejectUnknown('machine', machine, machines);
  rejectUnknown(
    'generator',
    generator,
    fleet.generators.map(({ name }) => name),
  );
  const graph = graphOf(fleet, workspace.storedStateInputs(), {
    machine: machine ?? null,
    generator: generator ?? null,
  });
  io.stdout.write(await written(graph, format, grouping, spansIn(workspace.files)));
  if (graph.nodes.length === 0) io.stderr.write('varsmith: No generator is declared here.\n');
  else if (format === 'svg' && io.stdout.isTTY)
    io.stderr.write('varsmith: This is a picture: write it to a file (`varsmith graph > graph.svg`).\n');
  return EXIT.ok;
}

function rejectUnknown(
  kind: 'machine' | 'generator',
  name: string | undefined,
  names: readonly string[],
): void {
  if (name === undefined || names.includes(name)) return;
  throw new UsageError(noSuch(kind, name, names));
}

async function written(
  graph: Graph,
  format: (typeof FORMATS)[number],
  grouping: Grouping | null,
  spanOf: SpanOf,
): Promise<string> {
  if (format === 'svg')
    return (await import('../../editor/graph/graph-picture.ts')).pictureOf(graph, { grouping }).svg;
  if (format === 'json') return `${jsonText(withLines(graph, spanOf))}\n`;
  const { dotOf, mermaidOf } = await import('../../editor/graph/graph-text.ts');
  return format === 'dot' ? dotOf(graph, grouping) : mermaidOf(graph, grouping);
}

/** Returns the graph with lines and columns instead of offsets. */
function withLines({ nodes, edges }: Graph, spanOf: SpanOf) {
  const at = (place: Graph['nodes'][number]['at']) => {
    if (place === null) return { file: null, line: null, column: null };
    const { line, column } = spanOf(place);
    return { file: place.file, line, column };
  };
  return {
    schemaVersion: 1 as const,
    nodes: nodes.map(({ at: place, ...node }) => ({ ...node, ...at(place) })),
    edges: edges.map(({ at: place, ...edge }) => ({ ...edge, ...at(place) })),
  };
}
