/** What the graph's page and the extension tell each other. */

export type ToPage =
  | {
      readonly type: 'graph';
      /** SVG without colours. */
      readonly picture: string;
      readonly machines: readonly string[];
      readonly machine: string | null;
      readonly generators: number;
    }
  | { readonly type: 'empty'; readonly message: string }
  /** Draw this SVG as PNG and send it back. */
  | { readonly type: 'rasterize'; readonly svg: string };

export type ExportFormat = 'svg' | 'png' | 'dot' | 'mermaid';

export type FromPage =
  | { readonly type: 'ready' }
  | { readonly type: 'open'; readonly id: string }
  | { readonly type: 'machine'; readonly machine: string | null }
  | { readonly type: 'export'; readonly format: ExportFormat }
  /** Base64. */
  | { readonly type: 'png'; readonly data: string };
