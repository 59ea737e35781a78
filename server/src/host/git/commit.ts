/** A commit of chosen paths, as plain data. */

export interface Commit {
  /** Relative to the root; those that are gone are committed as removed. */
  readonly paths: readonly string[];
  readonly message: string;
}
