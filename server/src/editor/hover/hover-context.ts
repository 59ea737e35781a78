/** What hover cards are handed, and what they are. */
import type { Place } from '../../nix/places.ts';
import type { FleetIndex } from '../names/fleet-index.ts';
import type { Snapshot } from '../snapshot.ts';

export interface CardAt {
  readonly at: Place;
  readonly markdown: string;
}

/** What the cards need to know. */
export interface HoverContext {
  readonly snapshot: Snapshot;
  readonly index: FleetIndex;
  /** The address of a place, for a link; null where the editor opens none. */
  readonly link: (place: Place) => string | null;
}
