/** A commit of selected paths, as plain data. */

export interface Commit {
  /** Relative to the root. Missing files are committed as removed. */
  readonly paths: readonly string[];
  readonly message: string;
}
