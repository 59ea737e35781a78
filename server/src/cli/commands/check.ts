/**
 * `varsmith check`: finds and fixes mistakes, applies the baseline, and prints the result. The writers of the formats
 * are separate.
 */
import type { Severity } from '../../checks/rule.ts';
import {
  checkWorkspace,
  countsOf,
  individualFindings,
  openAmong,
  type SeverityCounts,
} from '../../workspace/check.ts';
import { baselineReport, requestedBaseline } from '../check-baseline.ts';
import { readCheckOptions } from '../check-options.ts';
import { EXIT, type Io } from '../io.ts';
import { countFiles, openConfigured } from '../load.ts';
import { chosenPart } from '../machine-share.ts';
import { askedOrAbsent } from '../nix-option.ts';
import { noteBaseline, noteRulesThatAreOff, noteSkipped } from '../output/check/check-notes.ts';
import { SEVERITIES } from '../output/check/check-report.ts';
import { WRITERS } from '../output/check/check-writers.ts';
import { askedData } from '../output/nix-report.ts';
import { spansIn } from '../output/positions.ts';
import { readCommand } from '../table/read-command.ts';

export async function check(args: readonly string[], io: Io): Promise<number> {
  const begun = performance.now();
  const parsed = readCommand('check', args);
  const { rules } = await import('../../checks/rules/index.ts');
  const options = readCheckOptions(parsed, rules, io.cwd);
  const { isWanted, threshold, format } = options;
  const write = await WRITERS[format]();

  const workspace = await openConfigured(parsed.positions[0], io);
  const asked = await askedOrAbsent(parsed, workspace, io);
  noteRulesThatAreOff(workspace, options.rules, io);
  const request = { isWanted, baseline: await requestedBaseline(options) };
  // A dry run fixes nothing, so its exit code describes the current state.
  const before = options.isDry ? openAmong(individualFindings(workspace), workspace, request) : null;
  let fixed: number | null = null;
  if (options.fixes) {
    const { fix } = await import('../output/check/check-fix.ts');
    fixed = fix(workspace, findings => openAmong(findings, workspace, request), options.isDry, io);
  }
  if (before !== null) return codeOf(countsOf(before), threshold);

  const result = checkWorkspace(workspace, request);
  const baseline = await baselineReport(result, options, io);
  const findings = options.newBaseline === null ? result.open : [];
  const counts = countsOf(findings);
  noteSkipped(workspace, io);
  noteBaseline(baseline, format, io);
  write(
    {
      nix: asked === null ? null : askedData(asked, chosenPart(parsed)),
      ...{ root: workspace.root, findings, counts, baseline, fixed, fileCount: countFiles(workspace) },
      milliseconds: Math.round(performance.now() - begun),
      ...{ files: workspace.files, spanOf: spansIn(workspace.files), fingerprints: result.fingerprints },
      rules: rules.filter(({ id }) => isWanted(id)),
    },
    io,
  );
  return codeOf(counts, threshold);
}

function codeOf(counts: SeverityCounts, threshold: Severity): number {
  const atOrAbove = SEVERITIES.slice(0, SEVERITIES.indexOf(threshold) + 1);
  return atOrAbove.some(severity => counts[severity] > 0) ? EXIT.findings : EXIT.ok;
}
