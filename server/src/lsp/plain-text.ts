/**
 * Renders the Markdown of hovers and documentation as plain text, for clients without Markdown. Does not know the
 * subject of the text.
 */

/** Removes the markup of emphasis, code and links. Fenced blocks are kept unchanged. */
export function plainText(markdown: string): string {
  return markdown
    .split(/^```.*\n?/m)
    .map((part, i) => (i % 2 === 1 ? part : unmarked(part)))
    .join('');
}

function unmarked(text: string): string {
  return text
    .replace(/\[([^\]\n]*)\]\([^)\s]*\)/g, '$1')
    .replace(/\*\*([^*\n]+)\*\*/g, '$1')
    .replace(/`([^`\n]+)`/g, '$1');
}
