/** Renders an examination as aligned lines for a terminal. */
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
