/**
 * Writes findings as workflow commands, which GitHub shows beside the changed lines.
 * Source: docs.github.com, "Workflow commands for GitHub Actions"; the escapes are those of actions/toolkit.
 */
import { messageWithCure } from '../../../checks/cure.ts';
import type { Finding, Severity } from '../../../checks/rule.ts';
import { marked } from '../../../editor/words/unseen.ts';
import type { Io } from '../../io.ts';
import type { CheckReport } from './check-report.ts';

const COMMANDS: Readonly<Record<Severity, string>> = {
  error: 'error',
  warning: 'warning',
  info: 'notice',
  hint: 'notice',
};

export function writeGithub(report: CheckReport, { stdout }: Io): void {
  for (const finding of report.findings) stdout.write(`${annotation(report, finding)}\n`);
}

function annotation({ spanOf }: CheckReport, finding: Finding): string {
  const { severity, rule, at } = finding;
  const { line, column, endLine, endColumn } = spanOf(at);
  const properties: [string, string | number][] = [
    ['file', at.file],
    ['line', line],
    ['endLine', endLine],
  ];
  // Columns are only allowed within one line, and the end column is that of the last character.
  if (line === endLine) properties.push(['col', column], ['endColumn', Math.max(column, endColumn - 1)]);
  properties.push(['title', rule]);
  const list = properties.map(([name, value]) => `${name}=${escapeProperty(String(value))}`).join(',');
  return `::${COMMANDS[severity]} ${list}::${escapeData(messageWithCure(finding))}`;
}

function escapeData(text: string): string {
  const whole = text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
  // GitHub decodes no other escapes.
  return marked(whole);
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
