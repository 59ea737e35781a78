/** Answers Varsmith's own requests for the view of sops-nix and agenix, level by level. */
import { basename } from 'node:path';
import type { CancellationToken } from 'vscode-languageserver';
import { keysOfFile, secretEntries, secretsEntry } from '../../editor/explorer/explorer-secrets.ts';
import type { Analysis } from '../analysis.ts';
import type {
  FileKey,
  FileKeysParams,
  FleetParams,
  MachineParams,
  MachineSecret,
  SecretsRoot,
} from '../messages.ts';
import { uriOfPath } from '../to-protocol.ts';
import { whereOf } from './fleet.ts';
import { stateOf } from './requested-root.ts';

export async function onSecrets(
  analysis: Analysis,
  { filter }: FleetParams,
  token: CancellationToken,
): Promise<SecretsRoot[]> {
  await analysis.allAnalysed(token);
  return analysis.states().map(({ root, snapshot, border }) => {
    const { machines, files, unassigned } = secretsEntry(snapshot, filter);
    return {
      name: basename(root),
      uri: uriOfPath(root),
      unassigned,
      machines: machines.map(({ at, ...machine }) => ({ ...machine, where: whereOf(border, at) })),
      files: files.map(({ at, ...file }) => ({ ...file, where: whereOf(border, at) })),
    };
  });
}

export async function onMachineSecrets(
  analysis: Analysis,
  { root, machine, filter }: MachineParams,
  token: CancellationToken,
): Promise<MachineSecret[]> {
  await analysis.allAnalysed(token);
  const state = stateOf(analysis, root);
  if (!state) return [];
  const { snapshot, border } = state;
  return secretEntries(snapshot, machine, filter).map(({ at, sources, uses, ...secret }) => ({
    ...secret,
    where: whereOf(border, at),
    sources: sources.map(({ at: place, ...source }) => ({ ...source, where: whereOf(border, place) })),
    uses: uses.flatMap(place => {
      const where = whereOf(border, place);
      return where === null ? [] : [{ file: place.file, where }];
    }),
  }));
}

export async function onFileKeys(
  analysis: Analysis,
  { root, path }: FileKeysParams,
  token: CancellationToken,
): Promise<FileKey[]> {
  await analysis.allAnalysed(token);
  const state = stateOf(analysis, root);
  if (!state) return [];
  return keysOfFile(state.snapshot, path).map(({ at, ...key }) => ({
    ...key,
    where: whereOf(state.border, at),
  }));
}
