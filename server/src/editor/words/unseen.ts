/** Characters that command a terminal or turn the text around them: nothing that is shown or handed on has them raw. */

/** Control characters but tabs and line ends, line and paragraph separators, and what changes the direction of text. */
const UNSEEN =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what it is about
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/** With a visible mark in the place of each; line ends stay. */
export function marked(text: string): string {
  return text.replace(UNSEEN, '\ufffd');
}

/** With an escape of the format's own in the place of each. */
export function escapedUnseen(text: string, escapeOf: (character: string) => string): string {
  return text.replace(UNSEEN, escapeOf);
}

export function hasUnseen(text: string): boolean {
  return text.search(UNSEEN) >= 0;
}
