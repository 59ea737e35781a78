/** *Update Machine…*, where `clan` is installed: verifies its vars, then runs `clan machines update` in a terminal. */
import { Uri, window } from 'vscode';
import type { Bench } from './generate-run.ts';
import { isGenerated, verifyReport, verifyText } from './report.ts';
import { runInTerminal } from './run-in-terminal.ts';
import { verification } from './value-commands.ts';

/** @param generate generates what the machine lacks */
export async function updateMachine(
  bench: Bench,
  root: string,
  machine: string,
  generate: () => Promise<void>,
): Promise<void> {
  const found = await verification(bench, root, [machine]);
  if (found === null) return;
  if (found.problems.length > 0) {
    bench.reports.show(verifyReport(found, root));
    const choices = found.problems.some(isGenerated) ? [GENERATE, ANYWAY] : [ANYWAY];
    const message = `${machine}: ${verifyText(found)} Update all the same?`;
    const answer = await window.showWarningMessage(message, { modal: true }, ...choices);
    if (answer === GENERATE) return generate();
    if (answer !== ANYWAY) return;
  }
  const cwd = Uri.parse(root).fsPath;
  await runInTerminal(`Update ${machine}`, cwd, updateCommand(machine));
}

const GENERATE = 'Generate Missing';
const ANYWAY = 'Update Anyway';

/** Run in the fleet's folder. */
export function updateCommand(machine: string): readonly string[] {
  return ['clan', 'machines', 'update', machine];
}
