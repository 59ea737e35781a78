/** Defines the filter of the fleet explorer. */
export interface ExplorerFilter {
  /** Part of a name, case-insensitive; '' matches everything. */
  readonly text: string;
  /** Whether to show only what is missing or outdated. */
  readonly lacking: boolean;
}

export const EVERYTHING: ExplorerFilter = { text: '', lacking: false };

/** Returns whether one of the texts contains the filter text. */
export function matches({ text }: ExplorerFilter, texts: readonly string[]): boolean {
  if (text === '') return true;
  const wanted = text.toLowerCase();
  return texts.some(candidate => candidate.toLowerCase().includes(wanted));
}
