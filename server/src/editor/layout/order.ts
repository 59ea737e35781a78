/** The order of the cells in each layer: few edges shall cross. */
import type { Cell } from './shapes.ts';

const SWEEPS = 8;

/** Sorts each layer by where its neighbours are, there and back, and keeps the order with the fewest crossings. */
export function orderCells(layers: Cell[][]): void {
  for (const layer of layers) number(layer);
  let best = layers.map(layer => [...layer]);
  let fewest = crossingsIn(layers);
  for (let sweep = 0; sweep < SWEEPS && fewest > 0; sweep++) {
    const toRight = sweep % 2 === 0;
    const order = toRight ? layers.slice(1) : layers.slice(0, -1).reverse();
    for (const layer of order) {
      for (const cell of layer) {
        const beside = toRight ? cell.left : cell.right;
        let sum = 0;
        for (const other of beside) sum += other.place;
        cell.wish = beside.length === 0 ? cell.place : sum / beside.length;
      }
      layer.sort((a, b) => a.wish - b.wish);
      number(layer);
    }
    const now = crossingsIn(layers);
    if (now < fewest) {
      fewest = now;
      best = layers.map(layer => [...layer]);
    }
  }
  for (const [index, layer] of best.entries()) layers[index] = layer;
}

function number(layer: readonly Cell[]): void {
  for (let index = 0; index < layer.length; index++) (layer[index] as Cell).place = index;
}

function crossingsIn(layers: readonly (readonly Cell[])[]): number {
  let count = 0;
  for (let index = 0; index + 1 < layers.length; index++)
    count += crossingsBetween(layers[index] as Cell[], (layers[index + 1] as Cell[]).length);
  return count;
}

/**
 * How many pairs of edges from one layer to the next stand in the wrong order: for each, those before it that end
 * below it. Counted in a tree of sums (Fenwick), so that layers with thousands of edges take no time.
 */
function crossingsBetween(layer: readonly Cell[], size: number): number {
  const sums = new Int32Array(size + 1);
  let seen = 0;
  let count = 0;
  for (const { right } of layer) {
    // Edges of one cell do not cross: all are counted before any is added.
    for (const { place } of right) {
      let notBelow = 0;
      for (let at = place + 1; at > 0; at -= at & -at) notBelow += sums[at] as number;
      count += seen - notBelow;
    }
    for (const { place } of right)
      for (let at = place + 1; at <= size; at += at & -at) sums[at] = (sums[at] as number) + 1;
    seen += right.length;
  }
  return count;
}
