/**
 * The large fleets that growth is measured on are what they say: twenty generators a machine, clean, and edits of them
 * are true mistakes.
 */
import { expect, test } from 'vitest';
import { growthChart } from '../../bench/chart.mjs';
import { bystanders } from '../../bench/fleet/bystanders.mjs';
import { estate, GENERATORS_A_MACHINE } from '../../bench/fleet/estate.mjs';
import { estateTable } from '../../bench/table.mjs';
import { runChecks } from '../../server/src/checks/engine/run.ts';
import { createParser } from '../../server/src/nix/parse/parse.ts';
import { fleetWorkspace } from '../fleet/workspace.ts';

const MACHINES = 6;

/** The scripts are as short as can be: they write what they like and read nothing of what they depend on. */
const SETTINGS = {
  severities: { 'generator/trailing-newline': 'off', 'generator/unused-dependency': 'off' },
} as const;

test('the same count gives the same estate, and one machine is refused', () => {
  expect(estate(MACHINES)).toEqual(estate(MACHINES));
  expect(() => estate(1)).toThrow(RangeError);
});

test('every machine has twenty generators, and nothing is wrong', () => {
  const { files, machines } = estate(MACHINES);
  const workspace = fleetWorkspace(Object.fromEntries(files));
  const fleet = workspace.fleet();
  for (const { name } of machines) {
    const own = fleet.generators.filter(generator => generator.machines?.includes(name));
    expect(own, name).toHaveLength(GENERATORS_A_MACHINE);
  }
  expect(runChecks(fleet, workspace.files, SETTINGS)).toEqual([]);
});

test.each([
  ['machine', 'use/undefined-generator'],
  ['shared', 'use/undefined-file'],
] as const)('the edit "%s" is a mistake: %s', (which, rule) => {
  const { files, edits } = estate(MACHINES);
  const { file, line, character, text } = edits[which];
  const workspace = fleetWorkspace(Object.fromEntries(files));
  const lines = (files.get(file) ?? '').split('\n');
  const before = lines[line] ?? '';
  lines[line] = before.slice(0, character) + text + before.slice(character);
  workspace.write({ [file]: lines.join('\n') });
  const findings = runChecks(workspace.fleet(), workspace.files, SETTINGS);
  expect(findings.map(finding => finding.rule)).toEqual([rule]);
});

test('what generating leaves on disk is there when asked for, for every machine', () => {
  const stored = [...estate(MACHINES, { vars: true }).files.keys()].filter(path => path.startsWith('vars/'));
  const machines = new Set(stored.map(path => path.split('/')[2]));
  expect(machines.size).toBe(MACHINES);
  expect(stored.every(path => /^vars\/per-machine\/[^/]+\/[^/]+\/[^/]+\/(secret|value)$/.test(path))).toBe(
    true,
  );
});

test('bystanders are as many as asked for, and valid', async () => {
  const parser = await createParser();
  const files = bystanders(400);
  expect(files.size).toBe(400);
  for (const [path, text] of files) expect(parser.parseByGrammar(text).errors, path).toEqual([]);
});

const SIZES = [
  { machines: 100, files: 412, generators: 2000, p50: 500, p95: 600, peakMiB: 120 },
  { machines: 1000, files: 4012, generators: 20_000, p50: 5000, p95: 6000, peakMiB: null },
];

test('growth is a table and a picture', () => {
  expect(estateTable(SIZES).split('\n').at(-1)).toMatch(/^\| 1000 +\| 4012 .*\| 5000.0 \/ 6000.0 .*\| 5.00 /);
  const chart = growthChart(SIZES);
  expect(chart).toMatch(/^<svg [^>]*>\n[\s\S]*<\/svg>\n$/);
  expect(chart.match(/<circle /g)).toHaveLength(2 * SIZES.length);
  expect(chart).not.toMatch(/NaN|undefined|Infinity/);
});
