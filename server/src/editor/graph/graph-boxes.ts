/** Draws the boxes and lines of a graph. */
import type { Point } from '../layout/shapes.ts';

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** A line between generators or, if those are collapsed, between groups by their ids. */
export interface Line {
  readonly from: string;
  readonly to: string;
  readonly inCycle: boolean;
  /** The number of dependencies that it represents. */
  readonly count: number;
  readonly points: readonly Point[];
}
