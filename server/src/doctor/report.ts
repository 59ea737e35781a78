/** The report of an examination: sections of entries as plain data, the same for the editor and the command line. */

import type { Action } from './actions.ts';

/**
 * `found`: exists and works; `absent`: missing, which only affects what the advice mentions; `problem`: something
 * that the fleet needs will not work; `unknown`: not checked, or undecidable.
 */
export type Standing = 'found' | 'absent' | 'problem' | 'unknown';

export interface Entry {
  /** A word or two, unique in its section: `bubblewrap`. */
  readonly name: string;
  readonly standing: Standing;
  /** A description of what exists or is missing. */
  readonly text: string;
  /** The places that were searched, and further lines. */
  readonly details: readonly string[];
  /** Advice; `null` if there is nothing to do. */
  readonly advice: string | null;
  /** The action that follows the advice; absent if there is none. */
  readonly action?: Action;
  /** For `track`: the files, relative to the root. */
  readonly paths?: readonly string[];
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
  rest: Partial<Pick<Entry, 'details' | 'action' | 'paths'>> & { readonly advice?: string } = {},
): Entry {
  return { name, standing, text, details: [], advice: null, ...rest };
}

export function hasProblems({ sections }: Examination): boolean {
  return sections.some(({ entries }) => entries.some(({ standing }) => standing === 'problem'));
}
