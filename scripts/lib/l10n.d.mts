export interface ClientSource {
  /** Relative to client/src. */
  readonly file: string;
  readonly text: string;
}
export const BUNDLE: string;
export function clientSources(): readonly ClientSource[];
export function bundleText(sources?: readonly ClientSource[]): string;
export function translated(source: ClientSource): readonly string[];
export function untranslated(source: ClientSource): readonly string[];
