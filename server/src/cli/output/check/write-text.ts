/** Writes findings for people: grouped by file, each with its source line underlined. */

import { messageWithCure } from '../../../checks/cure.ts';
import { counted } from '../../../checks/facts/wording.ts';
import type { Finding, Severity } from '../../../checks/rule.ts';
import { lineStartsOf } from '../../../nix/source.ts';
import { SETTINGS_FILE } from '../../../workspace/settings/settings-names.ts';
import { type Io, type Paint, painter, printable } from '../../io.ts';
import type { Span } from '../positions.ts';
import { baselineText } from './baseline-text.ts';
import type { CheckReport } from './check-report.ts';

const COLOURS = { error: 'red', warning: 'yellow', info: 'blue', hint: 'cyan' } as const;

/** Limit for source lines, since generated files may have very long ones. */
const MAX_WIDTH = 160;

export function writeText(report: CheckReport, { stdout, env }: Io): void {
  const paint = painter(stdout, env);
  let file: string | null = null;
  for (const finding of report.findings) {
    if (finding.at.file !== file) {
      file = finding.at.file;
      stdout.write(`${paint('bold', printable(file))}\n`);
    }
    stdout.write(`${findingText(report, finding, paint)}\n`);
  }
  stdout.write(`${summaryText(report, paint)}\n`);
}

function findingText(report: CheckReport, finding: Finding, paint: Paint): string {
  const span = report.spanOf(finding.at);
  const severity = paint(COLOURS[finding.severity], finding.severity);
  const place = `${span.line}:${span.column}`;
  const lines = [
    `  ${place}  ${severity}  ${printable(messageWithCure(finding))}  ${paint('dim', finding.rule)}`,
    ...sourceLines(report, finding, span, paint),
  ];
  // Individual findings are available on request; nobody reads thirty of the same kind.
  if (finding.covers !== undefined) {
    const count = finding.covers.length;
    lines.push(paint('dim', `    ${count} findings in one; --format json lists each with its place.`));
    return `${lines.join('\n')}\n`;
  }
  for (const { at, message } of finding.related) {
    const { line, column } = report.spanOf(at);
    lines.push(paint('dim', `    ${printable(at.file)}:${line}:${column} ${printable(message)}`));
  }
  return `${lines.join('\n')}\n`;
}

/**
 * Returns the first line of the range with carets below it, one per terminal column. Shows nothing of stored files,
 * which may be unencrypted secrets.
 */
function sourceLines(report: CheckReport, finding: Finding, span: Span, paint: Paint): string[] {
  if (!finding.at.file.endsWith('.nix') && finding.at.file !== SETTINGS_FILE) return [];
  const line = lineOf(report, finding.at.file, span.line);
  if (line === null || line.length > MAX_WIDTH) return [];
  const end = span.endLine === span.line ? span.endColumn - 1 : line.length;
  const before = line.slice(0, span.column - 1);
  const meant = line.slice(span.column - 1, end);
  const margin = ' '.repeat(4);
  const carets = '^'.repeat(Math.max(1, widthOf(meant)));
  return [
    `${margin}${printable(line)}`,
    `${margin}${blankLike(before)}${paint(COLOURS[finding.severity], carets)}`,
  ];
}

function lineOf({ files }: CheckReport, file: string, line: number): string | null {
  const source = files.parse(file);
  const text = source?.text ?? files.text(file);
  if (text === null) return null;
  const starts = source?.lineStarts ?? lineStartsOf(text);
  const start = starts[line - 1];
  return start === undefined ? null : text.slice(start, starts[line] ?? text.length).replace(/[\r\n]+$/, '');
}

/** Returns blanks as wide as the text, keeping its tabs, so that the following text stays aligned. */
function blankLike(text: string): string {
  return [...text].map(char => (char === '\t' ? '\t' : ' '.repeat(widthOf(char)))).join('');
}

/** Returns the approximate number of terminal columns: wide characters and pictures take two, combining marks none. */
function widthOf(text: string): number {
  let width = 0;
  for (const char of text) {
    if (/\p{Mark}|\u200d/u.test(char)) continue;
    const wide =
      /\p{Emoji_Presentation}|[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\uff01-\uff60]/u;
    width += wide.test(char) ? 2 : 1;
  }
  return width;
}

function summaryText({ counts, fileCount, milliseconds, baseline }: CheckReport, paint: Paint): string {
  const parts = (Object.keys(COLOURS) as Severity[])
    .filter(severity => counts[severity] > 0)
    .map(severity => paint(COLOURS[severity], counted(counts[severity], severity)));
  const summary = parts.length === 0 ? 'Nothing found' : parts.join(', ');
  const lines = [`${summary} in ${counted(fileCount, 'file')} ${paint('dim', `(${milliseconds} ms)`)}`];
  if (baseline !== null) lines.push(paint('dim', printable(baselineText(baseline))));
  return lines.join('\n');
}
