/** Renders an examination as text: aligned lines for a terminal, Markdown for the editor. */
import type { Entry, Examination, Standing } from './report.ts';

const MARKS: Readonly<Record<Standing, string>> = { found: '✓', absent: '–', problem: '✗', unknown: '?' };

/**
 * Returns the report as aligned lines.
 * @param mark styles a line's mark, for example with colours; control characters must be handled by the caller
 */
export function examinationText(
  { version, root, sections }: Examination,
  mark: (standing: Standing, text: string) => string = (_, text) => text,
): string {
  const lines = [`Varsmith ${version}: ${root}`];
  for (const { title, entries } of sections) {
    lines.push('', title);
    for (const entry of entries) {
      lines.push(`  ${mark(entry.standing, MARKS[entry.standing])} ${entry.name}: ${entry.text}`);
      for (const line of below(entry)) lines.push(`      ${line}`);
    }
  }
  return `${lines.join('\n')}\n`;
}

function below({ details, advice }: Entry): string[] {
  return [...details, ...(advice === null ? [] : [`→ ${advice}`])];
}

export function examinationMarkdown({ version, root, sections }: Examination): string {
  const lines = [`# Varsmith ${version}`, '', literal(root)];
  for (const { title, entries } of sections) {
    lines.push('', `## ${title}`, '', '|   | What | Found |', '| - | - | - |');
    for (const entry of entries) {
      const cell = [entry.text, ...below(entry)].map(escaped).join('<br>');
      // Non-breaking spaces keep names on one line beside long texts.
      const name = escaped(entry.name).replaceAll(' ', '\u00a0');
      lines.push(`| ${MARKS[entry.standing]} | **${name}** | ${cell} |`);
    }
  }
  return `${lines.join('\n')}\n`;
}

function literal(text: string): string {
  return `\`${text.replaceAll('`', "'")}\``;
}

/** Escapes paths and reasons, which are not markup, but keeps code in backquotes. */
function escaped(text: string): string {
  const parts = text.split('`');
  // An unpaired backquote is an ordinary character.
  if (parts.length % 2 === 0) return parts.map(plain).join('\\`');
  return parts.map((part, index) => (index % 2 === 1 ? code(part) : plain(part))).join('');
}

/** Renders code. In a table a bar ends the cell, even between backquotes. */
function code(text: string): string {
  return `\`${text.replaceAll('|', '\\|')}\``;
}

function plain(text: string): string {
  return text.replace(/[\\*_[\]<>#|]/g, '\\$&');
}
