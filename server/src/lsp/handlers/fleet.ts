/** Our own requests for the explorer: the fleet level by level. */
import { basename } from 'node:path';
import type { CancellationToken } from 'vscode-languageserver';
import { generatorEntries, keyEntries, machineEntries } from '../../editor/explorer.ts';
import type { Place } from '../../fleet/model.ts';
import type { Analysis } from '../analysis.ts';
import { type Border, locationOf, uriOfPath } from '../convert.ts';
import type { FleetGenerator, FleetRoot, MachineParams, Where } from '../messages.ts';

export async function onFleet(analysis: Analysis, token: CancellationToken): Promise<FleetRoot[]> {
  await analysis.settled(token);
  return analysis.states().map(({ root, snapshot, border }) => {
    const { machines, unassigned } = machineEntries(snapshot);
    return {
      name: basename(root),
      uri: uriOfPath(root),
      machines: machines.map(({ at, ...machine }) => ({ ...machine, where: whereOf(border, at) })),
      unassigned,
      keys: keyEntries(snapshot).map(({ at, registry: _, ...key }) => ({
        ...key,
        where: whereOf(border, at),
      })),
    };
  });
}

export async function onMachine(
  analysis: Analysis,
  { root, machine }: MachineParams,
  token: CancellationToken,
): Promise<FleetGenerator[]> {
  await analysis.settled(token);
  const state = analysis.states().find(one => uriOfPath(one.root) === root);
  if (!state) return [];
  const { snapshot, border } = state;
  return generatorEntries(snapshot, machine).map(({ at, files, ...generator }) => ({
    ...generator,
    where: whereOf(border, at),
    files: files.map(({ at: place, ...file }) => ({ ...file, where: whereOf(border, place) })),
  }));
}

function whereOf(border: Border, place: Place | null): Where | null {
  return place && locationOf(border, place);
}
