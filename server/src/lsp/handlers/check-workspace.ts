/** Answers `varsmith/checkWorkspace`: checks every folder again and counts. */
import type { Severity } from '../../checks/rule.ts';
import type { Analysis } from '../analysis.ts';
import type { CheckWorkspaceResult } from '../messages.ts';

export function onCheckWorkspace(analysis: Analysis): CheckWorkspaceResult {
  const begun = performance.now();
  const workspaces = analysis.folders.all();
  for (const workspace of workspaces) workspace.rescan();
  analysis.run();
  const counts: Record<Severity, number> = { error: 0, warning: 0, info: 0, hint: 0 };
  let files = 0;
  for (const workspace of workspaces) {
    for (const _ of workspace.files.nixFiles()) files++;
    for (const findings of workspace.snapshot().findings.values()) {
      for (const { severity } of findings) counts[severity]++;
    }
  }
  return {
    errors: counts.error,
    warnings: counts.warning,
    infos: counts.info,
    hints: counts.hint,
    files,
    milliseconds: Math.round(performance.now() - begun),
  };
}
