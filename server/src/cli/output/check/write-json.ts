/** Writes findings as JSON for programs, in the format of docs/schemas/check.schema.json. */
import { messageWithCure } from '../../../checks/cure.ts';
import type { Io } from '../../io.ts';
import { jsonText } from '../json-text.ts';
import type { CheckReport } from './check-report.ts';

export function writeJson(report: CheckReport, { stdout }: Io): void {
  const { root, findings, counts, baseline, fixed, fileCount, milliseconds, nix, spanOf } = report;
  const output = {
    schemaVersion: 1,
    root,
    findings: findings.map(({ rule, severity, message, cure, at, machines, related, fixes }) => ({
      rule,
      severity,
      message: messageWithCure({ message, cure }),
      file: at.file,
      ...spanOf(at),
      machines,
      related: related.map(candidate => {
        const { line, column } = spanOf(candidate.at);
        return { file: candidate.at.file, line, column, message: candidate.message };
      }),
      fixes: fixes.map(({ title }) => ({ title })),
    })),
    ...(nix === null ? {} : { nix }),
    summary: {
      errors: counts.error,
      warnings: counts.warning,
      infos: counts.info,
      hints: counts.hint,
      files: fileCount,
      milliseconds,
      ...(fixed === null ? {} : { fixed }),
      ...(baseline === null
        ? {}
        : { baseline: { silenced: baseline.silenced.length, obsolete: baseline.obsolete } }),
    },
  };
  stdout.write(`${jsonText(output)}\n`);
}
