/** An examination as text: aligned lines for a terminal, Markdown for the editor. */
import type { Entry, Examination, Standing } from './report.ts';

const MARKS: Readonly<Record<Standing, string>> = { found: '✓', absent: '–', problem: '✗', unknown: '?' };

/** @param mark dresses a line's mark, as with colours; control characters are the caller's business */
export function examinationText(
  { version, root, sections }: Examination,
  mark: (standing: Standing, text: string) => string = (_, text) => text,
): string {
  const lines = [`Varsmith ${version}: ${root}`];
  for (const { title, entries } of sections) {
    lines.push('', title);
    for (const one of entries) {
      lines.push(`  ${mark(one.standing, MARKS[one.standing])} ${one.name}: ${one.text}`);
      for (const line of below(one)) lines.push(`      ${line}`);
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
    for (const one of entries) {
      const found = [one.text, ...below(one)].map(escaped).join('<br>');
      // Names stay on one line beside long texts.
      const name = escaped(one.name).replaceAll(' ', '\u00a0');
      lines.push(`| ${MARKS[one.standing]} | **${name}** | ${found} |`);
    }
  }
  return `${lines.join('\n')}\n`;
}

function literal(text: string): string {
  return `\`${text.replaceAll('`', "'")}\``;
}

/** Paths and reasons are no markup; code in backquotes stays. */
function escaped(text: string): string {
  const parts = text.split('`');
  // Without its partner, a backquote is one.
  if (parts.length % 2 === 0) return parts.map(plain).join('\\`');
  return parts.map((part, index) => (index % 2 === 1 ? code(part) : plain(part))).join('');
}

/** In a table a bar ends the cell, even between backquotes. */
function code(text: string): string {
  return `\`${text.replaceAll('|', '\\|')}\``;
}

function plain(text: string): string {
  return text.replace(/[\\*_[\]<>#|]/g, '\\$&');
}
