/** What a machine's sessions get, as plain data: variables, steps, and why something is no variable. */

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
  /** What sessions do with them when they start, in this order. */
  readonly steps: readonly Step[];
  /** What the fleet's own functions make of steps that are not understood; null where there are none. */
  readonly session: SessionText | null;
  /** Sorted by name, those about none first. */
  readonly notes: readonly Note[];
}

/** What is needed of a snapshot. */
export interface Surroundings extends Pick<Snapshot, 'fleet' | 'files'> {
  /** A command of somebody's own keeps the secrets. */
  readonly elsewhere: boolean;
}
