/** The filter of the fleet explorer. */
export interface ExplorerFilter {
  /** Part of a name, in any case; '' for all. */
  readonly text: string;
  /** Only what is not generated, or outdated. */
  readonly lacking: boolean;
}

export const EVERYTHING: ExplorerFilter = { text: '', lacking: false };

/** Returns whether one of the texts contains the filter's text. */
export function matches({ text }: ExplorerFilter, texts: readonly string[]): boolean {
  if (text === '') return true;
  const wanted = text.toLowerCase();
  return texts.some(candidate => candidate.toLowerCase().includes(wanted));
}
