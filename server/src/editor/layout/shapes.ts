/**
 * Defines the input and the result of a layout: nodes with positions, edges as points. In units of the picture.
 */

export interface LayoutNode {
  readonly id: string;
  readonly width: number;
  readonly height: number;
  /**
   * A point on the border of the drawing where lines leave and enter: in the first layer or after the last. It
   * has no size. Everything connected to pins forms one part, which has its row to itself.
   */
  readonly pin?: 'first' | 'last';
}

export interface LayoutEdge {
  readonly from: string;
  readonly to: string;
}

export interface PlacedNode extends LayoutNode {
  /** The top left corner. */
  readonly x: number;
  readonly y: number;
}

export interface PlacedEdge extends LayoutEdge {
  /**
   * From the right side of `from` to the left side of `to`, or the other way round in a cycle. Horizontal
   * within layers, where the row is free, and sloped only between them, so a line never runs behind a box.
   */
  readonly points: readonly Point[];
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Layout {
  readonly nodes: readonly PlacedNode[];
  readonly edges: readonly PlacedEdge[];
  readonly width: number;
  readonly height: number;
}

/** Between two nodes of a layer, and between a node and the arc of its loop. */
export const NODE_GAP = 14;

/** A cell in a layer: a node, or a point that a long edge passes through. */
export interface Cell {
  readonly node: LayoutNode | null;
  /** 0 for lines and pins. */
  readonly height: number;
  readonly layer: number;
  readonly left: Cell[];
  readonly right: Cell[];
  y: number;
  /** Its index in the layer, and its preferred position. */
  place: number;
  preferred: number;
}
