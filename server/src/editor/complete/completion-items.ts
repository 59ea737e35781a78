/** Defines the input and the items of completion. */
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
  | 'secret'
  | 'path'
  | 'folder';

export interface CompletionItem {
  readonly label: string;
  readonly kind: ItemKind;
  /** A few words next to the label. */
  readonly detail: string;
  /** Markdown, or null if there is none. */
  readonly documentation: string | null;
  /** The subject that the item names. `hover.ts` can describe it, which is not done for a whole list. */
  readonly subject: Subject | null;
  /** The text that replaces the word at the cursor; with placeholders if `snippet`. */
  readonly insert: string;
  readonly snippet: boolean;
  /** Items with a lower rank come first. */
  readonly rank: number;
  /** True if it would be a mistake here; editors strike it through. */
  readonly deprecated: boolean;
}

export interface Completion {
  /** The word at the cursor, which is replaced. */
  readonly at: Place;
  readonly items: readonly CompletionItem[];
}

/** The position and context of a completion. */
export interface Asked {
  readonly snapshot: Snapshot;
  readonly index: FleetIndex;
  readonly file: string;
  readonly text: string;
  /** 0-based UTF-16 offset of the start of the word at the cursor. */
  readonly start: number;
  /** The text of the line before the word at the cursor. */
  readonly line: string;
  readonly cursor: Cursor;
}

/** Creates an item with default values for the rarely used fields. */
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
    deprecated: false,
    ...more,
  };
}
