/** The environment of a machine's sessions as plain data: variables, steps, and why something is not a variable. */

import type { Snapshot } from '../snapshot.ts';
import type { Step } from './session-steps.ts';
import type { SessionText, Variable } from './session-text.ts';

/** Why something is no variable, or may not be all. */
export interface Note {
  /** The variable's name; null where the note is about none alone. */
  readonly name: string | null;
  readonly keys: readonly string[];
  /** A sentence. */
  readonly text: string;
}

export interface Environment {
  readonly machine: string;
  /** Sorted by name. */
  readonly variables: readonly Variable[];
  /** The steps that sessions run when they start, in this order. */
  readonly steps: readonly Step[];
  /** The text that the fleet's own functions render for steps that are not understood; `null` if there is none. */
  readonly session: SessionText | null;
  /** Sorted by name, those about none first. */
  readonly notes: readonly Note[];
}

/** The parts of a snapshot that are needed. */
export interface Surroundings extends Pick<Snapshot, 'fleet' | 'files'> {
  /** True if a custom command keeps the secrets. */
  readonly elsewhere: boolean;
}
