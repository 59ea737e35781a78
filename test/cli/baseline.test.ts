// Baselines on the broken example fleet.

import { describe, expect, test } from 'vitest';
import { write } from '../workspace/support.ts';
import { brokenFleet, MATRIX, textOf } from './fleets.ts';
import { varsmith } from './support.ts';

/** A fleet with a baseline of all that is wrong with it. */
async function withBaseline(): Promise<string> {
  const root = brokenFleet();
  const { code, stderr } = await varsmith(['check', '--write-baseline', 'base.json'], { cwd: root });
  expect(stderr).toMatch(/^varsmith: wrote \d+ findings to base\.json\.\n$/);
  expect(code).toBe(0);
  return root;
}

async function checkWith(root: string, ...args: string[]) {
  const all = ['check', '--baseline', 'base.json', '--format', 'json', ...args];
  const { code, stdout } = await varsmith(all, { cwd: root });
  return { code, ...JSON.parse(stdout) };
}

test('what is in it is silent, and does not fail', async () => {
  const root = await withBaseline();
  const entries = JSON.parse(textOf(root, 'base.json')).findings.length;
  expect(await checkWith(root)).toMatchObject({
    code: 0,
    findings: [],
    summary: { errors: 0, baseline: { silenced: entries, obsolete: 0 } },
  });
});

test('moved lines are known again', async () => {
  const root = await withBaseline();
  write(
    root,
    MATRIX,
    `# One more line.\n\n${textOf(root, MATRIX).replace('    "anthropc"', '\t"anthropc"')}`,
  );
  expect(await checkWith(root)).toMatchObject({
    code: 0,
    findings: [],
    summary: { baseline: { obsolete: 0 } },
  });
});

test('what is new is reported, what is mended is obsolete', async () => {
  const root = await withBaseline();
  write(root, MATRIX, textOf(root, MATRIX).replace('"anthropc"', '"githb-token"'));
  const { code, findings, summary } = await checkWith(root);
  expect(findings).toMatchObject([{ rule: 'registry/unknown-key', file: MATRIX }]);
  expect(summary.baseline.obsolete).toBe(1);
  expect(code).toBe(1);
});

test('a second finding of the same words is new', async () => {
  const root = await withBaseline();
  write(
    root,
    MATRIX,
    textOf(root, MATRIX).replace(/^.*"anthropc".*$/m, line => `${line}\n${line}`),
  );
  const { findings } = await checkWith(root, '--rule', 'registry/unknown-key');
  expect(findings).toHaveLength(1);
});

test('entries of rules that are not asked for are not obsolete', async () => {
  const root = await withBaseline();
  const { summary } = await checkWith(root, '--rule', 'registry/unknown-key');
  expect(summary.baseline).toEqual({ silenced: 1, obsolete: 0 });
});

test('people are told in a sentence', async () => {
  const root = await withBaseline();
  write(root, MATRIX, textOf(root, MATRIX).replace('"anthropc"', '"anthropic"'));
  const { stdout } = await varsmith(['check', '--baseline', 'base.json'], { cwd: root });
  expect(stdout).toMatch(
    /\n\d+ findings silenced by base\.json\. One entry of it is obsolete: `--write-baseline base\.json` updates it\.\n$/,
  );
});

test.each(['sarif', 'github'])('beside %s it is told on standard error', async format => {
  const root = await withBaseline();
  const { stderr } = await varsmith(['check', '--baseline', 'base.json', '--format', format], { cwd: root });
  expect(stderr).toMatch(/^varsmith: \d+ findings silenced by base\.json\n$/);
});

test('the file is written anew in place, in the same order, with nothing of the sources but the messages', async () => {
  const root = await withBaseline();
  const before = textOf(root, 'base.json');
  await varsmith(['check', '--write-baseline', 'base.json'], { cwd: root });
  expect(textOf(root, 'base.json')).toBe(before);
  const { schemaVersion, findings } = JSON.parse(before);
  expect(schemaVersion).toBe(1);
  for (const entry of findings)
    expect(Object.keys(entry)).toEqual(['rule', 'file', 'message', 'fingerprint']);
});

describe('wrong usage', () => {
  test.each([
    ['no such file', null, 'There is no baseline "base.json". `--write-baseline base.json` makes one.'],
    ['no JSON', '{\n  "findings": oops', 'base.json:2:15: This is not JSON: a value is missing.'],
    [
      'something else',
      '{ "schemaVersion": 2 }',
      '"base.json" is not a baseline of this version of Varsmith.',
    ],
  ])('%s', async (_, text, sentence) => {
    const root = brokenFleet(text === null ? {} : { 'base.json': text });
    const { code, stdout, stderr } = await varsmith(['check', '--baseline', 'base.json'], { cwd: root });
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(sentence);
  });
  test('a new one for some rules only', async () => {
    const args = ['check', brokenFleet(), '--write-baseline', 'b.json', '--rule', 'registry/unknown-key'];
    const { code, stderr } = await varsmith(args);
    expect(code).toBe(2);
    expect(stderr).toBe('varsmith: A new baseline covers all rules: remove --rule.\n');
  });
});
