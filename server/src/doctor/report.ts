/** What an examination says: sections of entries, in plain data, the same for the editor and the command line. */

/**
 * `found`: it is there and works; `absent`: it is not there, and nothing suffers but what the advice names; `problem`:
 * something that the fleet asks for will not work; `unknown`: it was not looked at, or cannot be told.
 */
export type Standing = 'found' | 'absent' | 'problem' | 'unknown';

export interface Entry {
  /** A word or two: `bubblewrap`. Unique in its section. */
  readonly name: string;
  readonly standing: Standing;
  /** What was found, or what is missing. */
  readonly text: string;
  /** Where it was looked for, and further lines. */
  readonly details: readonly string[];
  /** What to do; null where there is nothing to do. */
  readonly advice: string | null;
}

export interface Section {
  readonly title: string;
  readonly entries: readonly Entry[];
}

export interface Examination {
  readonly version: string;
  readonly root: string;
  readonly sections: readonly Section[];
}

export function entry(
  name: string,
  standing: Standing,
  text: string,
  rest: { readonly details?: readonly string[]; readonly advice?: string } = {},
): Entry {
  return { name, standing, text, details: rest.details ?? [], advice: rest.advice ?? null };
}

export function hasProblems({ sections }: Examination): boolean {
  return sections.some(({ entries }) => entries.some(({ standing }) => standing === 'problem'));
}
