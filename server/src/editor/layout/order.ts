/** Orders the cells in each layer to reduce crossings. */
import type { Cell } from './shapes.ts';

const SWEEPS = 8;

/**
 * Sorts each layer by the positions of its neighbours, forwards and backwards, and keeps the order with the
 * fewest crossings.
 */
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
        cell.preferred = beside.length === 0 ? cell.place : sum / beside.length;
      }
      layer.sort((a, b) => a.preferred - b.preferred);
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
 * Counts the crossings between two adjacent layers: for each edge, the earlier ones that end below it. Uses a
 * Fenwick tree, so layers with thousands of edges are fast.
 */
function crossingsBetween(layer: readonly Cell[], size: number): number {
  const sums = new Int32Array(size + 1);
  let seen = 0;
  let count = 0;
  for (const { right } of layer) {
    // Edges of one cell do not cross, so all are counted before any is added.
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
