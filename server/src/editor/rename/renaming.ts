/** Defines the result of a rename: edits and moves of stored values, or the reason why it is rejected. */
import type { TextEdit } from '../../edits/text-edit.ts';
import type { Move } from '../../store/vars/moves.ts';

export interface Renaming {
  readonly edits: readonly TextEdit[];
  /** Moves of stored values, which would otherwise be generated again. */
  readonly moves: readonly Move[];
}

/** The reason why something cannot be renamed, for the user. */
export interface Refusal {
  readonly refused: string;
}
