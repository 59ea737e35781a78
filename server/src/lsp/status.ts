/** The server's status in a few words, sent to the client when it changes. */
import { counted } from '../checks/facts/wording.ts';
import { bySentence } from '../doctor/unknown-words.ts';
import type { Fleet } from '../fleet/model/fleet.ts';
import type { Workspace } from '../workspace/workspace.ts';
import type { ServerStatus, ShowStatus } from './messages.ts';

export interface StatusLine {
  checking(): void;
  /** Reports that the analysis is current. */
  ready(workspaces: readonly Workspace[]): void;
  failed(reason: string): void;
  /** Reports what Nix is being asked, beside everything else; `null` when it has answered. */
  nix(progress: string | null): void;
}

export function createStatusLine(show: ShowStatus): StatusLine {
  let last = '';
  let current: ServerStatus | null = null;
  let asking: string | null = null;
  const showOnce = (status: ServerStatus) => {
    current = status;
    const shown = asking === null ? status : { ...status, message: `${status.message}, ${asking}` };
    const text = JSON.stringify(shown);
    if (text === last) return;
    last = text;
    show(shown);
  };
  return {
    checking: () => showOnce({ state: 'checking', message: 'checking' }),
    ready: workspaces => showOnce(readyStatus(workspaces)),
    failed: reason => showOnce({ state: 'failed', message: 'analysis failed', detail: reason }),
    nix(progress) {
      asking = progress;
      if (current !== null) showOnce(current);
    },
  };
}

function readyStatus(workspaces: readonly Workspace[]): ServerStatus {
  const fleets = workspaces.map(workspace => workspace.snapshot().fleet);
  const machines = sum(fleets.map(fleet => fleet.machines.length));
  const generators = sum(fleets.map(fleet => fleet.generators.length));
  const keys = sum(fleets.flatMap(fleet => fleet.registries.map(registry => registry.keys.length)));
  const problems = workspaces.flatMap(workspace => workspace.problems.map(({ message }) => message));
  const nothing = generators + keys === 0;
  const detail = [
    ...problems,
    ...(nothing ? ['No vars generator is declared in the open folders.'] : []),
    ...notAnalysableText(fleets.flatMap(fleet => fleet.notAnalysable)),
  ].join(' ');
  return {
    state: 'ready',
    message: nothing
      ? 'nothing to check'
      : `${counted(machines, 'machine')}, ${counted(generators, 'generator')} declared`,
    ...(detail === '' ? {} : { detail }),
  };
}

/** The most reasons that are listed. */
const MAX_REASONS = 3;

/** Returns the most frequent reasons why something is not analysed, each with one of its places. */
function notAnalysableText(places: Fleet['notAnalysable']): string[] {
  if (places.length === 0) return [];
  const sentences = bySentence(places);
  const shown = sentences.slice(0, MAX_REASONS).map(([sentence, [{ at }, ...others]]) => {
    const more = others.length === 0 ? '' : `, and ${counted(others.length, 'other place')}`;
    return `${sentence.slice(0, -1)} (${at.file}${more}).`;
  });
  const more = sentences.length - shown.length;
  return [
    `${counted(places.length, 'place')} cannot be analysed without Nix, so rules do not report what depends on them.`,
    ...shown,
    ...(more > 0 ? [`There ${more === 1 ? 'is' : 'are'} ${counted(more, 'other reason')}.`] : []),
    '"Varsmith: Doctor" lists all.',
  ];
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
