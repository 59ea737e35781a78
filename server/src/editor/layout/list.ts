/** Boxes of what hangs together with nothing, as a compact list: in columns, each read from top to bottom. */
import type { Layout, LayoutNode, PlacedNode } from './shapes.ts';

const COLUMN_GAP = 16;
const ROW_GAP = 6;

/** Returns as many columns as fit into a width, at least one. All have the same number of rows, but for the last. */
export function listOf(nodes: readonly LayoutNode[], wanted: number): Layout {
  let rows = 1;
  let laid = columnsOf(nodes, rows);
  // A few more rows each time: the widths of the columns depend on which names stand in them.
  while (laid.width > wanted && rows < nodes.length) {
    rows = Math.min(nodes.length, Math.max(rows + 1, Math.ceil(rows * Math.min(2, laid.width / wanted))));
    laid = columnsOf(nodes, rows);
  }
  // All columns but the last are equally high: none has one row more for the sake of a column with a single one.
  const columns = Math.ceil(nodes.length / rows);
  return columnsOf(nodes, Math.ceil(nodes.length / columns));
}

function columnsOf(nodes: readonly LayoutNode[], rows: number): Layout {
  const placed: PlacedNode[] = [];
  let x = 0;
  let height = 0;
  for (let first = 0; first < nodes.length; first += rows) {
    const column = nodes.slice(first, first + rows);
    // As wide as the widest, so that a column is one thing.
    const width = Math.max(...column.map(node => node.width));
    let y = 0;
    for (const node of column) {
      placed.push({ ...node, width, x, y });
      y += node.height + ROW_GAP;
    }
    height = Math.max(height, y - ROW_GAP);
    x += width + COLUMN_GAP;
  }
  return { nodes: placed, edges: [], width: Math.max(0, x - COLUMN_GAP), height };
}
