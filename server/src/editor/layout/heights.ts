/** Assigns the vertical position of each cell in its layer, close to its neighbours and without overlap. */
import { type Cell, NODE_GAP } from './shapes.ts';

const SWEEPS = 8;
/** The gap between passing lines, which is smaller than between nodes. */
const LINE_GAP = 7;

/** Moves each cell towards the median of its neighbours, as far as there is room. */
export function placeCells(layers: readonly (readonly Cell[])[]): void {
  for (const layer of layers) {
    let y = 0;
    for (const cell of layer) {
      cell.y = y;
      y += spacedHeight(cell);
    }
  }
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    const toRight = sweep % 2 === 0;
    for (const layer of toRight ? layers : [...layers].reverse()) {
      for (const cell of layer) {
        const beside = toRight ? cell.left : cell.right;
        cell.preferred = wishOf(cell, beside.length > 0 ? beside : toRight ? cell.right : cell.left);
      }
      spreadOut(layer);
    }
  }
}

function spacedHeight({ height }: Cell): number {
  return height + (height === 0 ? LINE_GAP : NODE_GAP);
}

/** Returns the position at which a cell is centred on the median of its neighbours' centres. */
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

/** Moves cells to the closest positions without overlap; overlapping neighbours move as one block. */
function spreadOut(layer: readonly Cell[]): void {
  const blocks: Block[] = [];
  for (let index = 0; index < layer.length; index++) {
    const cell = layer[index] as Cell;
    let block: Block = {
      first: index,
      count: 1,
      y: cell.preferred,
      sum: cell.preferred,
      size: spacedHeight(cell),
    };
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
      at += spacedHeight(cell);
    }
  }
}
