/** The request for the dependency graph of a root. */
/** Request: the dependency graph of a root, drawn. */
export const graphRequest = 'varsmith/graph';

export interface GraphParams {
  /** The URI of a file in the root, or `null` for the first root. */
  readonly near: string | null;
  readonly machine: string | null;
  readonly generator: string | null;
  /** Only generators with such a file, or with a prompt. */
  readonly kind: 'secret' | 'public' | 'prompt' | null;
  /** Only generators in this state. */
  readonly condition:
    | 'present'
    | 'outdated'
    | 'partial'
    | 'missing'
    | 'unreadable'
    | 'error'
    | 'cycle'
    | null;
  /** `auto` chooses the most readable grouping, folded, for many generators, and none for few. */
  readonly grouping: 'machine' | 'service' | 'auto' | null;
  /** Ids of the unfolded groups, or `null` for all. */
  readonly open: readonly string[] | null;
  readonly format: 'picture' | 'svg' | 'dot' | 'mermaid';
  /** The aspect ratio of the canvas, width to height; for `picture`. */
  readonly aspect?: number;
}

export interface GraphResult {
  /** SVG without colours for `picture`; otherwise the text of a file. */
  readonly text: string;
  /** The folder's name. */
  readonly root: string;
  readonly rootUri: string;
  readonly machines: readonly string[];
  readonly generators: number;
  /** The grouping that `auto` chose, and the ids of the groups. */
  readonly grouping: 'machine' | 'service' | null;
  readonly open: readonly string[] | null;
  readonly groups: readonly string[];
  /** The machine of each generator that only one machine has. */
  readonly owners: Readonly<Record<string, string>>;
  /** The meaning of the marks, borders and lines in the picture. */
  readonly legend: readonly GraphLegendEntry[];
}

interface GraphLegendEntry {
  /** SVG, drawn around 0, 0. */
  readonly sample: string;
  readonly sampleWidth: number;
  readonly text: string;
}
