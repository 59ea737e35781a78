/** Types of what makes Nix fail while it reads files: syntax errors, constructs that it refuses, and missing files. */
import type { Place } from '../../nix/places.ts';
import type { Refused } from '../../nix/refused.ts';
import type { NixSyntaxError } from '../../nix/syntax.ts';

export interface SyntaxFault extends NixSyntaxError {
  /** An unclosed bracket or string before it that may be the cause. */
  readonly unclosed: NixSyntaxError | null;
}

export interface AbsentFile {
  readonly at: Place;
  /** The missing path, relative to the workspace root. */
  readonly target: string;
  /** True if a folder of that name exists but has no `default.nix`. */
  readonly isFolder: boolean;
  /** True if a machine, or the flake as a whole, certainly needs the file. */
  readonly isNeeded: boolean;
}

/** A file with faults that make Nix fail. */
export interface FileFaults {
  readonly file: string;
  readonly reach: Reach;
  /** Machines that import the file, sorted. */
  readonly machines: readonly string[];
  /** The first syntax error; if there is one, the other lists are empty. */
  readonly syntax: SyntaxFault | null;
  readonly refused: readonly Refused[];
  /** Paths that do not exist. */
  readonly absent: readonly AbsentFile[];
}

/** How Nix reaches a file: certainly, under a condition, or by no known way. */
export type Reach = 'certain' | 'possible' | 'unknown';
