/**
 * The dependency graph drawn as SVG: one picture for the command line, for documents and for the editor, which lays
 * its own colours over the classes. Pure text; everything that comes from a repository is escaped.
 */
import type { Graph, GraphNode } from './graph.ts';
import { type Layout, layoutOf, type Point } from './layout/layered.ts';
import type { StoredState } from './stored-state.ts';

const HEIGHT = 44;
const MARGIN = 16;
/** Widths of characters on average, on the safe side: the picture does not know the reader's fonts. */
const CHARACTER = 7.7;
const SMALL_CHARACTER = 5.6;
/** With room for the dot of the state. */
const PADDING = 36;

export interface Picture {
  readonly svg: string;
  readonly width: number;
  readonly height: number;
}

const STATE_WORDS: Readonly<Record<StoredState, string>> = {
  present: 'generated',
  partial: 'partly generated',
  missing: 'not generated',
  unknown: '',
};

/** What is said of a node below its name: `shared · 2 secret, 1 public`. */
export function detailOf({ origin, share, machines, secrets, publics }: GraphNode): string {
  if (origin === 'undeclared') return 'not declared here';
  if (origin === 'brought') return 'of a clan service';
  const where = share === true ? 'shared' : machines.length > 0 ? countOf(machines.length, 'machine') : '';
  const files = [secrets > 0 ? `${secrets} secret` : '', publics > 0 ? `${publics} public` : ''].filter(
    Boolean,
  );
  return [where, files.join(', ')].filter(Boolean).join(' · ');
}

function countOf(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? '' : 's'}`;
}

export function layoutGraph(graph: Graph): Layout {
  const nodes = graph.nodes.map(node => {
    const width = Math.max(node.id.length * CHARACTER, detailOf(node).length * SMALL_CHARACTER) + PADDING;
    return { id: node.id, width: Math.round(width), height: HEIGHT };
  });
  return layoutOf(nodes, graph.edges);
}

/**
 * @param theme `page`: with colours of its own, light or dark as the reader has it; `none`: classes alone, for a page
 *   that brings the colours
 */
export function pictureOf(graph: Graph, theme: 'page' | 'none' = 'page'): Picture {
  const layout = layoutGraph(graph);
  const width = Math.max(1, Math.round(layout.width + 2 * MARGIN));
  const height = Math.max(1, Math.round(layout.height + 2 * MARGIN));
  const byId = new Map(graph.nodes.map(node => [node.id, node]));
  const inCircle = new Set(
    graph.edges.flatMap(({ from, to, inCycle }) => (inCycle ? [`${from}\0${to}`] : [])),
  );
  const edges = layout.edges.map(({ from, to, points }) => {
    const kind = inCircle.has(`${from}\0${to}`) ? 'edge cycle' : 'edge';
    return `<path class="${kind}" data-from="${escaped(from)}" data-to="${escaped(to)}" d="${curve(points)}" marker-end="url(#arrow)"><title>${escaped(to)} is made from ${escaped(from)}</title></path>`;
  });
  const nodes = layout.nodes.map(placed => nodeText(byId.get(placed.id) as GraphNode, placed));
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="Dependencies of ${countOf(graph.nodes.length, 'generator')}">
${theme === 'page' ? `<style>${STYLE}</style>\n<rect class="paper" width="100%" height="100%"/>\n` : ''}<defs><marker id="arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto-start-reverse"><path d="M0 0.5 8 4 0 7.5z"/></marker></defs>
<g transform="translate(${MARGIN} ${MARGIN})">
${[...edges, ...nodes].join('\n')}
</g>
</svg>
`;
  return { svg, width, height };
}

function nodeText(node: GraphNode, { x, y, width, height }: Layout['nodes'][number]): string {
  const classes = ['node', node.origin, node.share === true ? 'shared' : 'own', node.state].join(' ');
  const words = [detailOf(node), STATE_WORDS[node.state], node.machines.slice(0, 12).join(', ')];
  const tip = [node.id, ...words.filter(Boolean)].join('\n');
  return `<g class="${classes}" data-id="${escaped(node.id)}" transform="translate(${round(x)} ${round(y)})"><title>${escaped(tip)}</title><rect width="${width}" height="${height}" rx="6"/><circle class="state" cx="${width - 10}" cy="10" r="4"/><text x="12" y="19">${escaped(node.id)}</text><text class="detail" x="12" y="35">${escaped(detailOf(node))}</text></g>`;
}

/** A soft line through the points, level where it leaves and arrives. */
function curve(points: readonly Point[]): string {
  const [first, ...others] = points;
  if (first === undefined) return '';
  let text = `M${round(first.x)} ${round(first.y)}`;
  let before = first;
  for (const point of others) {
    const bend = (point.x - before.x) / 2;
    text += `C${round(before.x + bend)} ${round(before.y)} ${round(point.x - bend)} ${round(point.y)} ${round(point.x)} ${round(point.y)}`;
    before = point;
  }
  return text;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

/** Characters that XML does not have are shown as what cannot be shown. */
export function escaped(text: string): string {
  return text
    .replace(/[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu, '\u{FFFD}')
    .replace(/[&<>"']/g, character => `&#${character.charCodeAt(0)};`);
}

const STYLE = `
:root{--paper:#fff;--ink:#1f2328;--dim:#59636e;--line:#8c959f;--box:#f6f8fa;--shared:#ddf4ff;--good:#1a7f37;--part:#9a6700;--bad:#cf222e}
@media(prefers-color-scheme:dark){:root{--paper:#0d1117;--ink:#e6edf3;--dim:#9198a1;--line:#6e7681;--box:#161b22;--shared:#10233d;--good:#3fb950;--part:#d29922;--bad:#f85149}}
.paper{fill:var(--paper)}
text{font:13px ui-sans-serif,system-ui,sans-serif;fill:var(--ink)}
.detail{font-size:10.5px;fill:var(--dim)}
.node rect{fill:var(--box);stroke:var(--line)}
.node.shared rect{fill:var(--shared)}
.node.undeclared rect,.node.brought rect{stroke-dasharray:4 3}
.state{fill:none}
.present .state{fill:var(--good)}
.partial .state{fill:var(--part)}
.missing .state{fill:var(--bad)}
.edge{fill:none;stroke:var(--line);stroke-width:1.3}
.edge.cycle{stroke:var(--bad);stroke-width:2}
marker path{fill:var(--line)}
`.trim();
