/** Draws the legend of a graph: the meaning of its marks, borders and lines, as far as they occur. */
import type { Graph } from './graph.ts';
import { MARK_WORDS, type Mark, markOf, marksBeside } from './graph-marks.ts';

const ROW = 20;
const GAP = 18;
/** Average width of a character in the legend, rounded up, in the picture's units. */
const CHARACTER = 6.6;

export interface LegendEntry {
  /** Drawn around 0, 0; about as high as a line of text. */
  readonly sample: string;
  readonly sampleWidth: number;
  readonly text: string;
}

export function legendEntries({ nodes, edges }: Graph): readonly LegendEntry[] {
  const marks = new Set<Mark>(nodes.map(({ state }) => state));
  for (const mark of nodes.flatMap(marksBeside)) marks.add(mark);
  const box = (kind: string, text: string): LegendEntry => ({
    sample: `<rect class="sample ${kind}" x="-11" y="-6" width="22" height="12" rx="3"/>`,
    ...{ sampleWidth: 24, text },
  });
  const line = (kind: string, text: string): LegendEntry => ({
    sample: `<path class="edge ${kind}" d="M-13 0H10" marker-end="url(#arrow)"/>`,
    ...{ sampleWidth: 28, text },
  });
  return [
    ...MARK_WORDS.filter(([mark]) => marks.has(mark)).map(
      ([mark, text]): LegendEntry => ({ sample: markOf(mark, 0, 0), sampleWidth: 12, text }),
    ),
    ...(nodes.some(({ share }) => share === true) ? [box('shared', 'shared')] : []),
    ...(nodes.some(({ origin }) => origin === 'brought') ? [box('brought', 'of a service')] : []),
    ...(nodes.some(({ origin }) => origin === 'flake') ? [box('flake', 'of another flake')] : []),
    ...(nodes.some(({ origin }) => origin === 'undeclared') ? [box('undeclared', 'not declared here')] : []),
    ...(edges.length > 0 ? [line('', 'is used to make')] : []),
    ...(edges.some(({ inCycle }) => inCycle) ? [line('cycle', 'in a cycle')] : []),
  ];
}

/**
 * Draws the legend for a standalone picture.
 *
 * @param limit the maximum width of rows
 */
export function legendOf(
  graph: Graph,
  limit: number,
): { readonly svg: string; readonly width: number; readonly height: number } {
  let x = 0;
  let y = ROW / 2;
  let width = 0;
  const parts: string[] = [];
  for (const { sample, sampleWidth, text } of legendEntries(graph)) {
    const entryWidth = sampleWidth + 6 + text.length * CHARACTER;
    if (x > 0 && x + entryWidth > limit) {
      x = 0;
      y += ROW;
    }
    parts.push(
      `<g transform="translate(${Math.round(x + sampleWidth / 2)} ${y})">${sample}<text x="${sampleWidth / 2 + 6}" y="4">${text}</text></g>`,
    );
    x += entryWidth + GAP;
    width = Math.max(width, x - GAP);
  }
  return { svg: `<g class="legend">${parts.join('')}</g>`, width, height: y + ROW / 2 };
}
