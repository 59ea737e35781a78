/** What the graph's page and the extension tell each other. */

/** What is chosen in the toolbar. Null: everything, or none. */
export interface Choice {
  readonly machine: string | null;
  readonly kind: 'secret' | 'public' | 'prompt' | null;
  readonly condition: 'present' | 'outdated' | 'partial' | 'missing' | 'error' | 'cycle' | null;
  /** `auto`: groups by machine where there are very many generators. */
  readonly grouping: 'machine' | 'service' | 'auto' | null;
  /** Ids of the groups that are open; null: all. */
  readonly open: readonly string[] | null;
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
      /** The picture is about something else than the last: it is shown whole. */
      readonly isOther: boolean;
    }
  | { readonly type: 'empty'; readonly message: string; readonly choice: Choice }
  /** Draw this SVG as PNG and send it back. */
  | { readonly type: 'rasterize'; readonly svg: string };

export type ExportFormat = 'svg' | 'png' | 'dot' | 'mermaid';

export type FromPage =
  | { readonly type: 'ready' }
  | { readonly type: 'open'; readonly id: string }
  | { readonly type: 'choose'; readonly choice: Choice }
  | { readonly type: 'export'; readonly format: ExportFormat }
  /** Base64. */
  | { readonly type: 'png'; readonly data: string }
  /** When the picture was on the screen, in milliseconds since the page got it. For measuring. */
  | { readonly type: 'painted'; readonly milliseconds: number };
