/** What a layout is made from and what it says: nodes with places, edges as points. In units of the picture. */

export interface LayoutNode {
  readonly id: string;
  readonly width: number;
  readonly height: number;
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
  /** From the right side of `from` to the left side of `to`, through the layers between. */
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
  readonly height: number;
  readonly layer: number;
  readonly left: Cell[];
  readonly right: Cell[];
  y: number;
  /** Its index in the layer, and where it would rather stand. */
  place: number;
  wish: number;
}
