/** How high each cell stands in its layer: near its neighbours, and no two touch. */
import { type Cell, NODE_GAP } from './shapes.ts';

const SWEEPS = 8;
/** Lines that pass by each other need less room than nodes. */
const LINE_GAP = 7;

/** Draws each cell towards the middle of its neighbours, as far as those beside it leave room. */
export function placeCells(layers: readonly (readonly Cell[])[]): void {
  for (const layer of layers) {
    let y = 0;
    for (const cell of layer) {
      cell.y = y;
      y += roomOf(cell);
    }
  }
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    const toRight = sweep % 2 === 0;
    for (const layer of toRight ? layers : [...layers].reverse()) {
      for (const cell of layer) {
        const beside = toRight ? cell.left : cell.right;
        cell.wish = wishOf(cell, beside.length > 0 ? beside : toRight ? cell.right : cell.left);
      }
      spreadOut(layer);
    }
  }
}

function roomOf({ height }: Cell): number {
  return height + (height === 0 ? LINE_GAP : NODE_GAP);
}

/** Where a cell's middle is at the median of its neighbours' middles. */
function wishOf(cell: Cell, others: readonly Cell[]): number {
  const [only] = others;
  if (only === undefined) return cell.y;
  if (others.length === 1) return only.y + only.height / 2 - cell.height / 2;
  const middles = others.map(other => other.y + other.height / 2).sort((a, b) => a - b);
  const half = middles.length >> 1;
  const upper = middles[half] as number;
  const median = middles.length % 2 === 1 ? upper : ((middles[half - 1] as number) + upper) / 2;
  return median - cell.height / 2;
}

interface Block {
  readonly first: number;
  readonly count: number;
  readonly y: number;
  readonly sum: number;
  readonly size: number;
}

/**
 * The nearest places to those wished for in which no two cells touch: neighbours that would are moved as one block.
 */
function spreadOut(layer: readonly Cell[]): void {
  const blocks: Block[] = [];
  for (let index = 0; index < layer.length; index++) {
    const cell = layer[index] as Cell;
    let block: Block = { first: index, count: 1, y: cell.wish, sum: cell.wish, size: roomOf(cell) };
    for (let before = blocks.at(-1); before && before.y + before.size > block.y; before = blocks.at(-1)) {
      blocks.pop();
      const sum = before.sum + block.sum - block.count * before.size;
      const count = before.count + block.count;
      block = { first: before.first, count, sum, y: sum / count, size: before.size + block.size };
    }
    blocks.push(block);
  }
  for (const { first, count, y } of blocks) {
    let at = y;
    for (let index = first; index < first + count; index++) {
      const cell = layer[index] as Cell;
      cell.y = at;
      at += roomOf(cell);
    }
  }
}
