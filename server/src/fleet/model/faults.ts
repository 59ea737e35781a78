/** What Nix stumbles over in the files that it reads. */
import type { Place } from '../../nix/places.ts';
import type { Refused } from '../../nix/refused.ts';
import type { NixSyntaxError } from '../../nix/syntax.ts';

export interface SyntaxFault extends NixSyntaxError {
  /** What is never closed before it, and may be the cause. */
  readonly unclosed: NixSyntaxError | null;
}

export interface AbsentFile {
  readonly at: Place;
  /** Relative to the root. */
  readonly target: string;
  /** There is such a folder, but no `default.nix` in it. */
  readonly isFolder: boolean;
  /** Is it certain that a machine, or the flake as a whole, needs it? */
  readonly isNeeded: boolean;
}

/** A file with something that Nix stumbles over. */
export interface FileFaults {
  readonly file: string;
  readonly reach: Reach;
  /** Machines that have the file among their modules, sorted. */
  readonly machines: readonly string[];
  /** Where the grammar is broken; the rest of the lists is empty then. */
  readonly syntax: SyntaxFault | null;
  readonly refused: readonly Refused[];
  /** Paths that lead to nothing. */
  readonly absent: readonly AbsentFile[];
}

/** How Nix comes to a file: for certain, under a condition, or by no way that is known. */
export type Reach = 'certain' | 'possible' | 'unknown';
