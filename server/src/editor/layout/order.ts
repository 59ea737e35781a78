/** The order of the cells in each layer: few edges shall cross. */
import type { Cell } from './shapes.ts';

const SWEEPS = 8;

/** Sorts each layer by where its neighbours are, there and back, and keeps the order with the fewest crossings. */
export function orderCells(layers: Cell[][]): void {
  let best = layers.map(layer => [...layer]);
  let fewest = crossingsIn(layers);
  for (let sweep = 0; sweep < SWEEPS && fewest > 0; sweep++) {
    const toRight = sweep % 2 === 0;
    const order = toRight ? layers.slice(1) : layers.slice(0, -1).reverse();
    for (const layer of order) {
      const place = new Map<Cell, number>();
      const beside = layers[(layer[0]?.layer ?? 0) + (toRight ? -1 : 1)] ?? [];
      const indexOf = new Map(beside.map((cell, index) => [cell, index]));
      for (const [index, cell] of layer.entries()) {
        const places = (toRight ? cell.left : cell.right).map(other => indexOf.get(other) ?? 0);
        const mean = places.reduce((sum, each) => sum + each, 0) / Math.max(1, places.length);
        place.set(cell, places.length === 0 ? index : mean);
      }
      layer.sort((a, b) => (place.get(a) as number) - (place.get(b) as number));
    }
    const now = crossingsIn(layers);
    if (now < fewest) {
      fewest = now;
      best = layers.map(layer => [...layer]);
    }
  }
  for (const [index, layer] of best.entries()) layers[index] = layer;
}

function crossingsIn(layers: readonly (readonly Cell[])[]): number {
  let count = 0;
  for (let index = 0; index + 1 < layers.length; index++) {
    const rights = new Map((layers[index + 1] as Cell[]).map((cell, place) => [cell, place]));
    const ends = (layers[index] as Cell[]).flatMap(cell =>
      cell.right.map(other => rights.get(other) as number).sort((a, b) => a - b),
    );
    count += inversionsIn(ends);
  }
  return count;
}

/** How many pairs stand in the wrong order; by merging, so that layers with thousands of edges take no time. */
function inversionsIn(list: readonly number[]): number {
  if (list.length < 2) return 0;
  const middle = list.length >> 1;
  const left = list.slice(0, middle);
  const right = list.slice(middle);
  let count = inversionsIn(left) + inversionsIn(right);
  left.sort((a, b) => a - b);
  right.sort((a, b) => a - b);
  let at = 0;
  for (const value of left) {
    while (at < right.length && (right[at] as number) < value) at++;
    count += at;
  }
  return count;
}
