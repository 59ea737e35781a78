/** Reads the options of `varsmith check`. */
import type { Rule, Severity } from '../checks/rule.ts';
import { absolutePath, oneOf, type Parsed } from './arguments.ts';
import { UsageError } from './io.ts';
import { SEVERITIES } from './output/check/check-report.ts';
import { isAskedFor, rejectUnknownRules } from './rule-names.ts';

const FORMATS = ['text', 'lines', 'json', 'sarif', 'github'] as const;

export interface CheckOptions {
  readonly format: (typeof FORMATS)[number];
  /** Findings of this severity or above decide the exit code. */
  readonly threshold: Severity;
  /** The rules and groups that were named; empty for all. */
  readonly rules: readonly string[];
  readonly isWanted: (rule: string) => boolean;
  readonly fixes: boolean;
  readonly isDry: boolean;
  /** The baseline to apply, or null. */
  readonly baseline: BaselineFile | null;
  /** The baseline to write, or null. */
  readonly newBaseline: BaselineFile | null;
}

export interface BaselineFile {
  readonly absolute: string;
  /** The path as typed. */
  readonly shown: string;
}

/**
 * Returns the options.
 * @param rules all rules
 * @param cwd absolute path
 * @throws UsageError
 */
export function readCheckOptions(parsed: Parsed, rules: readonly Rule[], cwd: string): CheckOptions {
  const format = oneOf('--format', parsed.option('format'), FORMATS, 'text');
  const threshold = oneOf('--severity', parsed.option('severity'), SEVERITIES, 'error');
  const wanted = parsed.options('rule');
  rejectContradictions(parsed);
  rejectUnknownRules(wanted, rules);
  const fileOf = (shown: string | undefined) =>
    shown === undefined ? null : { absolute: absolutePath(cwd, shown), shown };
  return {
    ...{ format, threshold, rules: wanted },
    isWanted: rule => wanted.length === 0 || isAskedFor(rule, wanted),
    fixes: parsed.flag('fix'),
    isDry: parsed.flag('dry-run'),
    baseline: fileOf(parsed.option('baseline')),
    newBaseline: fileOf(parsed.option('write-baseline')),
  };
}

function rejectContradictions(parsed: Parsed): void {
  if (parsed.flag('dry-run')) {
    if (!parsed.flag('fix')) throw new UsageError('--dry-run shows what --fix would do: add --fix.');
    if (parsed.option('format') !== undefined)
      throw new UsageError('--dry-run prints a diff: remove --format.');
    if (parsed.option('write-baseline') !== undefined)
      throw new UsageError('--dry-run writes nothing: remove --write-baseline.');
  }
  if (parsed.option('write-baseline') !== undefined && parsed.options('rule').length > 0)
    throw new UsageError('A new baseline covers all rules: remove --rule.');
}
