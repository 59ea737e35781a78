/** The page of results: what it shows and links to, and that nothing in it is taken for HTML. */
import { expect, test, vi } from 'vitest';
import { untold } from '../../client/src/generate/run-story.ts';
import type { ResultEvent, TrialEvent } from '../../client/src/run-protocol.ts';
import { reportPage } from '../../client/src/views/page-parts.ts';
import { reportCommands, runReport, trialReport, verifyReport } from '../../client/src/views/report.ts';

vi.mock('vscode', () => import('./fake-vscode.ts'));

const ROOT = 'file:///fleet';

/** The commands that a page links to, with what they are called with. */
function linksOf(html: string): [label: string, command: string, args: unknown][] {
  return [...html.matchAll(/<a href="command:([\w.]+)\?([^"]*)">([^<]*)<\/a>/g)].map(
    ([, command = '', args = '', label = '']) => [label, command, JSON.parse(decodeURIComponent(args))],
  );
}

const result: ResultEvent = {
  ...{ event: 'result', key: 'per-machine/tove/wireguard', generator: 'wireguard', machines: ['tove'] },
  ...{ outcome: 'stored', message: '', output: '', undeclared: ['log'], undeclaredMore: 19990, where: null },
  files: [
    { name: 'private', secret: true, path: 'vars/per-machine/tove/wireguard/private/secret' },
    { name: 'public', secret: false, path: 'vars/per-machine/tove/wireguard/public/value' },
  ],
};

test('stored files are linked, and what was not kept is named', () => {
  const { body } = runReport({ ...untold, results: [result] }, ROOT, '2 files of 1 generator stored.');
  expect(linksOf(body)).toEqual([
    ['private', 'varsmith.openPlace', [ROOT, { file: result.files[0]?.path, line: 1, column: 1 }]],
    ['public', 'varsmith.openPlace', [ROOT, { file: result.files[1]?.path, line: 1, column: 1 }]],
  ]);
  expect(body).toContain('log is not declared and was discarded');
});

test('a failure shows what the script said and where it is', () => {
  const failed: ResultEvent = {
    ...{ ...result, outcome: 'failed', files: [], undeclared: [] },
    message: 'Generator "wireguard" (machine tove) failed with exit code 1.',
    output: 'given [secret]\n<script>alert(1)</script>',
    where: { file: 'lib/registry.nix', line: 12, column: 7 },
  };
  const { body } = runReport({ ...untold, results: [failed] }, ROOT, 'wireguard (tove) failed.');
  expect(linksOf(body)).toEqual([
    [
      'Go to the Script (lib/registry.nix:12)',
      'varsmith.openPlace',
      [ROOT, { file: 'lib/registry.nix', line: 12, column: 7 }],
    ],
  ]);
  expect(body).toContain('given [secret]\n&lt;script&gt;alert(1)&lt;/script&gt;');
});

const trial: TrialEvent = {
  ...{ event: 'trial', machine: 'tove', generator: 'wireguard', milliseconds: 42, outcome: 'made' },
  ...{
    message: '',
    output: '',
    undeclared: ['log'],
    undeclaredMore: 19990,
    madeUp: ['name'],
    dependencies: ['ca'],
    where: null,
  },
  files: [
    { name: 'private', secret: true, written: true, size: 45, value: null },
    { name: 'public', secret: false, written: true, size: 4, value: 'abc\n' },
    { name: 'psk', secret: true, written: false, size: null, value: null },
  ],
};

test('a trial shows sizes, public contents, and what is missing or not declared', () => {
  const { title, body } = trialReport(trial, ROOT);
  expect(title).toBe('Try wireguard');
  const text = body.replaceAll(/<[^>]+>/g, ' ').replaceAll(/\s+/g, ' ');
  for (const part of [
    'private secret 45 bytes not shown',
    'public public 4 bytes abc',
    'psk secret not written',
    'log would be discarded',
    'Time: 42 ms',
    'Ran first to provide inputs: ca',
    'Used placeholder answers for: name',
  ])
    expect(text).toContain(part);
  expect(linksOf(body)).toEqual([
    ['Try Again', 'varsmith.tryGenerator', [{ root: ROOT, machine: 'tove', generator: 'wireguard' }]],
  ]);
});

test('the access of a plan is no result where nothing was stored', () => {
  const access = { event: 'access' as const, sentences: ['user ada gains access to x'], changes: [] };
  const { body } = runReport({ ...untold, access }, ROOT, 'It failed.');
  expect(body).toContain('Planned access, which nobody was given');
  expect(body).not.toContain('Access gained or lost');
});

test('a verification names no command beside its button', () => {
  const problem = {
    kind: 'access',
    message: 'With "varsmith fix", …',
    what: 'shared/ca/key is not for tove.',
  };
  const { body } = verifyReport({ problems: [problem], notes: [] }, ROOT);
  expect(body).toContain('shared/ca/key is not for tove.');
  expect(body).not.toContain('varsmith fix');
});

test('a verification offers what puts its problems right', () => {
  const problems = [
    { kind: 'missing', message: 'per-machine/tove/wireguard: private is missing.' },
    { kind: 'access', message: 'shared/ca/key is not for machine tove.' },
  ];
  const { body } = verifyReport({ problems, notes: [] }, ROOT);
  expect(linksOf(body).map(([label, command, args]) => [label, command, args])).toEqual([
    ['Generate Missing', 'varsmith.generateMissing', [ROOT]],
    ['Re-encrypt', 'varsmith.fixAccess', [ROOT]],
  ]);
  expect(verifyReport({ problems: [], notes: [] }, ROOT).body).toContain('All vars are present and valid.');
  const none = verifyReport({ problems: [], notes: [], generators: 0 }, ROOT).body;
  expect(none).toContain('There is nothing to verify because no machine has a generator.');
});

test('lines of a verification lead to declarations and to what is stored', () => {
  const key = 'per-machine/tove/wireguard';
  const path = `vars/${key}/public/value`;
  const about = { key, generator: 'wireguard' };
  const problems = [
    { ...about, kind: 'missing', message: `${key}: private is missing.`, stored: [{ name: 'public', path }] },
    {
      ...about,
      kind: 'access',
      message: `${key}/private is not for tove.`,
      stored: [{ name: 'private', path }],
    },
  ];
  const states = [
    { key: 'shared/ca', generator: 'ca', machines: ['lea', 'tove'], state: 'present' as const, missing: [] },
    { ...about, machines: ['tove'], state: 'partial' as const, missing: ['private'] },
  ];
  const { body } = verifyReport({ problems, notes: [], states }, ROOT);
  const declared = (name: string) => [
    'varsmith.openGenerator',
    [{ kind: 'generator', root: ROOT, machine: null, generator: { name } }],
  ];
  const stored = ['varsmith.openPlace', [ROOT, { file: path, line: 1, column: 1 }]];
  expect(linksOf(body)).toEqual([
    [key, ...declared('wireguard')],
    ['public', ...stored],
    ['Generate Missing', 'varsmith.generateMissing', [ROOT]],
    [key, ...declared('wireguard')],
    ['private', ...stored],
    ['Re-encrypt', 'varsmith.fixAccess', [ROOT]],
    ['ca', ...declared('ca')],
  ]);
});

test('the page runs no script, and only the commands that it may link to', () => {
  const page = reportPage(trialReport(trial, ROOT), 'n0nce');
  expect(page).toContain(`content="default-src 'none'; style-src 'nonce-n0nce';"`);
  expect(page).not.toContain('<script');
  for (const [, command] of linksOf(page)) expect(reportCommands).toContain(command);
});
