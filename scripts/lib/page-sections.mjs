// Sections of a page that a script writes: what stands between `<!-- begin NAME -->` and `<!-- end NAME -->`.

import { readFileSync, writeFileSync } from 'node:fs';

/**
 * Puts a text into a section of a Markdown page.
 * @param {string} file
 * @param {string} name
 * @param {string} text
 * @throws an Error where the page has no such section
 */
export function writeSection(file, name, text) {
  const page = readFileSync(file, 'utf8');
  const begin = `<!-- begin ${name} -->\n`;
  const end = `\n<!-- end ${name} -->`;
  const from = page.indexOf(begin);
  const to = page.indexOf(end, from);
  if (from < 0 || to < 0) throw new Error(`${file} has no section ${name}.`);
  writeFileSync(file, `${page.slice(0, from + begin.length)}\n${text.trim()}\n${page.slice(to)}`);
}
