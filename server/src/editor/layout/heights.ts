/** How high each cell stands in its layer: near its neighbours, and no two touch. */
import { type Cell, NODE_GAP } from './shapes.ts';

const SWEEPS = 8;

/** Draws each cell towards the middle of its neighbours, as far as those beside it leave room. */
export function placeCells(layers: readonly (readonly Cell[])[]): void {
  for (const layer of layers) {
    let y = 0;
    for (const cell of layer) {
      cell.y = y;
      y += cell.height + NODE_GAP;
    }
  }
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    const toRight = sweep % 2 === 0;
    for (const layer of toRight ? layers : [...layers].reverse()) {
      const wished = layer.map(cell => {
        const beside = [...(toRight ? cell.left : cell.right)];
        const others = beside.length > 0 ? beside : [...cell.left, ...cell.right];
        if (others.length === 0) return cell.y;
        const middles = others.map(other => other.y + other.height / 2).sort((a, b) => a - b);
        const half = middles.length >> 1;
        const median =
          middles.length % 2 === 1
            ? (middles[half] as number)
            : ((middles[half - 1] as number) + (middles[half] as number)) / 2;
        return median - cell.height / 2;
      });
      spreadOut(layer, wished);
    }
  }
}

/** The nearest places to those wished for in which no two cells touch: neighbours that would are moved as one block. */
function spreadOut(layer: readonly Cell[], wished: readonly number[]): void {
  const blocks: { readonly first: number; count: number; y: number; sum: number; size: number }[] = [];
  for (const [index, cell] of layer.entries()) {
    const size = cell.height + NODE_GAP;
    let block = { first: index, count: 1, y: wished[index] as number, sum: wished[index] as number, size };
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
      at += cell.height + NODE_GAP;
    }
  }
}
