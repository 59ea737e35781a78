/** Boxes and lines of a graph's picture. */
import type { Point } from '../layout/shapes.ts';

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Ends are names of generators or, where those are folded away, ids of groups. */
export interface Line {
  readonly from: string;
  readonly to: string;
  readonly inCycle: boolean;
  /** How many dependencies it stands for. */
  readonly count: number;
  readonly points: readonly Point[];
}
