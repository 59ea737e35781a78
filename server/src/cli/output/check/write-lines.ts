/**
 * Writes each finding on one line, `file:line:column: severity: message [rule]`, for problem matchers and quickfix
 * lists.
 */
import { messageWithCure } from '../../../checks/cure.ts';
import { type Io, printable } from '../../io.ts';
import type { CheckReport } from './check-report.ts';

export function writeLines({ findings, spanOf }: CheckReport, { stdout }: Io): void {
  for (const finding of findings) {
    const { at, severity, rule } = finding;
    const { line, column, endLine, endColumn } = spanOf(at);
    const range = `${line}:${column}:${endLine}:${endColumn}`;
    stdout.write(
      `${printable(at.file)}:${range}: ${severity}: ${printable(messageWithCure(finding))} [${rule}]\n`,
    );
  }
}
