/** The messages between the graph's page and the extension. */

/** The choice in the toolbar. `null`: everything, or none. */
export interface Choice {
  readonly machine: string | null;
  /** Only this generator, what leads to it and what comes of it. */
  readonly generator: string | null;
  readonly kind: 'secret' | 'public' | 'prompt' | null;
  readonly condition: 'present' | 'outdated' | 'partial' | 'missing' | 'error' | 'cycle' | null;
  /** `auto`: groups where there are many generators. */
  readonly grouping: 'machine' | 'service' | 'auto' | null;
  /** Ids of the groups that are open; null: all. */
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
  /** {0}: how many, here and below. */
  readonly generators: string;
  readonly foundOfOne: string;
  /** {1}: of how many. */
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
      /** Generators that one machine alone has. */
      readonly owners: Readonly<Record<string, string>>;
      /** The meaning of the marks in the picture; each sample is SVG, drawn around 0, 0. */
      readonly legend: readonly {
        readonly sample: string;
        readonly sampleWidth: number;
        readonly text: string;
      }[];
      /** The picture is about something else than the last: it is shown whole. */
      readonly isOther: boolean;
    }
  | { readonly type: 'empty'; readonly message: string; readonly choice: Choice }
  /** Draw this SVG as PNG and send it back. */
  | { readonly type: 'rasterize'; readonly svg: string };

export type ExportFormat = 'svg' | 'png' | 'dot' | 'mermaid';

/** State that the page keeps for a window that is opened again. */
export interface Kept {
  readonly seen: Seen;
  readonly choice: Choice;
  /** The URI of the fleet; null as long as none was shown. */
  readonly root: string | null;
}

/** The left upper corner that is seen, in units of the picture, and screen points for each. Scale 0: nothing chosen yet. */
export interface Seen {
  readonly x: number;
  readonly y: number;
  readonly scale: number;
  /** All of the picture is to be seen, also in a page of another size. */
  readonly isWhole: boolean;
}

export type FromPage =
  | { readonly type: 'ready' }
  | { readonly type: 'open'; readonly id: string }
  | { readonly type: 'choose'; readonly choice: Choice }
  | { readonly type: 'export'; readonly format: ExportFormat }
  /** Base64. */
  | { readonly type: 'png'; readonly data: string }
  /** When the picture was on the screen, in milliseconds since the page got it. For measuring. */
  | { readonly type: 'painted'; readonly milliseconds: number };
