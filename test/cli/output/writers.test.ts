// SARIF against the official schema, and the escapes of GitHub's workflow commands.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Ajv from 'ajv';
import { describe, expect, test } from 'vitest';
import type { Finding } from '../../../server/src/checks/rule.ts';
import { rules } from '../../../server/src/checks/rules/index.ts';
import type { CheckReport } from '../../../server/src/cli/output/check/check-report.ts';
import { writeGithub } from '../../../server/src/cli/output/check/write-github.ts';
import { brokenFleet } from '../fleets.ts';
import { varsmith } from '../support.ts';

const {
  id: _id,
  $schema: _draft,
  ...schema
} = JSON.parse(readFileSync(join(__dirname, '../sarif/sarif-2.1.0-rtm.5.json'), 'utf8'));
// The schema is of draft 4, of which it uses nothing that draft 7 reads otherwise; the formats need another package.
const validate = new Ajv({
  strict: false,
  unicodeRegExp: false,
  validateFormats: false,
  allErrors: true,
}).compile(schema);

async function sarif(root: string, ...args: string[]) {
  const { stdout } = await varsmith(['check', '--format', 'sarif', ...args], { cwd: root });
  const log = JSON.parse(stdout);
  validate(log);
  expect(validate.errors ?? []).toEqual([]);
  return log.runs[0];
}

describe('sarif', () => {
  test('the schema is one that can say no', () => {
    expect(validate({ version: '2.1.0', runs: [{}] })).toBe(false);
    expect(validate({ version: '2.1.0', runs: [{ tool: { driver: { name: 'x', nonsense: 1 } } }] })).toBe(
      false,
    );
  });

  test('every rule has help in both forms, an address and a level', async () => {
    const run = await sarif(brokenFleet());
    expect(run.tool.driver.rules.map(({ id }: { id: string }) => id)).toEqual(rules.map(({ id }) => id));
    for (const rule of run.tool.driver.rules) {
      expect(rule.help.text).not.toMatch(/`|\*\*/);
      expect(rule.help.markdown).toBe(rules.find(({ id }) => id === rule.id)?.documentation);
      expect(rule.helpUri).toBe(`https://varsmith.github.io/varsmith/rules/${rule.id}`);
      expect(['error', 'warning', 'note']).toContain(rule.defaultConfiguration.level);
    }
    expect(run.columnKind).toBe('utf16CodeUnits');
    expect(run.originalUriBaseIds.ROOT.uri).toMatch(/^file:.*\/$/);
  });

  test('results have fingerprints, related places and fixes', async () => {
    const { results } = await sarif(brokenFleet());
    const prints = results.map(
      ({ partialFingerprints }: { partialFingerprints: Record<string, string> }) =>
        partialFingerprints['varsmith/v1'],
    );
    expect(new Set(prints).size).toBe(results.length);
    expect(results.some((each: { relatedLocations?: unknown[] }) => each.relatedLocations?.length)).toBe(
      true,
    );
    expect(results.some((each: { fixes?: unknown[] }) => each.fixes?.length)).toBe(true);
    expect(results.every((each: object) => !('suppressions' in each))).toBe(true);
  });

  test('what the baseline silences is there, suppressed; all others say that they are not', async () => {
    const root = brokenFleet();
    const all = (await sarif(root)).results;
    await varsmith(['check', '--write-baseline', 'base.json'], { cwd: root });
    const suppressed = (await sarif(root, '--baseline', 'base.json')).results;
    expect(suppressed).toEqual(
      all.map((each: object) => ({
        ...each,
        suppressions: [
          { kind: 'external', status: 'accepted', justification: 'Listed in the baseline base.json.' },
        ],
      })),
    );
    const empty = JSON.stringify({ schemaVersion: 1, fingerprintVersion: 1, findings: [] });
    const open = (await sarif(brokenFleet({ 'base.json': empty }), '--baseline', 'base.json')).results;
    expect(open.every(({ suppressions }: { suppressions: unknown[] }) => suppressions.length === 0)).toBe(
      true,
    );
  });

  test('configured severities are the levels of the results', async () => {
    const root = brokenFleet({ 'varsmith.json': '{ "rules": { "registry/*": "hint" } }' });
    const { results } = await sarif(root, '--rule', 'registry/unknown-key');
    expect(results).toMatchObject([{ level: 'note' }]);
  });
});

describe('github', () => {
  /** The annotation of a finding on the first characters of a file. */
  function annotation(more: Partial<Finding>, endLine = 1): string {
    const at = { file: 'a.nix', start: 0, end: 3 };
    const finding: Finding = {
      rule: 'test/rule',
      severity: 'error',
      message: 'Bad.',
      at,
      machines: [],
      related: [],
      fixes: [],
      ...more,
    };
    let written = '';
    const write = (text: string) => {
      written += text;
    };
    const output = { write, isTTY: false };
    const spanOf = () => ({ line: 1, column: 1, endLine, endColumn: 4 });
    writeGithub({ findings: [finding], spanOf } as unknown as CheckReport, { stdout: output } as never);
    return written;
  }

  test('a plain one', () => {
    expect(annotation({})).toBe(
      '::error file=a.nix,line=1,endLine=1,col=1,endColumn=3,title=test/rule::Bad.\n',
    );
  });
  test('a message keeps its lines and its per cent signs, and cannot begin a command of its own', () => {
    expect(annotation({ message: '100%\r\n::set-output name=x::y' })).toMatch(
      /::100%25%0D%0A::set-output name=x::y\n$/,
    );
  });
  test('a path cannot end its property: commas, colons, per cent signs and line breaks are escaped', () => {
    const at = { file: 'a,b:c%d\n::e.nix', start: 0, end: 3 };
    expect(annotation({ at })).toContain('file=a%2Cb%3Ac%25d%0A%3A%3Ae.nix,line=1');
  });
  test('columns are left out for ranges of several lines', () => {
    expect(annotation({}, 2)).toContain('line=1,endLine=2,title=');
  });
  test.each([
    ['error', 'error'],
    ['warning', 'warning'],
    ['info', 'notice'],
    ['hint', 'notice'],
  ] as const)('%s is %s', (severity, command) => {
    expect(annotation({ severity })).toMatch(new RegExp(`^::${command} `));
  });
});
