/** Answers `varsmith/environment`: the environment of a machine's sessions, for a preview beside the registry. */
import type { CancellationToken } from 'vscode-languageserver';
import { environmentOf } from '../../editor/environment/environment.ts';
import { absentVariables } from '../../editor/environment/environment-explain.ts';
import { environmentMachines } from '../../editor/environment/environment-keys.ts';
import { absentText, environmentText } from '../../editor/environment/environment-text.ts';
import type { Shell } from '../../editor/environment/session-text.ts';
import type { Snapshot } from '../../editor/snapshot.ts';
import type { Analysis } from '../analysis.ts';
import type { EnvironmentParams, EnvironmentResult } from '../messages.ts';
import { uriOfPath } from '../to-protocol.ts';
import { stateNear } from './requested-root.ts';

export async function onEnvironment(
  analysis: Analysis,
  { near, machine, shell }: EnvironmentParams,
  token: CancellationToken,
): Promise<EnvironmentResult | null> {
  await analysis.allAnalysed(token);
  const state = stateNear(analysis, near);
  if (!state) return null;
  const { root, snapshot } = state;
  const machines = environmentMachines(snapshot.fleet);
  const text = machine !== null && machines.includes(machine) ? previewOf(snapshot, machine, shell) : null;
  return { root: uriOfPath(root), machines, text };
}

/** Returns the output of the command line, followed by the variables that are not set. */
function previewOf(snapshot: Snapshot, machine: string, shell: Shell): string {
  const around = { ...snapshot, elsewhere: snapshot.stored().elsewhere };
  return (
    environmentText(environmentOf(around, machine), shell) +
    absentText(machine, absentVariables(around, machine))
  );
}
