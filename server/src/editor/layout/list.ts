/** Lays out unconnected nodes as a compact list: in columns, each read from top to bottom. */
import type { Layout, LayoutNode, PlacedNode } from './shapes.ts';

const COLUMN_GAP = 16;
const ROW_GAP = 6;

/**
 * Returns a list with as many columns as fit into a width, at least one. All but the last have the same number
 * of rows.
 */
export function listOf(nodes: readonly LayoutNode[], wanted: number): Layout {
  let rows = 1;
  let laid = columnsOf(nodes, rows);
  // Adds rows step by step, because the widths of the columns depend on the names in them.
  while (laid.width > wanted && rows < nodes.length) {
    rows = Math.min(nodes.length, Math.max(rows + 1, Math.ceil(rows * Math.min(2, laid.width / wanted))));
    laid = columnsOf(nodes, rows);
  }
  // All columns but the last have the same height, even if the last then has a single row.
  const columns = Math.ceil(nodes.length / rows);
  return columnsOf(nodes, Math.ceil(nodes.length / columns));
}

function columnsOf(nodes: readonly LayoutNode[], rows: number): Layout {
  const placed: PlacedNode[] = [];
  let x = 0;
  let height = 0;
  for (let first = 0; first < nodes.length; first += rows) {
    const column = nodes.slice(first, first + rows);
    // All boxes in a column are as wide as the widest.
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
