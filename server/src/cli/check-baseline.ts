/** The baseline of `varsmith check`. Files of baselines are read and written by `baseline.ts`, which is loaded for that. */
import type { Baseline } from '../checks/engine/baseline.ts';
import type { CheckResult } from '../workspace/check.ts';
import type { CheckOptions } from './check-options.ts';
import type { Io } from './io.ts';
import type { BaselineReport } from './output/check/check-report.ts';

/**
 * Reads the baseline to apply; null if there is none.
 * @throws UsageError if the file is missing or not a baseline
 */
export async function requestedBaseline({ baseline }: CheckOptions): Promise<Baseline | null> {
  if (baseline === null) return null;
  return (await import('./baseline.ts')).readBaseline(baseline.absolute, baseline.shown);
}

/**
 * Describes the baseline that was applied, or writes a new one with all findings, so that none is left open.
 * @throws WriteError
 */
export async function baselineReport(
  { findings, silenced, obsolete, fingerprints }: CheckResult,
  { baseline, newBaseline }: CheckOptions,
  io: Io,
): Promise<BaselineReport | null> {
  if (newBaseline === null) return baseline && { file: baseline.shown, silenced, obsolete };
  const { writeNewBaseline } = await import('./baseline.ts');
  writeNewBaseline(newBaseline.absolute, findings, fingerprints());
  io.stderr.write(`varsmith: wrote ${findings.length} findings to ${newBaseline.shown}.\n`);
  return { file: newBaseline.shown, silenced: findings, obsolete: 0 };
}
