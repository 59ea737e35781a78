/** Defines the input and the result of hover cards. */
import type { Place } from '../../nix/places.ts';
import type { FleetIndex } from '../names/fleet-index.ts';
import type { Snapshot } from '../snapshot.ts';

export interface CardAt {
  readonly at: Place;
  readonly markdown: string;
}

/** The input of the cards. */
export interface HoverContext {
  readonly snapshot: Snapshot;
  readonly index: FleetIndex;
  /** Returns the address of a place for a link, or null if the editor cannot open it. */
  readonly link: (place: Place) => string | null;
}
