/** What the client shows about the server: a few words, sent when they change. */
import type { Workspace } from '../workspace/workspace.ts';
import type { ServerStatus, ShowStatus } from './messages.ts';

export interface StatusLine {
  checking(): void;
  /** The analysis is current. */
  ready(workspaces: readonly Workspace[]): void;
  failed(reason: string): void;
}

export function createStatusLine(show: ShowStatus): StatusLine {
  let last = '';
  const showOnce = (status: ServerStatus) => {
    const text = JSON.stringify(status);
    if (text === last) return;
    last = text;
    show(status);
  };
  return {
    checking: () => showOnce({ state: 'checking', message: 'checking' }),
    ready: workspaces => showOnce(readyStatus(workspaces)),
    failed: reason => showOnce({ state: 'failed', message: 'analysis failed', detail: reason }),
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
  ].join(' ');
  return {
    state: 'ready',
    message: nothing
      ? 'nothing to check'
      : `${counted(machines, 'machine')}, ${counted(generators, 'generator')}`,
    ...(detail === '' ? {} : { detail }),
  };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

function counted(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? '' : 's'}`;
}
