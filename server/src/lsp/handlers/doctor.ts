/** Our own request of the doctor: what is found of each folder, and what is missing. Loaded when somebody asks. */

import type { CancellationToken } from 'vscode-languageserver';
import { examinedIn } from '../../workspace/examined.ts';
import { homeIn } from '../../workspace/home.ts';
import type { Analysis } from '../analysis.ts';
import { uriOfPath } from '../convert.ts';
import type { DoctorParams, DoctorResult } from '../messages.ts';

/** @param version of this program */
export async function onDoctor(
  analysis: Analysis,
  { trusted }: DoctorParams,
  version: string,
  token: CancellationToken,
): Promise<DoctorResult[]> {
  await analysis.settled(token);
  const [{ examine }, { examinationMarkdown }, { hasProblems }] = await Promise.all([
    import('../../doctor/examine.ts'),
    import('../../doctor/text.ts'),
    import('../../doctor/report.ts'),
  ]);
  const around = {
    env: process.env,
    home: homeIn(process.env),
    platform: process.platform,
    trusted,
  };
  const found: DoctorResult[] = [];
  for (const workspace of analysis.folders.all()) {
    const problems = workspace.problems.map(({ message }) => message);
    const examination = await examine(examinedIn(workspace, problems), around, version);
    found.push({
      root: uriOfPath(workspace.root),
      markdown: examinationMarkdown(examination),
      hasProblems: hasProblems(examination),
    });
  }
  return found;
}
