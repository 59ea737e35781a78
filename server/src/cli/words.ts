/** Words for counts. */

/** `1 file`, `2 files`, `2 fixes`. */
export function counted(count: number, word: string, plural = `${word}s`): string {
  return `${count} ${count === 1 ? word : plural}`;
}
