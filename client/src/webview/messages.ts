/** The messages between the graph's page and the extension. */
import type { GraphParams } from '../protocol/graph.ts';

/** The choices in the toolbar; `null` for everything, or for no grouping. */
export interface Choice {
  readonly machine: string | null;
  /** Only this generator, its dependencies and its dependents. */
  readonly generator: string | null;
  readonly kind: GraphParams['kind'];
  readonly condition: GraphParams['condition'];
  /** `auto` groups if there are many generators. */
  readonly grouping: 'machine' | 'service' | 'auto' | null;
  /** Ids of the unfolded groups, or `null` for all. */
  readonly open: readonly string[] | null;
}

/** Translated texts for the page's script; `{0}` stands for a value that only the page knows. */
export interface PageTexts {
  readonly allMachines: string;
  readonly foldAll: string;
  readonly unfoldAll: string;
  readonly focus: string;
  /** {0}: a generator. */
  readonly only: string;
  readonly generator: string;
  /** {0}: the number of generators; also for the texts below. */
  readonly generators: string;
  readonly foundOfOne: string;
  /** {1}: the total number. */
  readonly foundOf: string;
}

export type ToPage =
  | {
      readonly type: 'graph';
      /** SVG without colours. */
      readonly picture: string;
      readonly machines: readonly string[];
      readonly generators: number;
      /** Ids of the groups. */
      readonly groups: readonly string[];
      readonly choice: Choice;
      /** The URI of the fleet. */
      readonly root: string;
      /** The machine of each generator that only one machine has. */
      readonly owners: Readonly<Record<string, string>>;
      /** The meaning of the marks in the picture; each sample is SVG, drawn around 0, 0. */
      readonly legend: readonly {
        readonly sample: string;
        readonly sampleWidth: number;
        readonly text: string;
      }[];
      /** True if the subject has changed, so that the whole picture is shown. */
      readonly isOther: boolean;
    }
  | { readonly type: 'empty'; readonly message: string; readonly choice: Choice }
  /** Asks for this SVG to be rendered as PNG and sent back. */
  | { readonly type: 'rasterize'; readonly svg: string };

export type ExportFormat = 'svg' | 'png' | 'dot' | 'mermaid';

/** State of the page that is restored with the window. */
export interface Kept {
  readonly seen: Seen;
  readonly choice: Choice;
  /** The URI of the fleet, or `null` before one was shown. */
  readonly root: string | null;
}

/**
 * The top left corner of the visible area in units of the picture, and the scale in screen points per unit. Scale 0
 * means that nothing is chosen yet.
 */
export interface Seen {
  readonly x: number;
  readonly y: number;
  readonly scale: number;
  /** True if the whole picture should be visible, even if the page changes its size. */
  readonly isWhole: boolean;
}

export type FromPage =
  /** `aspect` is the canvas' width to its height. */
  | { readonly type: 'ready'; readonly aspect: number }
  /** The canvas has another shape now. */
  | { readonly type: 'shaped'; readonly aspect: number }
  | { readonly type: 'open'; readonly id: string }
  | { readonly type: 'choose'; readonly choice: Choice }
  | { readonly type: 'export'; readonly format: ExportFormat }
  /** Base64 of the file. */
  | { readonly type: 'png'; readonly data: string }
  /** Milliseconds from receiving the picture until it was on the screen, for measurements. */
  | { readonly type: 'painted'; readonly milliseconds: number };
