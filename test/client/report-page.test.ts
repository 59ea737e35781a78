// The page of results in a browser: nothing in it keeps anybody out, in the themes that VS Code brings.
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { untold } from '../../client/src/generate/run-story.ts';
import type { ResultEvent, TrialEvent } from '../../client/src/run-protocol.ts';
import { doctorPage } from '../../client/src/views/doctor-page.ts';
import { type Report, reportPage } from '../../client/src/views/page-parts.ts';
import { runReport, trialReport, verifyReport } from '../../client/src/views/report.ts';
import { hasAxe, violationsIn } from '../workbench/axe.mjs';
import { hasBrowser, openPage } from '../workbench/graph-page.mjs';
import { putInto, THEMES } from '../workbench/themes.mjs';

vi.mock('vscode', () => import('./fake-vscode.ts'));

const ROOT = 'file:///fleet';

const stored: ResultEvent = {
  ...{ event: 'result', key: 'per-machine/tove/wireguard', generator: 'wireguard', machines: ['tove'] },
  ...{ outcome: 'stored', message: '', output: '', undeclared: ['log'], undeclaredMore: 3, where: null },
  files: [{ name: 'private', secret: true, path: 'vars/per-machine/tove/wireguard/private/secret' }],
};
const failed: ResultEvent = {
  ...{ ...stored, outcome: 'failed', files: [], undeclared: [] },
  message: 'Generator "wireguard" (machine tove) failed with exit code 1.',
  output: 'wg: command not found',
  where: { file: 'lib/registry.nix', line: 12, column: 7 },
};
const trial: TrialEvent = {
  ...{ event: 'trial', machine: 'tove', generator: 'wireguard', milliseconds: 42, outcome: 'failed' },
  ...{ message: 'failed', output: 'wg: command not found', undeclared: ['log'], undeclaredMore: 3 },
  ...{ madeUp: ['name'], dependencies: ['ca'], where: { file: 'a.nix', line: 1, column: 1 } },
  files: [
    { name: 'private', secret: true, written: true, size: 45, value: null },
    { name: 'public', secret: false, written: false, size: null, value: null },
  ],
};
const reports: readonly (readonly [string, Report])[] = [
  ['a run', runReport({ ...untold, results: [stored, failed] }, ROOT, 'wireguard (tove) failed.')],
  ['a trial', trialReport(trial, ROOT)],
  [
    'a verification',
    verifyReport(
      {
        problems: [
          { kind: 'missing', message: 'a/b (tove) is missing.' },
          { kind: 'access', message: 'a/b can be read by mallory.' },
        ],
        notes: [{ message: 'Nothing else.' }],
      },
      ROOT,
    ),
  ],
  [
    'the doctor',
    doctorPage(
      [
        {
          ...{ root: ROOT, path: '/fleet', version: '1.2.3' },
          sections: [
            {
              title: 'Store and keys',
              entries: (['found', 'absent', 'problem', 'unknown'] as const).map(standing => ({
                ...{ name: standing, standing, text: 'a `b` c', details: ['Looked here.'], advice: 'Do it.' },
                action: 'key',
              })),
            },
          ],
        },
      ],
      true,
    ),
  ],
];

let page: Page;

beforeAll(async () => {
  if (hasBrowser) page = await openPage();
});
afterAll(() => page?.context().browser()?.close());

test
  .skipIf(!hasBrowser || !hasAxe)
  .each(reports.flatMap(([what, report]) => THEMES.map(theme => [what, theme, report] as const)))(
  '%s in %s',
  async (_what, theme, report) => {
    await page.setContent(reportPage(report, 'nonce'));
    await putInto(page, theme);
    expect(await violationsIn(page)).toEqual([]);
  },
);
