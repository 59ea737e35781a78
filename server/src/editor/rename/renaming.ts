/** The result of a rename: edits with moves of stored values, or why it is refused. */
import type { TextEdit } from '../../edits/text-edit.ts';
import type { Move } from '../../store/vars/moves.ts';

export interface Renaming {
  readonly edits: readonly TextEdit[];
  /** Moves of stored values, which would otherwise be generated again. */
  readonly moves: readonly Move[];
}

/** Why something cannot be renamed, for the person who asked. */
export interface Refusal {
  readonly refused: string;
}
