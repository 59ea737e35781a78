/** Words the way out of an unfinished merge. */

/**
 * Returns a sentence that says how one side of a merge is taken whole. Taking a side of the conflicting files alone would keep
 * what Git has merged beside them, so that values which were made together would be of two branches.
 *
 * @param path a file or a folder, relative to the root of the repository
 */
export function howToMerge(path: string): string {
  return `Take one side of it whole: \`git restore --source=HEAD --staged --worktree -- ${word(path)}\`, with \`MERGE_HEAD\` for the other side, or with a commit from before if the marks were committed.`;
}

/** Quotes a path if a shell would interpret it. */
function word(path: string): string {
  return /^[\w.@+][\w.@+/-]*$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
}
