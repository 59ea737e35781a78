/** Notes of `varsmith check` on standard error: what was not checked, and what a format cannot contain. */
import type { Workspace } from '../../../workspace/workspace.ts';
import type { CheckOptions } from '../../check-options.ts';
import { type Io, printable } from '../../io.ts';
import { baselineText } from './baseline-text.ts';
import type { BaselineReport } from './check-report.ts';

/** Notes rules that were named but are switched off. */
export function noteRulesThatAreOff({ rules }: Workspace, wanted: readonly string[], io: Io): void {
  for (const { rule, severity } of rules) {
    if (severity !== 'off' || !wanted.includes(rule.id)) continue;
    const why =
      rule.optional === true
        ? `is off by default: { "rules": { "${rule.id}": "${rule.severity}" } } in varsmith.json turns it on`
        : 'is turned off by varsmith.json';
    io.stderr.write(`varsmith: ${rule.id} ${why}.\n`);
  }
}

/** Notes files and folders that could not be read, except binary files. */
export function noteSkipped({ files }: Workspace, io: Io): void {
  for (const { path, reason } of files.skipped())
    if (path.endsWith('.nix') || !path.includes('.'))
      io.stderr.write(`varsmith: ${printable(path) || '.'} was left out: ${reason}.\n`);
}

/** Notes the effect of a baseline if the format is for other programs and cannot contain it. */
export function noteBaseline(baseline: BaselineReport | null, format: CheckOptions['format'], io: Io): void {
  if (baseline !== null && (format === 'sarif' || format === 'github'))
    io.stderr.write(`varsmith: ${printable(baselineText(baseline))}\n`);
}
