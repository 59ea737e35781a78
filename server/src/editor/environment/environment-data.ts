/**
 * The environment of a machine's sessions as plain data: variables, steps, and the reasons why something is not
 * a variable.
 */

import type { Snapshot } from '../snapshot.ts';
import type { Step } from './session-steps.ts';
import type { SessionText, Variable } from './session-text.ts';

/** The reason why something is no variable, or may be incomplete. */
export interface Note {
  /** The variable's name, or null if the note is not about a single one. */
  readonly name: string | null;
  readonly keys: readonly string[];
  /** A sentence. */
  readonly text: string;
}

export interface Environment {
  readonly machine: string;
  /** Sorted by name. */
  readonly variables: readonly Variable[];
  /** The steps that sessions run at start, in order. */
  readonly steps: readonly Step[];
  /** The text that the fleet's own functions render for steps of unknown form; `null` if there is none. */
  readonly session: SessionText | null;
  /** Sorted by name, those without a name first. */
  readonly notes: readonly Note[];
}

/** The required parts of a snapshot. */
export interface Surroundings extends Pick<Snapshot, 'fleet' | 'files'> {
  /** True if a custom command keeps the secrets. */
  readonly elsewhere: boolean;
}
