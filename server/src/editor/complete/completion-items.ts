/** The input and the items of completion. */
import type { Place } from '../../nix/places.ts';
import type { Cursor } from '../names/cursor.ts';
import type { FleetIndex } from '../names/fleet-index.ts';
import type { Subject } from '../names/subjects.ts';
import type { Snapshot } from '../snapshot.ts';

export type ItemKind =
  | 'option'
  | 'value'
  | 'generator'
  | 'file'
  | 'prompt'
  | 'key'
  | 'machine'
  | 'tag'
  | 'role'
  | 'service'
  | 'package'
  | 'template'
  | 'secret';

export interface CompletionItem {
  readonly label: string;
  readonly kind: ItemKind;
  /** A few words beside the label. */
  readonly detail: string;
  /** Markdown; null where there is nothing more to say. */
  readonly documentation: string | null;
  /** What it names; `hover.ts` says more of it, which is not worked out for a whole list. */
  readonly subject: Subject | null;
  /** Written in place of the word at the cursor; with places to fill in if `snippet`. */
  readonly insert: string;
  readonly snippet: boolean;
  /** Items of a lower rank come first. */
  readonly rank: number;
}

export interface Completion {
  /** The word that is begun, and is replaced. */
  readonly at: Place;
  readonly items: readonly CompletionItem[];
}

/** The position and context of a completion. */
export interface Asked {
  readonly snapshot: Snapshot;
  readonly index: FleetIndex;
  readonly file: string;
  readonly text: string;
  /** Offset at which the word at the cursor begins. */
  readonly start: number;
  /** The line up to the word at the cursor. */
  readonly line: string;
  readonly cursor: Cursor;
}

/** An item without what most items lack. */
export function item(
  label: string,
  kind: ItemKind,
  detail: string,
  more: Partial<CompletionItem> = {},
): CompletionItem {
  return {
    label,
    kind,
    detail,
    documentation: null,
    subject: null,
    insert: label,
    snippet: false,
    rank: 1,
    ...more,
  };
}
