/** What a person wants to see of a fleet in the explorer. */
export interface ExplorerFilter {
  /** Part of a name, in any case; '' for all. */
  readonly text: string;
  /** Only what is not generated, or outdated. */
  readonly lacking: boolean;
}

export const EVERYTHING: ExplorerFilter = { text: '', lacking: false };

/** Has one of the texts what is looked for? */
export function matches({ text }: ExplorerFilter, texts: readonly string[]): boolean {
  if (text === '') return true;
  const wanted = text.toLowerCase();
  return texts.some(candidate => candidate.toLowerCase().includes(wanted));
}
