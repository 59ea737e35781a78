/** `varsmith/environment`: what a machine's sessions get, for a preview beside the registry. */
import type { CancellationToken } from 'vscode-languageserver';
import { environmentOf } from '../../editor/environment.ts';
import { environmentMachines } from '../../editor/environment-keys.ts';
import { environmentText } from '../../editor/environment-text.ts';
import type { Analysis } from '../analysis.ts';
import { uriOfPath } from '../convert.ts';
import type { EnvironmentParams, EnvironmentResult } from '../messages.ts';
import { stateNear } from './near.ts';

export async function onEnvironment(
  analysis: Analysis,
  { near, machine, shell }: EnvironmentParams,
  token: CancellationToken,
): Promise<EnvironmentResult | null> {
  await analysis.settled(token);
  const state = stateNear(analysis, near);
  if (!state) return null;
  const { root, snapshot } = state;
  const machines = environmentMachines(snapshot.fleet);
  const known = machine !== null && machines.includes(machine);
  const text = known
    ? environmentText(environmentOf({ ...snapshot, elsewhere: snapshot.stored().elsewhere }, machine), shell)
    : null;
  return { root: uriOfPath(root), machines, text };
}
