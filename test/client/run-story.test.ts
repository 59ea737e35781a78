/** What is said of a run while it goes on, before it overwrites something, and when it has ended. */
import { expect, test, vi } from 'vitest';
import {
  overwriteText,
  progressText,
  untold,
  verdictOf,
  withEvent,
} from '../../client/src/generate/run-story.ts';
import type { EndEvent, PlannedStep, ResultEvent, RunEvent } from '../../client/src/run-protocol.ts';

vi.mock('vscode', () => import('./fake-vscode.ts'));

const step = (generator: string, more: Partial<PlannedStep> = {}): PlannedStep => ({
  ...{ key: `per-machine/tove/${generator}`, generator, machines: ['tove'], reason: 'missing' },
  ...{ missing: ['key'], overwrites: [] },
  ...more,
});
const planned = (...steps: readonly PlannedStep[]): RunEvent => ({
  ...{ event: 'planned', steps, problems: [], notes: [] },
});
const result = (generator: string, outcome: ResultEvent['outcome']): RunEvent => ({
  ...{ event: 'result', key: `per-machine/tove/${generator}`, generator, machines: ['tove'], outcome },
  ...{ message: '', output: '', undeclared: [], undeclaredMore: 0, where: null },
  files: outcome === 'stored' ? [{ name: 'key', secret: true, path: null }] : [],
});
const started = (generator: string): RunEvent => ({ event: 'started', key: `per-machine/tove/${generator}` });
const end = (outcome: EndEvent['outcome']): RunEvent => ({ event: 'end', outcome, fixed: [] });
const story = (...events: readonly RunEvent[]) => events.reduce(withEvent, untold);

test('progress names what runs now', () => {
  const plan = planned(step('ca'), step('leaf'), step('wireguard'));
  expect(progressText(story(plan))).toBe('');
  expect(progressText(story(plan, started('ca'), started('leaf')))).toBe('1 of 3: ca (tove), leaf (tove)');
  expect(progressText(story(plan, started('ca'), result('ca', 'stored'), started('leaf')))).toBe(
    '2 of 3: leaf (tove)',
  );
});

test('what would be lost is listed, and why', () => {
  const plan = story(
    planned(
      step('ca', { reason: 'requested', overwrites: ['key', 'cert'], machines: ['a', 'b', 'c', 'd', 'e'] }),
      step('leaf', { reason: 'dependent', overwrites: ['key'] }),
      step('new'),
    ),
  ).planned;
  expect(plan && overwriteText(plan).split('\n')).toEqual([
    'ca (a, b, c and 2 more): key, cert',
    'leaf (tove): key, based on values that change',
    '1 generator without stored files will also run.',
  ]);
});

test.each([
  ['good', [result('ca', 'stored'), end('done')], '1 file of 1 generator stored.'],
  ['nothing', [end('done')], 'Nothing to generate: all known vars are stored.'],
  [
    'bad',
    [result('ca', 'stored'), result('leaf', 'failed'), end('failed')],
    'leaf (tove) failed. 1 file of 1 generator stored.',
  ],
  ['cancelled', [end('refused')], 'Cancelled. Nothing was changed.'],
  [
    'cancelled',
    [result('ca', 'stored'), result('leaf', 'cancelled'), end('cancelled')],
    'Cancelled. Already stored and kept: 1 file of 1 generator.',
  ],
  ['problems', [end('problems')], 'Nothing was generated because the plan has 0 problems.'],
] as const)('a run that went %s ends with a sentence: %#', (verdict, events, text) => {
  expect(verdictOf(story(planned(step('ca'), step('leaf')), ...events), false)).toEqual({ verdict, text });
});

test('a program that ended before the end has said why itself', () => {
  expect(verdictOf(story(planned(step('ca'))), false)).toBeNull();
  expect(verdictOf(story(planned(step('ca'))), true)?.verdict).toBe('cancelled');
});
