/**
 * Markdown as our hovers and documentation use it, without its signs, for clients that show text as it comes. Knows
 * nothing of what the text is about.
 */

/** Takes the signs of emphasis, code and links away; what stands in a fenced block stays as it is. */
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
