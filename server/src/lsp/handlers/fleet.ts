/** Answers Varsmith's own requests for the explorer: the fleet level by level, and the path from a file to its node. */
import { basename } from 'node:path';
import type { CancellationToken } from 'vscode-languageserver';
import { type NixSays, WITNESS_WORDS } from '../../checks/facts/eval/nix-says.ts';
import { fleetEntry, generatorEntries } from '../../editor/explorer/explorer.ts';
import { itemAt } from '../../editor/explorer/explorer-at.ts';
import { keyDetail, keyEntries } from '../../editor/explorer/explorer-keys.ts';
import type { Place } from '../../nix/places.ts';
import {
  lackingIn,
  progressText,
  STATE_SENTENCES,
  STATE_WORDS,
  stateOfTally,
  type Tally,
  tallyText,
} from '../../store/vars/tally.ts';
import type { Analysis } from '../analysis.ts';
import type {
  AtParams,
  AtResult,
  FleetGenerator,
  FleetParams,
  FleetRoot,
  KeyDetail,
  KeyParams,
  MachineParams,
  ShownWitness,
  Where,
} from '../messages.ts';
import { locationOf, type ProtocolContext, uriOfPath } from '../to-protocol.ts';
import { pointAt } from './requested-position.ts';
import { stateOf } from './requested-root.ts';

export async function onFleet(
  analysis: Analysis,
  { filter }: FleetParams,
  token: CancellationToken,
): Promise<FleetRoot[]> {
  await analysis.allAnalysed(token);
  return analysis.states().map(({ root, snapshot, border }) => {
    const { machines, tally, ...entry } = fleetEntry(snapshot, filter);
    return {
      ...entry,
      name: basename(root),
      uri: uriOfPath(root),
      ...shownTally(tally),
      machines: machines.map(({ at, tally: machineTally, nix, ...machine }) => ({
        ...machine,
        ...shownTally(machineTally),
        state: stateOfTally(machineTally),
        progress: progressText(machineTally, machine.complete),
        nix: shownWitness(nix),
        where: whereOf(border, at),
      })),
      keys: keyEntries(snapshot, filter).map(({ at, ...key }) => ({ ...key, where: whereOf(border, at) })),
    };
  });
}

export async function onMachine(
  analysis: Analysis,
  { root, machine, filter }: MachineParams,
  token: CancellationToken,
): Promise<FleetGenerator[]> {
  await analysis.allAnalysed(token);
  const state = stateOf(analysis, root);
  if (!state) return [];
  const { snapshot, border } = state;
  return generatorEntries(snapshot, machine, filter).map(({ at, files, nix, ...generator }) => ({
    ...generator,
    stateText: STATE_WORDS[generator.state],
    stateSentence: STATE_SENTENCES[generator.state],
    nix: shownWitness(nix),
    where: whereOf(border, at),
    files: files.map(({ at: place, value, nix: ofFile, ...file }) => ({
      ...file,
      nix: shownWitness(ofFile),
      stateText: fileWords(file),
      value: value === null ? null : border.uriOf(value),
      where: whereOf(border, place),
    })),
  }));
}

export async function onKey(
  analysis: Analysis,
  { root, registry, key }: KeyParams,
  token: CancellationToken,
): Promise<KeyDetail | null> {
  await analysis.allAnalysed(token);
  const state = stateOf(analysis, root);
  const detail = state && keyDetail(state.snapshot, registry, key);
  if (!state || !detail) return null;
  return {
    machines: detail.machines.map(({ at, ...machine }) => ({
      ...machine,
      stateText: machine.state === 'unknown' ? '' : STATE_WORDS[machine.state],
      where: whereOf(state.border, at),
    })),
    uses: detail.uses.flatMap(place => {
      const where = whereOf(state.border, place);
      return where === null ? [] : [{ file: place.file, where }];
    }),
  };
}

export async function onAt(
  analysis: Analysis,
  { uri, position }: AtParams,
  token: CancellationToken,
): Promise<AtResult | null> {
  const point = await pointAt(analysis, { textDocument: { uri }, position }, token);
  if (!point) return null;
  const item = itemAt(point.snapshot, point.path, point.offset);
  return item && { ...item, root: uriOfPath(point.root) };
}

function fileWords({
  stored,
  unreadable,
}: Pick<FleetGenerator['files'][number], 'stored' | 'unreadable'>): string {
  if (stored === null) return '';
  return STATE_WORDS[unreadable ? 'unreadable' : stored ? 'present' : 'missing'];
}

function shownWitness(says: NixSays | null): ShownWitness | null {
  return says && { ...says, text: WITNESS_WORDS[says.witness] };
}

function shownTally(tally: Tally): Pick<FleetRoot, 'lacking' | 'summary'> {
  return { lacking: lackingIn(tally), summary: tallyText(tally) };
}

export function whereOf(border: ProtocolContext, place: Place | null): Where | null {
  return place && locationOf(border, place);
}
