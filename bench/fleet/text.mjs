/** Small helpers for writing Nix text. */

/** A list of strings, one a line. */
export function list(names) {
  return `[\n${names.map(name => `  "${name}"\n`).join('')}]`;
}

/** Every line but the first, moved right. */
export function indent(text, columns) {
  return text.replaceAll(/\n(?=.)/g, `\n${' '.repeat(columns)}`);
}

/** The 0-based line and character of the first `needle` in `text`, moved by `shift` characters. */
export function locate(text, needle, shift = 0) {
  const at = text.indexOf(needle);
  if (at < 0) throw new Error(`not in the text: ${needle}`);
  const before = text.slice(0, at + shift);
  const line = before.split('\n').length - 1;
  return { line, character: before.length - (before.lastIndexOf('\n') + 1) };
}
