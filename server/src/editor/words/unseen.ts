/**
 * Replaces characters that control a terminal, change the direction of text, or begin a command in the log of a CI
 * service, which must never be output as they are.
 */

/**
 * Matches control characters except tabs and line ends, line and paragraph separators, characters that change the
 * direction of text, and the first of `##[` and `##vso[`, which GitHub Actions and Azure Pipelines obey anywhere in a
 * line.
 */
const UNSEEN =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what it is about
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]|#(?=#(?:vso)?\[)/g;

/** Replaces each such character by a visible mark; keeps line ends. */
export function marked(text: string): string {
  return text.replace(UNSEEN, '\ufffd');
}

/** Replaces each such character by an escape of the output format. */
export function escapedUnseen(text: string, escapeOf: (character: string) => string): string {
  return text.replace(UNSEEN, escapeOf);
}

export function hasUnseen(text: string): boolean {
  return text.search(UNSEEN) >= 0;
}
