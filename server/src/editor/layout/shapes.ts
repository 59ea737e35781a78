/** What a layout is made from and what it says: nodes with places, edges as points. In units of the picture. */

export interface LayoutNode {
  readonly id: string;
  readonly width: number;
  readonly height: number;
  /**
   * A place on the border of the drawing, where lines leave and enter it: in the first layer, or behind the last. Without
   * width and height. What hangs together with one stands in one part, beside which nothing else stands.
   */
  readonly pin?: 'first' | 'last';
}

export interface LayoutEdge {
  readonly from: string;
  readonly to: string;
}

export interface PlacedNode extends LayoutNode {
  /** The left upper corner. */
  readonly x: number;
  readonly y: number;
}

export interface PlacedEdge extends LayoutEdge {
  /**
   * From the right side of `from` to the left side of `to`, or the other way round in a circle. Level within layers, where
   * the row is free; only between layers does the height change. So a line never runs behind a box.
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

/** A node of a layer: a real one, or a place that a long edge passes. */
export interface Cell {
  readonly node: LayoutNode | null;
  /** 0 for lines and pins. */
  readonly height: number;
  readonly layer: number;
  readonly left: Cell[];
  readonly right: Cell[];
  y: number;
  /** Its index in the layer, and where it would rather stand. */
  place: number;
  wish: number;
}
