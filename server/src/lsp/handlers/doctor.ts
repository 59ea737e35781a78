/** Answers Varsmith's own request for the doctor's report on each folder. Its code is loaded with the first request. */

import type { CancellationToken } from 'vscode-languageserver';
import { IN_EDITOR, IN_TERMINAL } from '../../doctor/actions.ts';
import { examinedIn } from '../../workspace/doctor-view.ts';
import { homeIn } from '../../workspace/home.ts';
import type { Analysis } from '../analysis.ts';
import type { Client } from '../client.ts';
import type { DoctorParams, DoctorResult } from '../messages.ts';
import { uriOfPath } from '../to-protocol.ts';

/** The client's command that creates a key, if it announced it. */
const MAKE_KEY = 'varsmith.makeKey';

/**
 * Returns the reports.
 * @param version the version of this program
 */
export async function onDoctor(
  analysis: Analysis,
  client: Client,
  { trusted }: DoctorParams,
  version: string,
  token: CancellationToken,
): Promise<DoctorResult[]> {
  await analysis.allAnalysed(token);
  const { examine } = await import('../../doctor/examine.ts');
  const around = {
    env: process.env,
    home: homeIn(process.env),
    platform: process.platform,
    trusted,
    names: client.commands.includes(MAKE_KEY) ? IN_EDITOR : IN_TERMINAL,
  };
  const results: DoctorResult[] = [];
  for (const workspace of analysis.folders.all()) {
    const problems = workspace.problems.map(({ message }) => message);
    const { sections } = await examine(examinedIn(workspace, problems), around, version);
    results.push({ root: uriOfPath(workspace.root), path: workspace.root, version, sections });
  }
  return results;
}
